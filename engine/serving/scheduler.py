"""Continuous batching: requests join the running batch and leave it as they finish.

A `BatchScheduler` queues requests for its worker pool, and each worker has a `RunningBatch`.
"""

from __future__ import annotations

import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from engine.errors import EngineError, OverloadedError
from engine.families import FamilyName
from engine.serving.hooks import ServingHooks
from engine.serving.worker_pool import PendingRequest, Worker, WorkerPool

Model = TypeVar("Model")
Request = TypeVar("Request")
Result = TypeVar("Result")

log = logging.getLogger(__name__)


class RequestState(Protocol):
    """How far a request is; it takes some rows of the batch."""

    @property
    def pending(self) -> PendingRequest[Any, Any, Any]:
        """The request, and the future of its result."""
        ...

    @property
    def rows(self) -> int:
        """Rows of the batch that it takes."""
        ...


State = TypeVar("State", bound=RequestState)


@dataclass(frozen=True, slots=True)
class BatchConfig:
    """What the batches of a scheduler have in common.

    Attributes:
        max_rows: rows of a batch; a request that needs more gets them.
        retry_after_seconds: advice to clients where memory runs out.
    """

    family: FamilyName
    max_rows: int
    retry_after_seconds: float


class BatchScheduler(WorkerPool[Model, Request, Result], ABC):
    """A worker pool whose workers serve requests in batches, by default as in `CONFIG`."""

    CONFIG: ClassVar[BatchConfig]

    def __init__(
        self, hooks: Sequence[ServingHooks], workers: int = 1, config: BatchConfig | None = None
    ) -> None:
        self.config = config or self.CONFIG
        self.hooks = hooks
        super().__init__(
            self.config.family,
            lambda worker: self.make_batch(worker).run(),
            workers,
            on_replaced=self._report_replaced,
        )

    def _report_replaced(self) -> None:
        for hooks in self.hooks:
            hooks.replaced(self.config.family)

    @abstractmethod
    def make_batch(
        self, worker: Worker[Model, Request, Result]
    ) -> RunningBatch[Model, Request, Result, Any]:
        """Return an empty batch for a worker."""


class RunningBatch(ABC, Generic[Model, Request, Result, State]):
    """The requests that one worker serves side by side."""

    def __init__(
        self,
        worker: Worker[Model, Request, Result],
        config: BatchConfig,
        hooks: Sequence[ServingHooks],
    ) -> None:
        self._worker = worker
        self._config = config
        self._hooks = hooks
        self._active: list[State] = []

    def run(self) -> None:
        """Serve requests until the pool closes or replaces the worker."""
        while self._fill() and not self._worker.is_stopped:
            for batch in self._batches():
                self._advance(batch)
                self._worker.heartbeat()
            self._finish_done()

    @abstractmethod
    def _begin(self, pending: PendingRequest[Model, Request, Result]) -> State: ...

    @abstractmethod
    def _batches(self) -> Iterable[Sequence[State]]:
        """Divide the active requests into batches that are stepped together."""

    @abstractmethod
    def _step(self, batch: Sequence[State]) -> None: ...

    @abstractmethod
    def _result(self, state: State) -> Result | None:
        """Return the result, or None while steps are missing."""

    def _fill(self) -> bool:
        """Add queued requests while rows are free; wait if there are none."""
        while rows_of(self._active) < self._config.max_rows:
            pending = self._worker.take(waits=not self._active)
            if pending is None:
                break
            self._add(pending)
        return bool(self._active)

    def _add(self, pending: PendingRequest[Model, Request, Result]) -> None:
        try:
            self._active.append(self._begin(pending))
        except MemoryError:
            self._worker.finish(pending, self._overloaded())
        except Exception as error:
            self._worker.finish(pending, error)

    def _advance(self, batch: Sequence[State]) -> None:
        began, rows = time.monotonic(), rows_of(batch)
        try:
            self._step(batch)
        except MemoryError:
            log.warning("Out of memory in a %s batch of %d rows", self._config.family, rows)
            self._shed(batch)
        except Exception as error:
            log.exception("A %s batch of %d rows failed", self._config.family, rows)
            self._finish(batch, error)
        for hooks in self._hooks:
            hooks.worked(self._config.family, rows, time.monotonic() - began)

    def _shed(self, batch: Sequence[State]) -> None:
        """Make room after a batch ran out of memory."""
        self._finish(batch, self._overloaded())

    def _finish_done(self) -> None:
        for state in list(self._active):
            if state.pending.future.cancelled():
                self._finish([state], self._overloaded())
                continue
            try:
                result = self._result(state)
            except MemoryError:
                result = self._overloaded()
            except Exception as error:
                if not isinstance(error, EngineError):
                    log.exception("A %s request failed", self._config.family)
                result = error
            if result is not None:
                self._finish([state], result)

    def _finish(self, states: Sequence[State], outcome: Result | Exception) -> None:
        for state in states:
            self._active.remove(state)
            self._worker.finish(state.pending, outcome)

    def _overloaded(self) -> OverloadedError:
        return OverloadedError(self._config.retry_after_seconds)


def rows_of(states: Iterable[RequestState]) -> int:
    """Return how many rows requests take together."""
    return sum(state.rows for state in states)
