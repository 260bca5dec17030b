"""Admission control: how many requests are in flight, and for how long."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

from engine.errors import DeadlineExceededError, EngineClosedError, OverloadedError
from engine.families import FamilyName
from engine.serving.hooks import Outcome, ServingHooks


class AdmissionController:
    """Admits a limited number of requests for one network; to be used from one event loop.

    Requests of one guild take at most half of the limit, so that there is always room for others.

    Args:
        retry_after_seconds: when there is likely to be room again.
    """

    def __init__(
        self,
        network: FamilyName,
        limit: int,
        deadline_seconds: float,
        retry_after_seconds: float,
        hooks: Sequence[ServingHooks],
    ) -> None:
        self._network: FamilyName = network
        self._limit = limit
        self._deadline_seconds = deadline_seconds
        self._retry_after_seconds = retry_after_seconds
        self._hooks = hooks
        self._inside: Counter[int | None] = Counter()
        self._stays: set[asyncio.Timeout] = set()
        self._is_closed = False
        self._is_empty = asyncio.Event()
        self._is_empty.set()

    @property
    def in_flight(self) -> int:
        """Requests that were let in and have not ended."""
        return len(self._stays)

    @asynccontextmanager
    async def admit(self, guild: int | None) -> AsyncGenerator[None]:
        """Let a request in, and count it until it ends.

        Raises:
            OverloadedError: there is no room.
            DeadlineExceededError: it has stayed too long.
            EngineClosedError: the controller is closed, or was closed before the request ended.
        """
        self._enter(guild)
        began = time.monotonic()
        outcome: Outcome = "failed"
        try:
            async with asyncio.timeout(self._deadline_seconds) as stay:
                self._stays.add(stay)
                self._is_empty.clear()
                try:
                    yield
                finally:
                    self._exit(guild, stay)
            outcome = "answered"
        except TimeoutError as error:
            outcome = "late"
            if self._is_closed:
                raise EngineClosedError from error
            raise DeadlineExceededError(self._retry_after_seconds) from error
        except asyncio.CancelledError:
            outcome = "cancelled"
            raise
        finally:
            for hooks in self._hooks:
                hooks.ended(self._network, outcome, time.monotonic() - began)

    async def close(self, seconds: float) -> None:
        """Reject new requests; wait up to `seconds` for running ones."""
        self._is_closed = True
        last_call = asyncio.get_running_loop().time() + seconds
        for stay in self._stays:
            # One that is over already can be given no other end.
            if not stay.expired():
                stay.reschedule(min(stay.when() or last_call, last_call))
        await self._is_empty.wait()

    def _enter(self, guild: int | None) -> None:
        if self._is_closed:
            raise EngineClosedError
        share = self._limit if guild is None else max(1, self._limit // 2)
        if self.in_flight >= self._limit or self._inside[guild] >= share:
            for hooks in self._hooks:
                hooks.refused(self._network)
            raise OverloadedError(self._retry_after_seconds)
        self._inside[guild] += 1
        for hooks in self._hooks:
            hooks.accepted(self._network)

    def _exit(self, guild: int | None, stay: asyncio.Timeout) -> None:
        self._stays.discard(stay)
        self._inside[guild] -= 1
        if not self._inside[guild]:
            del self._inside[guild]
        if not self._stays:
            self._is_empty.set()
