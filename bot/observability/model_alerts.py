"""Alerts for the managers of a guild: its version cannot be loaded any more."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass

from engine.families import FamilyName
from engine.serving.hooks import ServingHooks

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ModelAlert:
    """A version, active in a guild or for the operator (None), that cannot be loaded.

    Its id is empty where it is not known which version is active.
    """

    network: FamilyName
    guild: int | None
    version: str


class ModelAlerts(ServingHooks):
    """Passes each alert once from the engine's threads to the event loop that made this."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._known: set[ModelAlert] = set()
        self._queue: asyncio.Queue[ModelAlert] = asyncio.Queue()

    def damaged(self, network: FamilyName, guild: int | None, version: str, reason: str) -> None:
        """Log and queue an alert."""
        log.error("The %s version %s cannot be loaded: %s", network, version, reason)
        with suppress(RuntimeError):  # The program is ending.
            self._loop.call_soon_threadsafe(self._add, ModelAlert(network, guild, version))

    async def next(self) -> ModelAlert:
        """Wait for the next alert."""
        return await self._queue.get()

    def _add(self, alert: ModelAlert) -> None:
        if alert not in self._known:
            self._known.add(alert)
            self._queue.put_nowait(alert)
