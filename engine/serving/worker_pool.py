"""Where wishes wait for the threads that grant them.

A wish ends exactly once, whatever happens: with what was wished for, with an error, or given up by
who wished. Discord servers take turns. A thread that crashes or hangs is replaced.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from engine.errors import EngineClosedError

Asked = TypeVar("Asked")
Given = TypeVar("Given")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Wish(Generic[Asked, Given]):
    """Something that is asked for.

    Attributes:
        asked: what.
        server: the Discord server it comes from; all without one count as one.
        future: how it ends. Who cancels it gives the wish up.
    """

    asked: Asked
    server: int | None
    future: Future[Given] = field(default_factory=lambda: Future[Given]())


class Clerk(Generic[Asked, Given]):
    """A thread that works at a desk.

    Args:
        desk: where it works.
        name: of the thread.
    """

    def __init__(self, desk: Desk[Asked, Given], name: str) -> None:
        self._desk = desk
        self.is_dismissed = False
        self.in_hand: dict[Wish[Asked, Given], None] = {}
        self.last_sign = time.monotonic()
        # A daemon, since it may hang for ever; a desk that is closed waits for it in due time.
        self.thread = threading.Thread(target=desk.employ, args=(self,), name=name, daemon=True)

    def take(self, *, waits: bool = True) -> Wish[Asked, Given] | None:
        """Take the next wish that somebody still has, and give a sign of life.

        Args:
            waits: for a wish, if there is none.

        Returns:
            The wish, to be ended; None if there is none, which after waiting for it means that the
            desk is closed or has got another clerk instead.
        """
        return self._desk.hand_to(self, waits=waits)

    @property
    def waiting(self) -> int:
        """Wishes that nobody has taken yet."""
        return self._desk.waiting

    def sign(self) -> None:
        """Give a sign of life."""
        self.last_sign = time.monotonic()

    def end(self, wish: Wish[Asked, Given], outcome: Given | Exception) -> None:
        """End a wish, unless it has ended in another way."""
        self._desk.end(self, wish, outcome)


class Desk(Generic[Asked, Given]):
    """Takes wishes from any thread, and has clerks grant them.

    Args:
        name: of the threads.
        work: what a clerk does: it takes wishes and ends them, until there is none to be taken.
        clerks: how many there are; they come with the first wish.
        on_replaced: called when a clerk has crashed or hangs and another one has come.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[Clerk[Asked, Given]], None],
        clerks: int = 1,
        on_replaced: Callable[[], None] = lambda: None,
    ) -> None:
        self._name = name
        self._work = work
        self._wanted_clerks = clerks
        self._on_replaced = on_replaced
        self._clerks: list[Clerk[Asked, Given]] = []
        self._lines: OrderedDict[int | None, deque[Wish[Asked, Given]]] = OrderedDict()
        self._is_closed = False
        self._changed = threading.Condition()

    def submit(self, asked: Asked, server: int | None = None) -> Wish[Asked, Given]:
        """Accept a wish.

        Raises:
            EngineClosedError: the desk is closed.
        """
        wish: Wish[Asked, Given] = Wish(asked, server)
        with self._changed:
            if self._is_closed:
                raise EngineClosedError
            while len(self._clerks) < self._wanted_clerks:
                self._hire()
            self._lines.setdefault(server, deque()).append(wish)
            self._changed.notify()
        wish.future.add_done_callback(lambda _: self._drop(wish))
        return wish

    @property
    def waiting(self) -> int:
        """Wishes that no clerk has taken yet."""
        with self._changed:
            return sum(map(len, self._lines.values()))

    def relieve(self, wish: Wish[Asked, Given], after_seconds: float) -> None:
        """Replace whoever keeps a wish waiting, if they gave no sign of life for so long.

        That is the clerk that has it in hand or, for one that nobody has taken, each that has
        something else in hand, which is passed on to others.
        """
        with self._changed:
            having = [clerk for clerk in self._clerks if wish in clerk.in_hand]
            busy = having or [clerk for clerk in self._clerks if clerk.in_hand]
            now = time.monotonic()
            hanging = [clerk for clerk in busy if now - clerk.last_sign >= after_seconds]
            for clerk in hanging:
                self._replace(clerk)
                for other in reversed(clerk.in_hand):
                    if not other.future.done():
                        self._lines.setdefault(other.server, deque()).appendleft(other)
            self._changed.notify_all()
        for clerk in hanging:
            log.error("A thread hangs and has been replaced: %s", clerk.thread.name)
            self._on_replaced()

    def close(self, seconds: float) -> None:
        """Accept no more, and wait some time for what was accepted; the rest is told so."""
        until = time.monotonic() + seconds
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        # The list changes when a clerk crashes meanwhile.
        while clerk := next((c for c in self._clerks if c.thread.is_alive()), None):
            clerk.thread.join(max(0.0, until - time.monotonic()))
            if clerk.thread.is_alive():
                break
        self._refuse_the_rest()

    def employ(self, clerk: Clerk[Asked, Given]) -> None:
        """Let a clerk work, in its thread, and see to what it leaves behind."""
        try:
            self._work(clerk)
        except BaseException as error:
            log.exception("A thread has crashed: %s", clerk.thread.name)
            with self._changed:
                self._replace(clerk)
                left = list(clerk.in_hand)
            reason = error if isinstance(error, Exception) else RuntimeError(repr(error))
            for wish in left:
                self.end(clerk, wish, reason)
            self._on_replaced()

    def hand_to(self, clerk: Clerk[Asked, Given], *, waits: bool) -> Wish[Asked, Given] | None:
        """Return the next wish; see `Clerk.take`."""
        with self._changed:
            clerk.sign()
            while not (clerk.is_dismissed or self._lines or self._is_closed) and waits:
                self._changed.wait()
                clerk.sign()
            if clerk.is_dismissed or not self._lines:
                return None
            wish = self._next()
            clerk.in_hand[wish] = None
            return wish

    def end(
        self, clerk: Clerk[Asked, Given], wish: Wish[Asked, Given], outcome: Given | Exception
    ) -> None:
        """End a wish; see `Clerk.end`."""
        with self._changed:
            clerk.sign()
            clerk.in_hand.pop(wish, None)
            # It may have been passed on, and the other clerk may have been faster.
            if not _claimed(wish):
                return
        if isinstance(outcome, Exception):
            wish.future.set_exception(outcome)
        else:
            wish.future.set_result(outcome)

    def _next(self) -> Wish[Asked, Given]:
        server, line = self._lines.popitem(last=False)
        wish = line.popleft()
        if line:
            self._lines[server] = line
        return wish

    def _hire(self) -> None:
        clerk = Clerk(self, self._name)
        # There may be no more threads to be had.
        clerk.thread.start()
        self._clerks.append(clerk)

    def _replace(self, clerk: Clerk[Asked, Given]) -> None:
        clerk.is_dismissed = True
        if clerk in self._clerks:
            self._clerks.remove(clerk)
            if not self._is_closed or self._lines:
                # Where there are no more threads to be had, the next wish tries again.
                with suppress(RuntimeError):
                    self._hire()

    def _drop(self, wish: Wish[Asked, Given]) -> None:
        """Take a wish that was given up out of the line."""
        if not wish.future.cancelled():
            return
        with self._changed:
            line = self._lines.get(wish.server)
            if line and wish in line:
                line.remove(wish)
                if not line:
                    del self._lines[wish.server]

    def _refuse_the_rest(self) -> None:
        with self._changed:
            waiting = [wish for line in self._lines.values() for wish in line]
            in_hand = [(clerk, wish) for clerk in self._clerks for wish in clerk.in_hand]
            self._lines.clear()
            waiting = [wish for wish in waiting if _claimed(wish)]
        for wish in waiting:
            wish.future.set_exception(EngineClosedError())
        for clerk, wish in in_hand:
            self.end(clerk, wish, EngineClosedError())


def _claimed(wish: Wish[Any, Any]) -> bool:
    """Tell whether a wish has not ended, so that it is for the caller and nobody else to end."""
    future = wish.future
    is_ending = future.done() or future.running()
    return not is_ending and future.set_running_or_notify_cancel()
