"""Cooldowns and concurrency limits of requests, and how often hints are given.

Kept in memory only, for minutes at most.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bot.bounded_dict import BoundedDict
from bot.context import RequestContext
from bot.exceptions import CoolingDownError, TooManyPressesError, TooManyRequestsError

MAX_CONCURRENT = 3
"""Running requests of a user, at most."""

MAX_CONCURRENT_PRESSES = 5
"""Running actions of buttons of a user that generate nothing, at most."""

SHORT_COOLDOWN_SECONDS = 1.0
"""The longest cooldown after a refused request, or one that generates nothing."""

HINT_COOLDOWN_SECONDS = 300.0
"""Between two suggestions of commands in a channel."""

MAX_REMEMBERED = 10_000
"""Cooldowns, and channels with a hint, that are remembered; the oldest make room for new ones."""

_MAX_TOLD = 100
"""Members who are told of one cooldown; the others get no reply."""

_Key = tuple[int | None, int]


@dataclass(slots=True)
class _Cooldown:
    """Its end by the clock, whose request began it, and the members told of it."""

    until: float
    user: int
    told: set[int] = field(default_factory=set[int])


class Cooldowns:
    """Decides which requests may run now. Belongs to the event loop; nothing in it waits."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._cooldowns = BoundedDict[_Key, _Cooldown](MAX_REMEMBERED)
        self._running: Counter[int] = Counter()
        self._pressing: Counter[int] = Counter()
        self._told_busy: set[int] = set()
        self._hinted = BoundedDict[int, float](MAX_REMEMBERED)

    @contextmanager
    def slot(self, context: RequestContext, *, is_generation: bool = True) -> Generator[None]:
        """Hold a cooldown slot for the block; reset the cooldown if it fails.

        Raises:
            CooldownError: the request comes too soon.
        """
        self.acquire(context, is_generation=is_generation)
        try:
            yield
        except BaseException:
            self.reset(context)
            raise
        finally:
            self.release(context)

    @contextmanager
    def button_slot(self, context: RequestContext) -> Generator[None]:
        """Hold a slot for a button that generates nothing: no cooldown, but a limit.

        Raises:
            TooManyPressesError: too many of this user are running.
        """
        if self._pressing[context.user] >= MAX_CONCURRENT_PRESSES:
            raise TooManyPressesError
        self._pressing[context.user] += 1
        try:
            yield
        finally:
            _decrement(self._pressing, context.user)

    def acquire(self, context: RequestContext, *, is_generation: bool = True) -> None:
        """Take a slot, to be given back with `release`; see `slot`."""
        self.check(context, is_generation=is_generation)
        self._running[context.user] += 1

    def release(self, context: RequestContext) -> None:
        """Give back the slot that `acquire` took."""
        self._told_busy.discard(context.user)
        _decrement(self._running, context.user)

    def reset(self, context: RequestContext) -> None:
        """End the cooldowns after a refused request, except for a short one of the user."""
        personal, common = _keys(context)
        if cooldown := self._cooldowns.get(personal):
            cooldown.until = min(cooldown.until, self._clock() + SHORT_COOLDOWN_SECONDS)
        if (cooldown := self._cooldowns.get(common)) and cooldown.user == context.user:
            del self._cooldowns[common]

    def check(self, context: RequestContext, *, is_generation: bool = True) -> None:
        """Check that a request may run now, and begin its cooldowns; see `slot`."""
        personal, common = _keys(context)
        self._check(personal, context.user, in_channel=False)
        self._check(common, context.user, in_channel=True)
        if self._running[context.user] >= MAX_CONCURRENT:
            is_repeated = context.user in self._told_busy
            self._told_busy.add(context.user)
            raise TooManyRequestsError(is_repeated=is_repeated)
        seconds = context.settings.user_cooldown_seconds
        if not is_generation:
            seconds = min(seconds, SHORT_COOLDOWN_SECONDS)
        self._begin(personal, context.user, seconds)
        if is_generation and context.guild is not None:
            self._begin(common, context.user, context.settings.channel_cooldown_seconds)

    def may_hint(self, channel: int) -> bool:
        """Tell whether to give a hint in a channel; then none follows there for a while."""
        now = self._clock()
        if now < self._hinted.get(channel, -math.inf):
            return False
        self._hinted[channel] = now + HINT_COOLDOWN_SECONDS
        return True

    def _check(self, key: _Key, user: int, *, in_channel: bool) -> None:
        cooldown = self._cooldowns.get(key)
        if cooldown is None or (left := cooldown.until - self._clock()) <= 0:
            return
        is_repeated = user in cooldown.told or len(cooldown.told) >= _MAX_TOLD
        cooldown.told.add(user)
        raise CoolingDownError(math.ceil(left), in_channel=in_channel, is_repeated=is_repeated)

    def _begin(self, key: _Key, user: int, seconds: float) -> None:
        if seconds <= 0:
            return
        self._cooldowns[key] = _Cooldown(self._clock() + seconds, user)


def _keys(context: RequestContext) -> tuple[_Key, _Key]:
    """Return the keys of the user's cooldown, one for each guild, and of the channel's."""
    return (context.guild, context.user), (None, context.channel)


def _decrement(counts: Counter[int], user: int) -> None:
    counts[user] -= 1
    if counts[user] <= 0:
        del counts[user]
