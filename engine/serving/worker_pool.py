"""Thread pool with a fair per-guild queue; replaces crashed or stalled workers.

Each request ends exactly once: with a result, with an error, or cancelled by its caller.
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
    """A queued or running request.

    Attributes:
        payload: what to work on.
        guild: where it comes from; all without one count as one guild.
        future: its outcome; may be cancelled.
    """

    payload: Payload
    guild: int | None
    future: Future[Result] = field(default_factory=lambda: Future[Result]())


class Worker(Generic[Payload, Result]):
    """A thread of a pool."""

    def __init__(self, pool: WorkerPool[Payload, Result], name: str) -> None:
        self._pool = pool
        self.is_stopped = False
        self.active: dict[PendingRequest[Payload, Result], None] = {}
        self.last_heartbeat = time.monotonic()
        # A daemon, since it may hang forever; closing the pool waits for it with a limit.
        self.thread = threading.Thread(target=pool.run, args=(self,), name=name, daemon=True)

    def take(self, *, waits: bool = True) -> PendingRequest[Payload, Result] | None:
        """Take the next request, and record a heartbeat.

        Returns:
            None if empty; when waiting, the pool closed or this worker was replaced.
        """
        return self._pool.next_for(self, waits=waits)

    @property
    def waiting(self) -> int:
        """Requests that no worker has taken yet."""
        return self._pool.waiting

    def heartbeat(self) -> None:
        """Record that the worker is alive."""
        self.last_heartbeat = time.monotonic()

    def finish(self, pending: PendingRequest[Payload, Result], outcome: Result | Exception) -> None:
        """Set the outcome of a request, unless it has one."""
        self._pool.finish(self, pending, outcome)


class WorkerPool(Generic[Payload, Result]):
    """Queues requests from any thread for its workers.

    Args:
        name: of the threads.
        work: takes and finishes requests until `Worker.take` returns None.
        size: number of workers; started with the first request.
        on_replaced: called after a crashed or stalled worker was replaced.
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

    def submit(self, payload: Payload, guild: int | None = None) -> PendingRequest[Payload, Result]:
        """Queue a request.

        Raises:
            EngineClosedError: the pool is closed.
        """
        pending: PendingRequest[Payload, Result] = PendingRequest(payload, guild)
        with self._changed:
            if self._is_closed:
                raise EngineClosedError
            while len(self._workers) < self._size:
                self._spawn()
            self._queues.setdefault(guild, deque()).append(pending)
            self._changed.notify()
        pending.future.add_done_callback(lambda _: self._drop(pending))
        return pending

    @property
    def waiting(self) -> int:
        """Requests that no worker has taken yet."""
        with self._changed:
            return sum(map(len, self._queues.values()))

    def replace_stalled(
        self, pending: PendingRequest[Payload, Result], after_seconds: float
    ) -> None:
        """Replace the workers that delay a request, if they had no heartbeat for so long.

        These are its own worker or, while it is queued, all busy ones. Their other requests are
        queued again.
        """
        with self._changed:
            having = [worker for worker in self._workers if pending in worker.active]
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
        """Reject new requests; wait up to `seconds` for accepted ones and fail the rest."""
        until = time.monotonic() + seconds
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        # The list changes if a worker crashes meanwhile.
        while worker := next((c for c in self._workers if c.thread.is_alive()), None):
            worker.thread.join(max(0.0, until - time.monotonic()))
            if worker.thread.is_alive():
                break
        self._refuse_the_rest()

    def run(self, worker: Worker[Payload, Result]) -> None:
        """Run a worker in its thread; on a crash, replace it and fail its requests."""
        try:
            self._work(worker)
        except BaseException as error:
            log.exception("A thread has crashed: %s", worker.thread.name)
            with self._changed:
                self._replace(worker)
                left = list(worker.active)
            reason = error if isinstance(error, Exception) else RuntimeError(repr(error))
            for pending in left:
                self.finish(worker, pending, reason)
            self._on_replaced()

    def next_for(
        self, worker: Worker[Payload, Result], *, waits: bool
    ) -> PendingRequest[Payload, Result] | None:
        """Return the next request; see `Worker.take`."""
        with self._changed:
            worker.heartbeat()
            while not (worker.is_stopped or self._queues or self._is_closed) and waits:
                self._changed.wait()
                worker.heartbeat()
            if worker.is_stopped or not self._queues:
                return None
            pending = self._next()
            worker.active[pending] = None
            return pending

    def finish(
        self,
        worker: Worker[Payload, Result],
        pending: PendingRequest[Payload, Result],
        outcome: Result | Exception,
    ) -> None:
        """Set the outcome of a request; see `Worker.finish`."""
        with self._changed:
            worker.heartbeat()
            worker.active.pop(pending, None)
            # It may have been queued again and finished by another worker.
            if not _claimed(pending):
                return
        if isinstance(outcome, Exception):
            pending.future.set_exception(outcome)
        else:
            pending.future.set_result(outcome)

    def _next(self) -> PendingRequest[Payload, Result]:
        guild, queue = self._queues.popitem(last=False)
        pending = queue.popleft()
        if queue:
            self._queues[guild] = queue
        return pending

    def _spawn(self) -> None:
        worker = Worker(self, self._name)
        # Fails where the system has no more threads.
        worker.thread.start()
        self._workers.append(worker)

    def _replace(self, worker: Worker[Payload, Result]) -> None:
        worker.is_stopped = True
        if worker in self._workers:
            self._workers.remove(worker)
            if not self._is_closed or self._queues:
                # Without more threads, the next request tries again.
                with suppress(RuntimeError):
                    self._spawn()

    def _drop(self, pending: PendingRequest[Payload, Result]) -> None:
        """Remove a cancelled request from its queue."""
        if not pending.future.cancelled():
            return
        with self._changed:
            queue = self._queues.get(pending.guild)
            if queue and pending in queue:
                queue.remove(pending)
                if not queue:
                    del self._queues[pending.guild]

    def _refuse_the_rest(self) -> None:
        with self._changed:
            waiting = [pending for queue in self._queues.values() for pending in queue]
            active = [(worker, pending) for worker in self._workers for pending in worker.active]
            self._queues.clear()
            waiting = [pending for pending in waiting if _claimed(pending)]
        for pending in waiting:
            pending.future.set_exception(EngineClosedError())
        for worker, pending in active:
            self.finish(worker, pending, EngineClosedError())


def _claimed(pending: PendingRequest[Any, Any]) -> bool:
    """Claim the right to end a request; False if it has ended or is being ended."""
    future = pending.future
    is_ending = future.done() or future.running()
    return not is_ending and future.set_running_or_notify_cancel()
