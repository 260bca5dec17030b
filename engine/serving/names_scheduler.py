"""Sample names for many requests side by side."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from engine.generation.names import NameSampler
from engine.generation.sample_batch import advance
from engine.models.registry import Network
from engine.models.version import NamesModel
from engine.requests import NameRequest, Names
from engine.serving.hooks import ServingHooks
from engine.serving.scheduler import BatchScheduler, RequestState, WorkerBatch
from engine.serving.worker_pool import PendingRequest

ROWS = 256
"""Names that a worker samples side by side, at most; a request that needs more gets them."""


@dataclass(frozen=True, slots=True)
class NamesPayload:
    """A request for names and the model that answers it."""

    model: NamesModel
    request: NameRequest


PendingNames = PendingRequest[NamesPayload, Names]


@dataclass(slots=True, eq=False)
class NamesRequestState(RequestState):
    """Names that are being sampled.

    Attributes:
        model: the network.
        seed: of the random numbers.
        sampler: the names found so far.
    """

    model: NamesModel
    seed: int
    sampler: NameSampler

    @property
    def rows(self) -> int:
        """Names that are sampled at present."""
        return self.sampler.batch.rows


_NamesBatch = WorkerBatch[NamesPayload, Names, NamesRequestState]


class NamesScheduler(BatchScheduler[NamesPayload, Names, NamesRequestState]):
    """Batches requests for names by model."""

    network: Network = "dino"
    retry_after_seconds = 2.0

    def __init__(self, hooks: Sequence[ServingHooks], rows: int = ROWS, workers: int = 1) -> None:
        super().__init__(hooks, rows, workers)

    def add_request(
        self, model: NamesModel, request: NameRequest, guild: int | None = None
    ) -> PendingNames:
        """Queue a request for names.

        Raises:
            EngineClosedError: the scheduler is closed.
        """
        return self._pool.submit(NamesPayload(model, request), guild)

    def _begin(self, pending: PendingNames, batch: _NamesBatch) -> NamesRequestState:
        model, request = pending.payload.model, pending.payload.request
        seed = secrets.randbits(32) if request.seed is None else request.seed
        rng = np.random.default_rng(seed)
        sampler = NameSampler(model.parameters, model.vocabulary, model.known, request, rng)
        return NamesRequestState(pending, model, seed, sampler)

    def _batches(self, batch: _NamesBatch) -> Iterator[list[NamesRequestState]]:
        for model in {id(state.model): state.model for state in batch.states}.values():
            yield [state for state in batch.states if state.model is model]

    def _advance(self, states: Sequence[NamesRequestState]) -> None:
        model = states[0].model
        advance(model.parameters, model.vocabulary.end, [state.sampler.batch for state in states])

    def _is_done(self, state: NamesRequestState) -> bool:
        return state.sampler.batch.is_done

    def _result(self, state: NamesRequestState) -> Names | None:
        state.sampler.filter_batch()
        if not state.sampler.is_over:
            return None
        return Names(state.sampler.names(), state.seed, state.model.card.id)
