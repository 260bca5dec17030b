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

Payload = TypeVar("Payload")
Result = TypeVar("Result")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class PendingRequest(Generic[Payload, Result]):
    """Something that is asked for.

    Attributes:
        asked: what.
        guild: the Discord server it comes from; all without one count as one.
        future: how it ends. Who cancels it gives the wish up.
    """

    payload: Payload
    guild: int | None
    future: Future[Result] = field(default_factory=lambda: Future[Result]())


class Worker(Generic[Payload, Result]):
    """A thread that works at a desk.

    Args:
        pool: where it works.
        name: of the thread.
    """

    def __init__(self, pool: WorkerPool[Payload, Result], name: str) -> None:
        self._pool = pool
        self.is_stopped = False
        self.active: dict[PendingRequest[Payload, Result], None] = {}
        self.last_heartbeat = time.monotonic()
        # A daemon, since it may hang for ever; a desk that is closed waits for it in due time.
        self.thread = threading.Thread(target=pool.run, args=(self,), name=name, daemon=True)

    def take(self, *, waits: bool = True) -> PendingRequest[Payload, Result] | None:
        """Take the next wish that somebody still has, and give a sign of life.

        Args:
            waits: for a wish, if there is none.

        Returns:
            The wish, to be ended; None if there is none, which after waiting for it means that the
            desk is closed or has got another clerk instead.
        """
        return self._pool.next_for(self, waits=waits)

    @property
    def waiting(self) -> int:
        """Wishes that nobody has taken yet."""
        return self._pool.waiting

    def heartbeat(self) -> None:
        """Give a sign of life."""
        self.last_heartbeat = time.monotonic()

    def finish(self, wish: PendingRequest[Payload, Result], outcome: Result | Exception) -> None:
        """End a wish, unless it has ended in another way."""
        self._pool.finish(self, wish, outcome)


