"""Keeps the bot within Discord's limit of requests a second.

Beyond it Discord answers 429 and every answer is late. A message that cannot be answered in time
is shed before any work is done, and most of those that are shed get no reply, which would cost as
much as an answer. Answers to interactions have limits of their own and are not counted.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from bot.bounded_dict import BoundedDict
from bot.client.internals import Send
from bot.cooldowns import MAX_REMEMBERED
from engine.errors import OverloadedError

REFUSED_SHARE = 0.1
"""Of the requests that Discord allows, for refusals; the others are for answers."""

MAX_PENDING = 10
"""Unanswered requests of a channel, at most: Discord takes one message a second."""

NOTICE_SECONDS = 10.0
"""Between two notices in a channel that the bot is busy."""

RECENT_SECONDS = 10.0
"""After an answer, while requests are shed, others go first for so long."""

_FREE_SHARE = 2 / 3
_RETRY_AFTER_SECONDS = 5.0

# Requests of the running command that were counted beforehand.
_counted: ContextVar[list[int] | None] = ContextVar("counted", default=None)


class SendBudget:
    """Decides which messages are answered. Belongs to the event loop.

    Args:
        requests_per_second: what Discord allows this process.
        clock: seconds, never going back.
    """

    def __init__(
        self, requests_per_second: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        refusals = max(1, round(REFUSED_SHARE * requests_per_second))
        self._clock = clock
        self._sent = _Window(max(1, round(requests_per_second) - refusals), clock)
        self._refused = _Window(refusals, clock)
        self._pending: dict[int, int] = {}
        self._answered = BoundedDict[int, float](MAX_REMEMBERED)
        self._noticed = BoundedDict[int, float](MAX_REMEMBERED)

    def admit(self, user: int, channel: int) -> None:
        """Count a request that is to be answered; `release` must follow.

        While the budget is nearly spent, users who had an answer lately are refused first.

        Raises:
            OverloadedError: its answer would be late.
        """
        is_scarce = self._sent.used_share >= _FREE_SHARE
        is_full = self._sent.used_share >= 1 or self._pending.get(channel, 0) >= MAX_PENDING
        if is_full or (is_scarce and self._is_recent(self._answered, user, RECENT_SECONDS)):
            raise OverloadedError(_RETRY_AFTER_SECONDS)
        self._sent.add()
        self._pending[channel] = self._pending.get(channel, 0) + 1
        self._answered[user] = self._clock()
        _counted.set([1])

    def release(self, channel: int) -> None:
        """End a request that was admitted; one that was not answered is not counted."""
        counted = _counted.get()
        if counted and counted[0] > 0:
            counted[0] = 0
            self._sent.drop()
        left = self._pending.pop(channel, 1) - 1
        if left > 0:
            self._pending[channel] = left

    def may_refuse(self, channel: int, *, is_busy: bool) -> bool:
        """Tell whether to send a refusal, and count it.

        Args:
            channel: where.
            is_busy: whether it says that the bot is busy, which a channel is told once.
        """
        if is_busy and self._is_recent(self._noticed, channel, NOTICE_SECONDS):
            return False
        if (is_busy or self._sent.used_share >= _FREE_SHARE) and self._refused.used_share >= 1:
            return False
        self._refused.add()
        if is_busy:
            self._noticed[channel] = self._clock()
        return True

    def counting(self, send: Send) -> Send:
        """Wrap a REST request so that it is counted."""

        async def counted_send(route: Any, **details: Any) -> Any:
            beforehand = _counted.get()
            if beforehand and beforehand[0] > 0:
                beforehand[0] -= 1
            else:
                self._sent.add()
            return await send(route, **details)

        return counted_send

    def _is_recent(self, times: BoundedDict[int, float], key: int, seconds: float) -> bool:
        then = times.get(key)
        return then is not None and self._clock() < then + seconds


class _Window:
    """Events of the last second."""

    def __init__(self, limit: int, clock: Callable[[], float]) -> None:
        self._limit = limit
        self._clock = clock
        self._times: deque[float] = deque()

    def add(self) -> None:
        """Count an event."""
        self._times.append(self._clock())

    def drop(self) -> None:
        """Count an event less."""
        if self._times:
            self._times.pop()

    @property
    def used_share(self) -> float:
        """Share of the limit that is used."""
        since = self._clock() - 1.0
        while self._times and self._times[0] <= since:
            self._times.popleft()
        return len(self._times) / self._limit
