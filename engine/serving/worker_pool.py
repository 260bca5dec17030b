"""Thread pool with a fair per-guild queue; replaces crashed or stalled workers.

A request ends exactly once: with a result, with an error, or cancelled by its client.
"""

from __future__ import annotations

import asyncio
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

Model = TypeVar("Model")
Request = TypeVar("Request")
Result = TypeVar("Result")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class PendingRequest(Generic[Model, Request, Result]):
    """A request in the queue or with a worker.

    Attributes:
        guild: the queue takes one request of each in rotation; None counts as one.
        future: of the result; cancelling it drops the request.
    """

    model: Model
    request: Request
    guild: int | None
    future: Future[Result] = field(default_factory=lambda: Future[Result]())


class Worker(Generic[Model, Request, Result]):
    """A thread of a pool.

    Attributes:
        is_stopped: the pool has replaced the worker.
    """

    def __init__(self, pool: WorkerPool[Model, Request, Result], name: str) -> None:
        self._pool = pool
        self.is_stopped = False
        self.active: dict[PendingRequest[Model, Request, Result], None] = {}
        self.last_heartbeat = time.monotonic()
        # A daemon, since it may hang for ever; `WorkerPool.close` waits for it.
        self.thread = threading.Thread(target=pool.run, args=(self,), name=name, daemon=True)

    def take(self, *, waits: bool = True) -> PendingRequest[Model, Request, Result] | None:
        """Return the next request, to be passed to `finish`.

        Args:
            waits: whether to wait for one.

        Returns:
            None if empty; when waiting, the pool closed or this worker was replaced.
        """
        return self._pool.next_for(self, waits=waits)

    @property
    def waiting(self) -> int:
        """Requests in the queue of the pool."""
        return self._pool.waiting

    def heartbeat(self) -> None:
        """Record that the worker is alive."""
        self.last_heartbeat = time.monotonic()

    def finish(
        self, pending: PendingRequest[Model, Request, Result], outcome: Result | Exception
    ) -> None:
        """Set the result of a request, unless it has ended in another way."""
        self._pool.finish(self, pending, outcome)


