"""Scheduler of the poem network: a chunk of symbols of every candidate in the batch at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.errors import NoPoemError
from engine.generation.poems import MAX_ROUNDS, PoemGenerator, PreparedRequest
from engine.generation.sequences import SequenceGroup, batches
from engine.requests import MAX_CANDIDATES, Poem, PoemRequest
from engine.serving.hooks import ServingHooks
from engine.serving.scheduler import BatchConfig, BatchScheduler, RunningBatch, rows_of
from engine.serving.worker_pool import PendingRequest, Worker

_SHARED_ROWS = 16
"""Candidates that several requests share."""

PendingPoem = PendingRequest[PoemGenerator, PoemRequest, Poem]
PoemWorker = Worker[PoemGenerator, PoemRequest, Poem]


@dataclass(slots=True, eq=False)
class PoemRequestState:
    """A request for a poem in a batch.

    Attributes:
        round: attempts, this one included.
    """

    pending: PendingPoem
    prepared: PreparedRequest
    group: SequenceGroup
    round: int = 1

    @property
    def rows(self) -> int:
        """Candidates that are being decoded."""
        return self.prepared.candidates


class PoemScheduler(BatchScheduler[PoemGenerator, PoemRequest, Poem]):
    """Serves requests for poems; see `BatchScheduler`."""

    CONFIG = BatchConfig("poem", max_rows=24, retry_after_seconds=5.0)

    def make_batch(self, worker: PoemWorker) -> PoemBatch:
        """Return an empty batch for a worker."""
        return PoemBatch(worker, self.config, self.hooks)


class PoemBatch(RunningBatch[PoemGenerator, PoemRequest, Poem, PoemRequestState]):
    """Candidates of several requests, decoded side by side."""

    def __init__(
        self, worker: PoemWorker, config: BatchConfig, hooks: Sequence[ServingHooks]
    ) -> None:
        super().__init__(worker, config, hooks)
        self._rows = config.max_rows

    def _begin(self, pending: PendingPoem) -> PoemRequestState:
        requests = len(self._active) + self._worker.waiting + 1
        prepared = pending.model.prepare(pending.request, candidates(requests))
        return PoemRequestState(pending, prepared, pending.model.begin(prepared))

    def _batches(self) -> Iterator[list[PoemRequestState]]:
        """One network a batch, and no more rows than its decoder takes."""
        for generator in dict.fromkeys(state.pending.model for state in self._active):
            states = [state for state in self._active if state.pending.model is generator]
            most = min(self._rows, generator.decoder.rows)
            yield from batches(states, lambda state: state.rows, most)

    def _step(self, batch: Sequence[PoemRequestState]) -> None:
        batch[0].pending.model.decoder.advance([state.group for state in batch])

    def _shed(self, batch: Sequence[PoemRequestState]) -> None:
        """Halve the batch; give up a request that does not fit alone."""
        self._rows = max(1, rows_of(batch) // 2)
        if len(batch) == 1:
            super()._shed(batch)

    def _finish_done(self) -> None:
        super()._finish_done()
        if not self._active:
            self._rows = self._config.max_rows

    def _result(self, state: PoemRequestState) -> Poem | None:
        generator = state.pending.model
        if not generator.is_enough(state.prepared, state.group):
            return None
        poem = generator.best(state.prepared, state.group.completions())
        if poem is None:
            if state.round == MAX_ROUNDS:
                raise NoPoemError
            state.group = generator.begin(state.prepared)
            state.round += 1
        return poem


def candidates(requests: int) -> int:
    """Return the number of candidates of a request, by the number of requests active and queued.

    Under load there are fewer for each request, so that the rows are not always full.

    >>> [candidates(requests) for requests in (1, 2, 3, 6, 50)]
    [8, 8, 5, 2, 1]
    """
    return max(1, min(MAX_CANDIDATES, _SHARED_ROWS // requests))
