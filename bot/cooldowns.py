"""How often and how much one may ask: pauses between wishes, wishes at a time, hints now and then.

All of it is kept in memory, for minutes at most.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass

from bot.context import RequestContext
from bot.storage.guild_settings import GuildSettings

MAX_CONCURRENT = 3
"""Wishes of one user that are being granted at a time, at most."""

MAX_CONCURRENT_PRESSES = 5
"""Presses of one user that are no wishes and are being answered at a time, at most."""

SHORT_COOLDOWN_SECONDS = 1.0
"""How long who was refused, or asked for something else than names or verse, waits at most."""

HINT_COOLDOWN_SECONDS = 300.0
"""How long a channel is left alone after a command was suggested there."""

_REMEMBERED = 10_000

_Key = tuple[int | None, int]


class CooldownError(Exception):
    """A wish comes too soon.

    Attributes:
        is_repeated: whether the asker has been told already, and nothing has changed since.
    """

    def __init__(self, message: str, *, is_repeated: bool) -> None:
        self.is_repeated = is_repeated
        super().__init__(message)


class CoolingDownError(CooldownError):
    """The last wish, of this user or in this channel, was granted too short a while ago.

    Attributes:
        seconds: how long to wait, rounded up.
        in_channel: whether it is the channel's pause, not the user's.
    """

    def __init__(self, seconds: int, *, in_channel: bool, is_repeated: bool) -> None:
        self.seconds = seconds
        self.in_channel = in_channel
        super().__init__(f"Wait {seconds} s before you ask again.", is_repeated=is_repeated)


class TooManyRequestsError(CooldownError):
    """As many wishes of this user as may be are being granted."""

    def __init__(self, *, is_repeated: bool) -> None:
        super().__init__(
            f"Wait until one of your {MAX_CONCURRENT} wishes is granted.", is_repeated=is_repeated
        )


class TooManyPressesError(CooldownError):
    """As many presses of this user as may be are being answered."""

    def __init__(self) -> None:
        super().__init__(
            f"Wait until one of your {MAX_CONCURRENT_PRESSES} presses is answered.",
            is_repeated=False,
        )


@dataclass(slots=True)
class _Cooldown:
    """Until when, by the clock, after whose wish, and whom of those it stops has been told."""

    until: float
    user: int
    told: set[int]


class Cooldowns:
    """Decides who may ask now. Belongs to the event loop; nothing in it waits.

    Args:
        clock: seconds, never going back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._cooldowns: dict[_Key, _Cooldown] = {}
        self._busy: Counter[int] = Counter()
        self._pressing: Counter[int] = Counter()
        self._told_busy: set[int] = set()
        self._hinted: dict[int, float] = {}

    @contextmanager
    def slot(
        self, context: RequestContext, settings: GuildSettings, *, is_generation: bool = True
    ) -> Generator[None]:
        """Grant a wish inside, if it may be now; an error excuses from the pauses after it.

        Args:
            context: who wishes, and where.
            settings: how long the pauses are.
            is_generation: whether it is for names or verse, which begins the pauses of the server.

        Raises:
            CooldownError: not yet; the error says when.
        """
        self.acquire(context, settings, is_generation=is_generation)
        try:
            yield
        except BaseException:
            self.reset(context)
            raise
        finally:
            self.release(context)

    @contextmanager
    def button_slot(self, context: RequestContext) -> Generator[None]:
        """Answer a press inside that is no wish: nobody waits for it, but not for too many.

        Raises:
            TooManyPressesError: too many of this user are being answered.
        """
        if self._pressing[context.user] >= MAX_CONCURRENT_PRESSES:
            raise TooManyPressesError
        self._pressing[context.user] += 1
        try:
            yield
        finally:
            self._pressing[context.user] -= 1
            if not self._pressing[context.user]:
                del self._pressing[context.user]

    def acquire(
        self, context: RequestContext, settings: GuildSettings, *, is_generation: bool = True
    ) -> None:
        """Begin to grant a wish, which `leave` ends.

        Args:
            context: who wishes, and where.
            settings: how long the pauses are.
            is_generation: whether it is for names or verse, which begins the pauses of the server.

        Raises:
            CooldownError: not yet; the error says when.
        """
        self.check(context, settings, is_generation=is_generation)
        self._busy[context.user] += 1

    def release(self, context: RequestContext) -> None:
        """End what `enter` began."""
        self._told_busy.discard(context.user)
        self._busy[context.user] -= 1
        if self._busy[context.user] <= 0:
            del self._busy[context.user]

    def reset(self, context: RequestContext) -> None:
        """Take back the pauses after a wish that was refused, but for a brief one of the asker."""
        personal, common = _keys(context)
        if pause := self._cooldowns.get(personal):
            pause.until = min(pause.until, self._clock() + SHORT_COOLDOWN_SECONDS)
        if (pause := self._cooldowns.get(common)) and pause.user == context.user:
            del self._cooldowns[common]

    def check(
        self, context: RequestContext, settings: GuildSettings, *, is_generation: bool = True
    ) -> None:
        """Let a wish pass, and begin the pauses after it; see `enter`.

        Raises:
            CooldownError: not yet; the error says when.
        """
        personal, common = _keys(context)
        self._check(personal, context.user, in_channel=False)
        self._check(common, context.user, in_channel=True)
        if self._busy[context.user] >= MAX_CONCURRENT:
            is_repeated = context.user in self._told_busy
            self._told_busy.add(context.user)
            raise TooManyRequestsError(is_repeated=is_repeated)
        seconds = settings.user_cooldown_seconds
        self._begin(
            personal,
            context.user,
            seconds if is_generation else min(seconds, SHORT_COOLDOWN_SECONDS),
        )
        if is_generation and context.guild is not None:
            self._begin(common, context.user, settings.channel_cooldown_seconds)

    def may_hint(self, channel: int) -> bool:
        """Tell whether a hint is welcome in a channel, which it then is not for a while."""
        now = self._clock()
        if now < self._hinted.get(channel, -math.inf):
            return False
        self._hinted = _without_past(self._hinted, now)
        self._hinted[channel] = now + HINT_COOLDOWN_SECONDS
        return True

    def _check(self, key: _Key, user: int, *, in_channel: bool) -> None:
        pause = self._cooldowns.get(key)
        if pause is None or (left := pause.until - self._clock()) <= 0:
            return
        is_repeated = user in pause.told
        pause.told.add(user)
        raise CoolingDownError(math.ceil(left), in_channel=in_channel, is_repeated=is_repeated)

    def _begin(self, key: _Key, user: int, seconds: float) -> None:
        if seconds <= 0:
            return
        now = self._clock()
        if len(self._cooldowns) >= _REMEMBERED:
            self._cooldowns = {
                k: pause for k, pause in self._cooldowns.items() if pause.until > now
            }
        self._cooldowns[key] = _Cooldown(now + seconds, user, set())


def _keys(context: RequestContext) -> tuple[_Key, _Key]:
    """Return what a user's own pause and the channel's are kept by."""
    # A user has a pause of their own on each server; channels have numbers of their own.
    return (context.guild, context.user), (None, context.channel)


def _without_past(times: dict[int, float], now: float) -> dict[int, float]:
    """Return only those times that are still to come, where there are many."""
    if len(times) < _REMEMBERED:
        return times
    return {key: until for key, until in times.items() if until > now}