class WorkerPool(Generic[Model, Request, Result]):
    """Queue of requests, and the threads that serve them.

    Args:
        work: body of a worker: takes requests and finishes them until there are none to take.
        size: number of workers; they start with the first request.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[Worker[Model, Request, Result]], None],
        size: int = 1,
        on_replaced: Callable[[], None] = lambda: None,
    ) -> None:
        self._name = name
        self._work = work
        self._size = size
        self._on_replaced = on_replaced
        self._workers: list[Worker[Model, Request, Result]] = []
        self._queues: OrderedDict[int | None, deque[PendingRequest[Model, Request, Result]]] = (
            OrderedDict()
        )
        self._is_closed = False
        self._changed = threading.Condition()

    def add_request(
        self, model: Model, request: Request, guild: int | None = None
    ) -> PendingRequest[Model, Request, Result]:
        """Queue a request.

        Raises:
            EngineClosedError: the pool is closed.
        """
        pending: PendingRequest[Model, Request, Result] = PendingRequest(model, request, guild)
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
        """Requests in the queue."""
        with self._changed:
            return sum(map(len, self._queues.values()))

    async def result(
        self, model: Model, request: Request, group: int | None, stall_seconds: float
    ) -> Result:
        """Queue a request and wait for its result.

        If the wait is cancelled, so is the request, and a worker that has given no heartbeat for
        `stall_seconds` is replaced.

        Raises:
            EngineClosedError: the pool is closed.
        """
        pending = self.add_request(model, request, group)
        try:
            return await asyncio.wrap_future(pending.future)
        except asyncio.CancelledError:
            pending.future.cancel()
            self.replace_stalled(pending, stall_seconds)
            raise

    def replace_stalled(
        self, pending: PendingRequest[Model, Request, Result], after_seconds: float
    ) -> None:
        """Replace the worker that holds up a request, if its last heartbeat is so long ago.

        For a request in the queue that is every busy worker. Other requests of a replaced worker
        go back to the front of the queue.
        """
        with self._changed:
            holders = [worker for worker in self._workers if pending in worker.active]
            busy = holders or [worker for worker in self._workers if worker.active]
            now = time.monotonic()
            stalled = [w for w in busy if now - w.last_heartbeat >= after_seconds]
            for worker in stalled:
                self._replace(worker)
                for other in reversed(worker.active):
                    if not other.future.done():
                        self._queues.setdefault(other.guild, deque()).appendleft(other)
            self._changed.notify_all()
        for worker in stalled:
            log.error("Replaced a stalled worker: %s", worker.thread.name)
            self._on_replaced()

    def close(self, seconds: float) -> None:
        """Reject new requests; wait up to `seconds` for accepted ones, then fail the rest."""
        until = time.monotonic() + seconds
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        # The list changes when a worker crashes meanwhile.
        while worker := next((w for w in self._workers if w.thread.is_alive()), None):
            worker.thread.join(max(0.0, until - time.monotonic()))
            if worker.thread.is_alive():
                break
        self._fail_rest()

    def run(self, worker: Worker[Model, Request, Result]) -> None:
        """Run a worker in its thread; replace it and fail its requests if it crashes."""
        try:
            self._work(worker)
        except BaseException as error:
            log.exception("A worker crashed: %s", worker.thread.name)
            with self._changed:
                self._replace(worker)
                left = list(worker.active)
            reason = error if isinstance(error, Exception) else RuntimeError(repr(error))
            for pending in left:
                self.finish(worker, pending, reason)
            self._on_replaced()

    def next_for(
        self, worker: Worker[Model, Request, Result], *, waits: bool
    ) -> PendingRequest[Model, Request, Result] | None:
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
        worker: Worker[Model, Request, Result],
        pending: PendingRequest[Model, Request, Result],
        outcome: Result | Exception,
    ) -> None:
        """Set the result of a request; see `Worker.finish`."""
        with self._changed:
            worker.heartbeat()
            worker.active.pop(pending, None)
            # It may have been requeued, and another worker may have been faster.
            if not _claimed(pending):
                return
        if isinstance(outcome, Exception):
            pending.future.set_exception(outcome)
        else:
            pending.future.set_result(outcome)

    def _next(self) -> PendingRequest[Model, Request, Result]:
        guild, queue = self._queues.popitem(last=False)
        pending = queue.popleft()
        if queue:
            self._queues[guild] = queue
        return pending

    def _spawn(self) -> None:
        worker = Worker(self, self._name)
        # Raises RuntimeError where the system has no more threads.
        worker.thread.start()
        self._workers.append(worker)

    def _replace(self, worker: Worker[Model, Request, Result]) -> None:
        worker.is_stopped = True
        if worker in self._workers:
            self._workers.remove(worker)
            if not self._is_closed or self._queues:
                # Where no thread can be started, the next request tries again.
                with suppress(RuntimeError):
                    self._spawn()

    def _drop(self, pending: PendingRequest[Model, Request, Result]) -> None:
        """Take a cancelled request out of the queue."""
        if not pending.future.cancelled():
            return
        with self._changed:
            queue = self._queues.get(pending.guild)
            if queue and pending in queue:
                queue.remove(pending)
                if not queue:
                    del self._queues[pending.guild]

    def _fail_rest(self) -> None:
        with self._changed:
            queued = [pending for queue in self._queues.values() for pending in queue]
            active = [(worker, pending) for worker in self._workers for pending in worker.active]
            self._queues.clear()
            queued = [pending for pending in queued if _claimed(pending)]
        for pending in queued:
            pending.future.set_exception(EngineClosedError())
        for worker, pending in active:
            self.finish(worker, pending, EngineClosedError())


def _claimed(pending: PendingRequest[Any, Any, Any]) -> bool:
    """Tell whether a request has not ended; from then on only the caller ends it."""
    future = pending.future
    is_ending = future.done() or future.running()
    return not is_ending and future.set_running_or_notify_cancel()
