"""Waiting for something to become true: no polling, no sleeping, always bounded."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

_LINES_KEPT = 40


class Watch:
    """Wakes those who wait whenever something changed, and remembers what happened lately."""

    def __init__(self) -> None:
        self._waiting: dict[asyncio.Future[None], Callable[[], object]] = {}
        self._journal: deque[str] = deque(maxlen=_LINES_KEPT)

    def note(self, line: str) -> None:
        """Write a line for the account that a failed wait gives, and wake those it concerns."""
        self._journal.append(line)
        self.changed()

    def changed(self) -> None:
        for future, find in list(self._waiting.items()):
            if not future.done() and find() is not None:
                future.set_result(None)

    async def until(
        self, find: Callable[[], Found | None], wanted: str, timeout_seconds: float
    ) -> Found:
        """Wait until `find` returns something.

        Raises:
            AssertionError: it did not in time; the message tells what happened instead.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_seconds
        while (found := find()) is None:
            future: asyncio.Future[None] = loop.create_future()
            self._waiting[future] = find
            try:
                async with asyncio.timeout_at(deadline):
                    await future
            except TimeoutError:
                raise AssertionError(self._account(wanted, timeout_seconds)) from None
            finally:
                del self._waiting[future]
        return found

    def _account(self, wanted: str, timeout_seconds: float) -> str:
        happened = "\n  ".join(self._journal) or "nothing"
        return f"{wanted}: not within {timeout_seconds:g} s. What happened:\n  {happened}"
