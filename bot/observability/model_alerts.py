"""What the admins of a server must hear of: a version of theirs that does not answer any more."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass

from engine.models.registry import Network
from engine.serving.hooks import ServingHooks

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ModelAlert:
    """A version that should answer and cannot be read.

    Attributes:
        network: of which it is.
        guild: whose choice it was; None for the host's.
        version: its id; empty where the choice itself cannot be read.
    """

    network: Network
    guild: int | None
    version: str


class ModelAlerts(ServingHooks):
    """Passes on each damage once, from the engine's threads to the event loop that made this."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._known: set[ModelAlert] = set()
        self._untold: asyncio.Queue[ModelAlert] = asyncio.Queue()

    def damaged(self, network: Network, guild: int | None, version: str, reason: str) -> None:
        """Hear of a damage."""
        log.error("The %s version %s does not answer: %s", network, version, reason)
        with suppress(RuntimeError):  # The program is ending.
            self._loop.call_soon_threadsafe(self._take, ModelAlert(network, guild, version))

    async def next(self) -> ModelAlert:
        """Wait for the next damage."""
        return await self._untold.get()

    def _take(self, damage: ModelAlert) -> None:
        if damage not in self._known:
            self._known.add(damage)
            self._untold.put_nowait(damage)
