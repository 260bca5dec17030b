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

from bot.context import Asker
from bot.storage.guild_settings import ServerSettings

MAX_AT_ONCE = 3
"""Wishes of one user that are being granted at a time, at most."""

MAX_PRESSES = 5
"""Presses of one user that are no wishes and are being answered at a time, at most."""

BRIEF_SECONDS = 1.0
"""How long who was refused, or asked for something else than names or verse, waits at most."""

HINT_PAUSE_SECONDS = 300.0
"""How long a channel is left alone after a command was suggested there."""

_REMEMBERED = 10_000

_Key = tuple[int | None, int]


class MannersError(Exception):
    """A wish comes too soon.

    Attributes:
        is_repeated: whether the asker has been told already, and nothing has changed since.
    """

    def __init__(self, message: str, *, is_repeated: bool) -> None:
        self.is_repeated = is_repeated
        super().__init__(message)


class CoolingDownError(MannersError):
    """The last wish, of this user or in this channel, was granted too short a while ago.

    Attributes:
        seconds: how long to wait, rounded up.
        in_channel: whether it is the channel's pause, not the user's.
    """

    def __init__(self, seconds: int, *, in_channel: bool, is_repeated: bool) -> None:
        self.seconds = seconds
        self.in_channel = in_channel
        super().__init__(f"Wait {seconds} s before you ask again.", is_repeated=is_repeated)


class TooManyWishesError(MannersError):
    """As many wishes of this user as may be are being granted."""

    def __init__(self, *, is_repeated: bool) -> None:
        super().__init__(
            f"Wait until one of your {MAX_AT_ONCE} wishes is granted.", is_repeated=is_repeated
        )


class TooManyPressesError(MannersError):
    """As many presses of this user as may be are being answered."""

    def __init__(self) -> None:
        super().__init__(
            f"Wait until one of your {MAX_PRESSES} presses is answered.", is_repeated=False
        )


@dataclass(slots=True)
class _Pause:
    """Until when, by the clock, after whose wish, and whom of those it stops has been told."""

    until: float
    user: int
    told: set[int]


class Manners:
    """Decides who may ask now. Belongs to the event loop; nothing in it waits.

    Args:
        clock: seconds, never going back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._pauses: dict[_Key, _Pause] = {}
        self._busy: Counter[int] = Counter()
        self._pressing: Counter[int] = Counter()
        self._told_busy: set[int] = set()
        self._hinted: dict[int, float] = {}

    @contextmanager
    def turn(
        self, asker: Asker, settings: ServerSettings, *, is_drawn: bool = True
    ) -> Generator[None]:
        """Grant a wish inside, if it may be now; an error excuses from the pauses after it.

        Args:
            asker: who wishes, and where.
            settings: how long the pauses are.
            is_drawn: whether it is for names or verse, which begins the pauses of the server.

        Raises:
            MannersError: not yet; the error says when.
        """
        self.enter(asker, settings, is_drawn=is_drawn)
        try:
            yield
        except BaseException:
            self.excuse(asker)
            raise
        finally:
            self.leave(asker)

    @contextmanager
    def press(self, asker: Asker) -> Generator[None]:
        """Answer a press inside that is no wish: nobody waits for it, but not for too many.

        Raises:
            TooManyPressesError: too many of this user are being answered.
        """
        if self._pressing[asker.user] >= MAX_PRESSES:
            raise TooManyPressesError
        self._pressing[asker.user] += 1
        try:
            yield
        finally:
            self._pressing[asker.user] -= 1
            if not self._pressing[asker.user]:
                del self._pressing[asker.user]

    def enter(self, asker: Asker, settings: ServerSettings, *, is_drawn: bool = True) -> None:
        """Begin to grant a wish, which `leave` ends.

        Args:
            asker: who wishes, and where.
            settings: how long the pauses are.
            is_drawn: whether it is for names or verse, which begins the pauses of the server.

        Raises:
            MannersError: not yet; the error says when.
        """
        self.admit(asker, settings, is_drawn=is_drawn)
        self._busy[asker.user] += 1

    def leave(self, asker: Asker) -> None:
        """End what `enter` began."""
        self._told_busy.discard(asker.user)
        self._busy[asker.user] -= 1
        if self._busy[asker.user] <= 0:
            del self._busy[asker.user]

    def excuse(self, asker: Asker) -> None:
        """Take back the pauses after a wish that was refused, but for a brief one of the asker."""
        personal, common = _keys(asker)
        if pause := self._pauses.get(personal):
            pause.until = min(pause.until, self._clock() + BRIEF_SECONDS)
        if (pause := self._pauses.get(common)) and pause.user == asker.user:
            del self._pauses[common]

    def admit(self, asker: Asker, settings: ServerSettings, *, is_drawn: bool = True) -> None:
        """Let a wish pass, and begin the pauses after it; see `enter`.

        Raises:
            MannersError: not yet; the error says when.
        """
        personal, common = _keys(asker)
        self._check(personal, asker.user, in_channel=False)
        self._check(common, asker.user, in_channel=True)
        if self._busy[asker.user] >= MAX_AT_ONCE:
            is_repeated = asker.user in self._told_busy
            self._told_busy.add(asker.user)
            raise TooManyWishesError(is_repeated=is_repeated)
        seconds = settings.user_cooldown_seconds
        self._begin(personal, asker.user, seconds if is_drawn else min(seconds, BRIEF_SECONDS))
        if is_drawn and asker.server is not None:
            self._begin(common, asker.user, settings.channel_cooldown_seconds)

    def may_hint(self, channel: int) -> bool:
        """Tell whether a hint is welcome in a channel, which it then is not for a while."""
        now = self._clock()
        if now < self._hinted.get(channel, -math.inf):
            return False
        self._hinted = _without_past(self._hinted, now)
        self._hinted[channel] = now + HINT_PAUSE_SECONDS
        return True

    def _check(self, key: _Key, user: int, *, in_channel: bool) -> None:
        pause = self._pauses.get(key)
        if pause is None or (left := pause.until - self._clock()) <= 0:
            return
        is_repeated = user in pause.told
        pause.told.add(user)
        raise CoolingDownError(math.ceil(left), in_channel=in_channel, is_repeated=is_repeated)

    def _begin(self, key: _Key, user: int, seconds: float) -> None:
        if seconds <= 0:
            return
        now = self._clock()
        if len(self._pauses) >= _REMEMBERED:
            self._pauses = {k: pause for k, pause in self._pauses.items() if pause.until > now}
        self._pauses[key] = _Pause(now + seconds, user, set())


def _keys(asker: Asker) -> tuple[_Key, _Key]:
    """Return what a user's own pause and the channel's are kept by."""
    # A user has a pause of their own on each server; channels have numbers of their own.
    return (asker.server, asker.user), (None, asker.channel)


def _without_past(times: dict[int, float], now: float) -> dict[int, float]:
    """Return only those times that are still to come, where there are many."""
    if len(times) < _REMEMBERED:
        return times
    return {key: until for key, until in times.items() if until > now}
