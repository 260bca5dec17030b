"""Scheduler of the names network: one symbol of every name in the batch at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from engine.generation.names import NameSampler
from engine.generation.sample_batch import advance
from engine.models.names_model import NamesModel
from engine.requests import NameRequest, Names, seed_of
from engine.serving.scheduler import BatchConfig, BatchScheduler, RunningBatch
from engine.serving.worker_pool import PendingRequest, Worker

PendingNames = PendingRequest[NamesModel, NameRequest, Names]
NamesWorker = Worker[NamesModel, NameRequest, Names]


@dataclass(frozen=True, slots=True, eq=False)
class NamesRequestState:
    """A request for names in a batch."""

    pending: PendingNames
    seed: int
    sampler: NameSampler

    @property
    def rows(self) -> int:
        """Names that are being sampled."""
        return self.sampler.batch.rows


class NamesScheduler(BatchScheduler[NamesModel, NameRequest, Names]):
    """Serves requests for names; see `BatchScheduler`."""

    CONFIG = BatchConfig("dino", max_rows=256, retry_after_seconds=2.0)

    def make_batch(self, worker: NamesWorker) -> NamesBatch:
        """Return an empty batch for a worker."""
        return NamesBatch(worker, self.config, self.hooks)


class NamesBatch(RunningBatch[NamesModel, NameRequest, Names, NamesRequestState]):
    """Names of several requests, sampled side by side."""

    def _begin(self, pending: PendingNames) -> NamesRequestState:
        model, request = pending.model, pending.request
        seed = seed_of(request)
        rng = np.random.default_rng(seed)
        sampler = NameSampler(model.parameters, model.vocabulary, model.known, request, rng)
        return NamesRequestState(pending, seed, sampler)

    def _batches(self) -> Iterator[list[NamesRequestState]]:
        for model in {id(state.pending.model): state.pending.model for state in self._active}:
            yield [state for state in self._active if id(state.pending.model) == model]

    def _step(self, batch: Sequence[NamesRequestState]) -> None:
        model = batch[0].pending.model
        samples = [state.sampler.batch for state in batch]
        advance(model.parameters, model.vocabulary.end, samples)

    def _result(self, state: NamesRequestState) -> Names | None:
        sampler = state.sampler
        if not sampler.batch.is_done:
            return None
        sampler.filter_batch()
        if not sampler.is_over:
            return None
        return Names(sampler.names(), state.seed, state.pending.model.card.id)
