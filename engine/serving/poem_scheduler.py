"""Decode the candidates of many poems side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.errors import NoPoemError
from engine.generation.poems import MAX_ROUNDS, PoemGenerator, PreparedRequest
from engine.generation.sequences import SequenceGroup, batches
from engine.models.registry import Network
from engine.requests import MAX_CANDIDATES, Poem, PoemRequest
from engine.serving.hooks import ServingHooks
from engine.serving.scheduler import BatchScheduler, RequestState, WorkerBatch, rows_of
from engine.serving.worker_pool import PendingRequest

ROWS = 24
"""Candidates that a worker decodes side by side, at most; a request may insist on more."""

_SHARED_ROWS = 16
"""Candidates that several poems share among them."""


@dataclass(frozen=True, slots=True)
class PoemPayload:
    """A request for a poem and the generator that answers it."""

    generator: PoemGenerator
    request: PoemRequest


PendingPoem = PendingRequest[PoemPayload, Poem]


@dataclass(slots=True, eq=False)
class PoemRequestState(RequestState):
    """A poem that is being decoded.

    Attributes:
        generator: the network.
        prepared: the request as the network reads it.
        group: its candidates so far.
        round: rounds begun, this one included.
    """

    generator: PoemGenerator
    prepared: PreparedRequest
    group: SequenceGroup
    round: int = 1

    @property
    def rows(self) -> int:
        """Candidates of the poem."""
        return self.prepared.candidates


PoemBatch = WorkerBatch[PoemPayload, Poem, PoemRequestState]


class PoemScheduler(BatchScheduler[PoemPayload, Poem, PoemRequestState]):
    """Batches requests for poems by network; halves the batches when memory is short."""

    network: Network = "poem"
    retry_after_seconds = 5.0

    def __init__(self, hooks: Sequence[ServingHooks], rows: int = ROWS, workers: int = 1) -> None:
        super().__init__(hooks, rows, workers)

    def add_request(
        self, generator: PoemGenerator, request: PoemRequest, guild: int | None = None
    ) -> PendingPoem:
        """Queue a request for a poem.

        Raises:
            EngineClosedError: the scheduler is closed.
        """
        return self._pool.submit(PoemPayload(generator, request), guild)

    def _begin(self, pending: PendingPoem, batch: PoemBatch) -> PoemRequestState:
        generator = pending.payload.generator
        poems = len(batch.states) + batch.worker.waiting + 1
        prepared = generator.prepare(pending.payload.request, candidates(poems))
        return PoemRequestState(pending, generator, prepared, generator.begin(prepared))

    def _batches(self, batch: PoemBatch) -> Iterator[list[PoemRequestState]]:
        for generator in dict.fromkeys(state.generator for state in batch.states):
            states = [state for state in batch.states if state.generator is generator]
            most = min(batch.row_limit, generator.decoder.rows)
            yield from batches(states, lambda state: state.rows, most)

    def _advance(self, states: Sequence[PoemRequestState]) -> None:
        states[0].generator.decoder.advance([state.group for state in states])

    def _is_done(self, state: PoemRequestState) -> bool:
        return state.generator.is_enough(state.prepared, state.group)

    def _result(self, state: PoemRequestState) -> Poem | None:
        poem = state.generator.best(state.prepared, state.group.completions())
        if poem is None and state.round == MAX_ROUNDS:
            raise NoPoemError
        if poem is None:
            state.group = state.generator.begin(state.prepared)
            state.round += 1
        return poem

    def _out_of_memory(self, batch: PoemBatch, states: Sequence[PoemRequestState]) -> None:
        """Continue in smaller batches; reject a poem that does not fit alone."""
        batch.row_limit = max(1, rows_of(states) // 2)
        if len(states) == 1:
            super()._out_of_memory(batch, states)


def candidates(poems: int) -> int:
    """Return how many candidates a poem gets when `poems` are running or waiting, itself included.

    All that are of use while there is little to do; one under load, since otherwise new
    candidates would take up all room that becomes free.

    >>> [candidates(poems) for poems in (1, 2, 3, 6, 50)]
    [8, 8, 5, 2, 1]
    """
    return max(1, min(MAX_CANDIDATES, _SHARED_ROWS // poems))
