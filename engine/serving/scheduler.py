"""Continuous batching: requests join a running batch as soon as others leave it."""

from __future__ import annotations

import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from engine.errors import EngineError, OverloadedError
from engine.models.registry import Network
from engine.serving.hooks import ServingHooks
from engine.serving.worker_pool import PendingRequest, Worker, WorkerPool

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class RequestState(ABC):
    """A request that is being worked on.

    Attributes:
        pending: the request and its future.
    """

    pending: PendingRequest[Any, Any]

    @property
    @abstractmethod
    def rows(self) -> int:
        """Rows that the request takes in a batch."""


Payload = TypeVar("Payload")
Result = TypeVar("Result")
State = TypeVar("State", bound=RequestState)


def rows_of(states: Sequence[RequestState]) -> int:
    """Return how many rows requests have together."""
    return sum(state.rows for state in states)


@dataclass(slots=True, eq=False)
class WorkerBatch(Generic[Payload, Result, State]):
    """What one worker has under way.

    Attributes:
        worker: takes and finishes the requests.
        row_limit: rows of one step, at most; lowered while memory is short.
        states: the requests that are running.
    """

    worker: Worker[Payload, Result]
    row_limit: int
    states: list[State] = field(default_factory=list[State])

    def finish(self, states: Sequence[State], outcome: Result | Exception) -> None:
        """Remove requests from the batch and set their outcome."""
        for state in states:
            self.states.remove(state)
            self.worker.finish(state.pending, outcome)


class BatchScheduler(ABC, Generic[Payload, Result, State]):
    """Runs requests side by side on a pool of workers, one batch per worker.

    Args:
        hooks: called after each step.
        rows: rows per worker, at most; a single request may exceed it.
        workers: threads.
    """

    network: Network
    retry_after_seconds: float

    def __init__(self, hooks: Sequence[ServingHooks], rows: int, workers: int = 1) -> None:
        self._hooks = hooks
        self._rows = rows
        self._pool: WorkerPool[Payload, Result] = WorkerPool(
            self.network, self._run, workers, self._on_replaced
        )

    @property
    def waiting(self) -> int:
        """Requests that no worker has taken yet."""
        return self._pool.waiting

    def replace_stalled(self, pending: PendingRequest[Payload, Result], seconds: float) -> None:
        """Replace the workers that delay a request and had no heartbeat for `seconds`."""
        self._pool.replace_stalled(pending, seconds)

    def close(self, seconds: float) -> None:
        """Reject new requests; wait up to `seconds` for accepted ones."""
        self._pool.close(seconds)

    @abstractmethod
    def _begin(
        self, pending: PendingRequest[Payload, Result], batch: WorkerBatch[Payload, Result, State]
    ) -> State:
        """Prepare a request for the batch."""

    @abstractmethod
    def _batches(self, batch: WorkerBatch[Payload, Result, State]) -> Iterator[list[State]]:
        """Divide the running requests into what one step of one network can take."""

    @abstractmethod
    def _advance(self, states: Sequence[State]) -> None:
        """Do one step."""

    @abstractmethod
    def _is_done(self, state: State) -> bool:
        """Tell whether the current round of a request is complete."""

    @abstractmethod
    def _result(self, state: State) -> Result | None:
        """Return the result, or None after starting another round."""

    def _on_replaced(self) -> None:
        for hooks in self._hooks:
            hooks.replaced(self.network)

    def _out_of_memory(
        self, batch: WorkerBatch[Payload, Result, State], states: Sequence[State]
    ) -> None:
        batch.finish(states, self._overloaded())

    def _overloaded(self) -> OverloadedError:
        return OverloadedError(self.retry_after_seconds)

    def _run(self, worker: Worker[Payload, Result]) -> None:
        batch: WorkerBatch[Payload, Result, State] = WorkerBatch(worker, self._rows)
        while self._fill_batch(batch) and not worker.is_stopped:
            for states in self._batches(batch):
                self._step(batch, states)
                worker.heartbeat()
            self._finish_done(batch)
            worker.heartbeat()

    def _fill_batch(self, batch: WorkerBatch[Payload, Result, State]) -> bool:
        """Add requests while there is room, waiting if idle; tell whether any are running."""
        while rows_of(batch.states) < self._rows:
            pending = batch.worker.take(waits=not batch.states)
            if pending is None:
                break
            self._add(pending, batch)
        return bool(batch.states)

    def _add(
        self, pending: PendingRequest[Payload, Result], batch: WorkerBatch[Payload, Result, State]
    ) -> None:
        try:
            batch.states.append(self._begin(pending, batch))
        except MemoryError:
            batch.worker.finish(pending, self._overloaded())
        except Exception as error:
            batch.worker.finish(pending, error)

    def _step(self, batch: WorkerBatch[Payload, Result, State], states: Sequence[State]) -> None:
        began, rows = time.monotonic(), rows_of(states)
        try:
            self._advance(states)
        except MemoryError:
            log.warning("Out of memory in a batch of %d rows (%s)", rows, self.network)
            self._out_of_memory(batch, states)
        except Exception as error:
            log.exception("A batch of %d rows failed (%s)", rows, self.network)
            batch.finish(states, error)
        for hooks in self._hooks:
            hooks.worked(self.network, rows, time.monotonic() - began)

    def _finish_done(self, batch: WorkerBatch[Payload, Result, State]) -> None:
        """Finish complete requests and drop cancelled ones."""
        for state in list(batch.states):
            if state.pending.future.cancelled():
                batch.finish([state], self._overloaded())
            elif self._is_done(state):
                self._finish(batch, state)
        if not batch.states:
            batch.row_limit = self._rows

    def _finish(self, batch: WorkerBatch[Payload, Result, State], state: State) -> None:
        try:
            outcome = self._result(state)
        except MemoryError:
            batch.finish([state], self._overloaded())
        except Exception as error:
            if not isinstance(error, EngineError):
                log.exception("A sampled request failed (%s)", self.network)
            batch.finish([state], error)
        else:
            if outcome is not None:
                batch.finish([state], outcome)