class WorkerPool(Generic[Payload, Result]):
    """Takes wishes from any thread, and has clerks grant them.

    Args:
        name: of the threads.
        work: what a clerk does: it takes wishes and ends them, until there is none to be taken.
        workers: how many there are; they come with the first wish.
        on_replaced: called when a clerk has crashed or hangs and another one has come.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[Worker[Payload, Result]], None],
        size: int = 1,
        on_replaced: Callable[[], None] = lambda: None,
    ) -> None:
        self._name = name
        self._work = work
        self._size = size
        self._on_replaced = on_replaced
        self._workers: list[Worker[Payload, Result]] = []
        self._queues: OrderedDict[int | None, deque[PendingRequest[Payload, Result]]] = (
            OrderedDict()
        )
        self._is_closed = False
        self._changed = threading.Condition()

    def submit(self, asked: Payload, guild: int | None = None) -> PendingRequest[Payload, Result]:
        """Accept a wish.

        Raises:
            EngineClosedError: the desk is closed.
        """
        wish: PendingRequest[Payload, Result] = PendingRequest(asked, guild)
        with self._changed:
            if self._is_closed:
                raise EngineClosedError
            while len(self._workers) < self._size:
                self._spawn()
            self._queues.setdefault(guild, deque()).append(wish)
            self._changed.notify()
        wish.future.add_done_callback(lambda _: self._drop(wish))
        return wish

    @property
    def waiting(self) -> int:
        """Wishes that no clerk has taken yet."""
        with self._changed:
            return sum(map(len, self._queues.values()))

    def replace_stalled(self, wish: PendingRequest[Payload, Result], after_seconds: float) -> None:
        """Replace whoever keeps a wish waiting, if they gave no sign of life for so long.

        That is the clerk that has it in hand or, for one that nobody has taken, each that has
        something else in hand, which is passed on to others.
        """
        with self._changed:
            having = [worker for worker in self._workers if wish in worker.active]
            busy = having or [worker for worker in self._workers if worker.active]
            now = time.monotonic()
            hanging = [worker for worker in busy if now - worker.last_heartbeat >= after_seconds]
            for worker in hanging:
                self._replace(worker)
                for other in reversed(worker.active):
                    if not other.future.done():
                        self._queues.setdefault(other.guild, deque()).appendleft(other)
            self._changed.notify_all()
        for worker in hanging:
            log.error("A thread hangs and has been replaced: %s", worker.thread.name)
            self._on_replaced()

    def close(self, seconds: float) -> None:
        """Accept no more, and wait some time for what was accepted; the rest is told so."""
        until = time.monotonic() + seconds
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        # The list changes when a clerk crashes meanwhile.
        while worker := next((c for c in self._workers if c.thread.is_alive()), None):
            worker.thread.join(max(0.0, until - time.monotonic()))
            if worker.thread.is_alive():
                break
        self._refuse_the_rest()

    def run(self, worker: Worker[Payload, Result]) -> None:
        """Let a clerk work, in its thread, and see to what it leaves behind."""
        try:
            self._work(worker)
        except BaseException as error:
            log.exception("A thread has crashed: %s", worker.thread.name)
            with self._changed:
                self._replace(worker)
                left = list(worker.active)
            reason = error if isinstance(error, Exception) else RuntimeError(repr(error))
            for wish in left:
                self.finish(worker, wish, reason)
            self._on_replaced()

    def next_for(
        self, worker: Worker[Payload, Result], *, waits: bool
    ) -> PendingRequest[Payload, Result] | None:
        """Return the next wish; see `Worker.take`."""
        with self._changed:
            worker.heartbeat()
            while not (worker.is_stopped or self._queues or self._is_closed) and waits:
                self._changed.wait()
                worker.heartbeat()
            if worker.is_stopped or not self._queues:
                return None
            wish = self._next()
            worker.active[wish] = None
            return wish

    def finish(
        self,
        worker: Worker[Payload, Result],
        wish: PendingRequest[Payload, Result],
        outcome: Result | Exception,
    ) -> None:
        """End a wish; see `Worker.end`."""
        with self._changed:
            worker.heartbeat()
            worker.active.pop(wish, None)
            # It may have been passed on, and the other clerk may have been faster.
            if not _claimed(wish):
                return
        if isinstance(outcome, Exception):
            wish.future.set_exception(outcome)
        else:
            wish.future.set_result(outcome)

    def _next(self) -> PendingRequest[Payload, Result]:
        guild, line = self._queues.popitem(last=False)
        wish = line.popleft()
        if line:
            self._queues[guild] = line
        return wish

    def _spawn(self) -> None:
        worker = Worker(self, self._name)
        # There may be no more threads to be had.
        worker.thread.start()
        self._workers.append(worker)

    def _replace(self, worker: Worker[Payload, Result]) -> None:
        worker.is_stopped = True
        if worker in self._workers:
            self._workers.remove(worker)
            if not self._is_closed or self._queues:
                # Where there are no more threads to be had, the next wish tries again.
                with suppress(RuntimeError):
                    self._spawn()

    def _drop(self, wish: PendingRequest[Payload, Result]) -> None:
        """Take a wish that was given up out of the line."""
        if not wish.future.cancelled():
            return
        with self._changed:
            line = self._queues.get(wish.guild)
            if line and wish in line:
                line.remove(wish)
                if not line:
                    del self._queues[wish.guild]

    def _refuse_the_rest(self) -> None:
        with self._changed:
            waiting = [wish for line in self._queues.values() for wish in line]
            in_hand = [(worker, wish) for worker in self._workers for wish in worker.active]
            self._queues.clear()
            waiting = [wish for wish in waiting if _claimed(wish)]
        for wish in waiting:
            wish.future.set_exception(EngineClosedError())
        for worker, wish in in_hand:
            self.finish(worker, wish, EngineClosedError())


def _claimed(wish: PendingRequest[Any, Any]) -> bool:
    """Tell whether a wish has not ended, so that it is for the caller and nobody else to end."""
    future = wish.future
    is_ending = future.done() or future.running()
    return not is_ending and future.set_running_or_notify_cancel()
