"""Serves what other processes activate, such as `dinobard models use` beside a running bot."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Self

from engine.errors import EngineError, ModelError
from engine.families import FamilyName
from engine.serving.backend import InferenceBackend
from engine.serving.hooks import ServingHooks

log = logging.getLogger(__name__)

_MAX_GUILDS = 10_000
_Key = tuple[FamilyName, int | None]


class ActivationWatcher(ServingHooks):
    """Looks for activations in a backend's registry; an async context manager.

    Args:
        backend: not open yet; open from the first check to the last.
        interval_seconds: between two checks, each of which reads one small file.
    """

    def __init__(self, backend: InferenceBackend, interval_seconds: float = 1.0) -> None:
        self._backend = backend
        self._interval_seconds = interval_seconds
        self._current: dict[_Key, str] = {}
        self._new: set[_Key] = set()
        self._task: asyncio.Task[None] | None = None
        backend.add_hooks(self)

    def served(self, network: FamilyName, guild: int | None, version: str) -> None:
        """Remember what is served; it may be out of date already."""
        if len(self._current) >= _MAX_GUILDS:
            self._current.pop(next(iter(self._current)))
        self._current[network, guild] = version
        self._new.add((network, guild))

    async def __aenter__(self) -> Self:
        """Start to check."""
        self._task = asyncio.create_task(self._watch(self._backend.registry.last_change()))
        return self

    async def __aexit__(self, *_: object) -> None:
        """Check no more."""
        if self._task:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _watch(self, seen: bytes) -> None:
        registry = self._backend.registry
        while True:
            await asyncio.sleep(self._interval_seconds)
            with suppress(OSError):
                found = await asyncio.to_thread(registry.last_change)
                keys = set(self._current) if found != seen else self._new & self._current.keys()
                seen, self._new = found, set()
                # The host's first: guilds may inherit its choice.
                for key in sorted(keys, key=lambda key: key[1] is not None):
                    if key in self._current:
                        await self._update(*key)

    async def _update(self, network: FamilyName, guild: int | None) -> None:
        try:
            registry = self._backend.registry.of_guild(guild)
            active = await asyncio.to_thread(registry.active, network)
            if active == self._current[network, guild]:
                return
            await self._backend.refresh(guild, network)
        except ModelError as error:
            log.warning("What is served now stays so: %s", error)
            return
        except EngineError:  # It is being closed.
            return
        if self._current.get((network, guild)) == active:
            log.info("Serving %s, which another process has activated", active)
        # What cannot be served is not tried again until the choice changes.
        self._current[network, guild] = active
        if guild is None:
            for key in [key for key in self._current if key[0] == network and key[1] is not None]:
                # It is looked up again at the next request.
                del self._current[key]
