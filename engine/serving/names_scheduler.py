"""How a clerk invents names: those of all who ask side by side, new ones joining as others end."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from engine.errors import OverloadedError
from engine.generation.names import NameSampler
from engine.generation.sample_batch import SampleBatch, advance
from engine.models.names_model import NamesModel
from engine.requests import NameRequest, Names
from engine.serving.hooks import ServingHooks
from engine.serving.worker_pool import PendingRequest, Worker

ROWS = 256
"""Names that a clerk draws side by side, at most; a wish that needs more gets them."""

_RETRY_AFTER_SECONDS = 2.0

log = logging.getLogger(__name__)

NamesPayload = tuple[NamesModel, NameRequest]
"""A wish for names, and which model is to invent them."""

NamesWorker = Worker[NamesPayload, Names]
PendingNames = PendingRequest[NamesPayload, Names]


@dataclass(frozen=True, slots=True, eq=False)
class NamesRequestState:
    """Names that are being invented.

    Attributes:
        wish: what for.
        model: what invents them.
        seed: what they come of.
        sampler: what has been found so far.
    """

    pending: PendingNames
    model: NamesModel
    seed: int
    sampler: NameSampler

    @property
    def batch(self) -> SampleBatch:
        """What is being drawn for it."""
        return self.sampler.batch


class NamesScheduler:
    """Invents what one clerk takes.

    Args:
        worker: takes the wishes and ends them.
        hooks: hears of each step.
        rows: names that are drawn side by side, at most.
    """

    def __init__(self, worker: NamesWorker, hooks: ServingHooks, rows: int = ROWS) -> None:
        self._worker = worker
        self._rows = rows
        self._hooks = hooks
        self._active: list[NamesRequestState] = []

    def work(self) -> None:
        """Invent until there is nothing left to be taken."""
        while self._fill_batch() and not self._worker.is_stopped:
            for batch in self._batches():
                self._advance(batch)
            self._finish_done()
            self._worker.heartbeat()

    def _fill_batch(self) -> bool:
        """Take what there is room for, wait if there is nothing to do, and tell if there is now."""
        while rows_of(self._active) < self._rows:
            wish = self._worker.take(waits=not self._active)
            if wish is None:
                break
            self._begin(wish)
        return bool(self._active)

    def _begin(self, wish: PendingNames) -> None:
        model, request = wish.payload
        try:
            seed = secrets.randbits(32) if request.seed is None else request.seed
            rng = np.random.default_rng(seed)
            sampler = NameSampler(model.parameters, model.vocabulary, model.known, request, rng)
            self._active.append(NamesRequestState(wish, model, seed, sampler))
        except MemoryError:
            self._worker.finish(wish, OverloadedError(_RETRY_AFTER_SECONDS))
        except Exception as error:
            self._worker.finish(wish, error)

    def _batches(self) -> Iterator[list[NamesRequestState]]:
        """Divide what is being invented by model."""
        for model in {id(state.model): state.model for state in self._active}.values():
            yield [state for state in self._active if state.model is model]

    def _advance(self, batch: Sequence[NamesRequestState]) -> None:
        began, rows = time.monotonic(), rows_of(batch)
        model = batch[0].model
        try:
            advance(model.parameters, model.vocabulary.end, [state.batch for state in batch])
        except MemoryError:
            log.warning("Out of memory in a batch of %d names", rows)
            self._end(batch, OverloadedError(_RETRY_AFTER_SECONDS))
        except Exception as error:
            log.exception("A batch of %d names failed", rows)
            self._end(batch, error)
        self._hooks.worked("dino", rows, time.monotonic() - began)

    def _finish_done(self) -> None:
        """End what is found, and drop what nobody wants any more."""
        for state in list(self._active):
            if state.pending.future.cancelled():
                self._end([state], OverloadedError(_RETRY_AFTER_SECONDS))
            elif state.batch.is_done:
                self._filter(state)

    def _filter(self, state: NamesRequestState) -> None:
        try:
            state.sampler.filter_batch()
            if state.sampler.is_over:
                names = Names(state.sampler.names(), state.seed, state.model.card.id)
                self._end([state], names)
        except MemoryError:
            self._end([state], OverloadedError(_RETRY_AFTER_SECONDS))
        except Exception as error:
            self._end([state], error)

    def _end(self, states: Sequence[NamesRequestState], outcome: Names | Exception) -> None:
        for state in states:
            self._active.remove(state)
            self._worker.finish(state.pending, outcome)


def rows_of(states: Sequence[NamesRequestState]) -> int:
    """Return how many names are being drawn together."""
    return sum(state.batch.rows for state in states)
