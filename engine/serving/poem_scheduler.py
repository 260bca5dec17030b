"""How a clerk writes poems: those of all who ask side by side, new ones joining as others end."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.errors import NoPoemError, OverloadedError
from engine.generation.poems import MAX_ROUNDS, PoemGenerator, PreparedRequest
from engine.generation.sequences import SequenceGroup, batches
from engine.requests import MAX_CANDIDATES, Poem, PoemRequest
from engine.serving.hooks import ServingHooks
from engine.serving.worker_pool import PendingRequest, Worker

ROWS = 24
"""Candidates that a clerk writes side by side, at most; a wish that insists on more gets them."""

_SHARED_ROWS = 16
"""Candidates that are written side by side where several poems share them out."""

_RETRY_AFTER_SECONDS = 5.0

log = logging.getLogger(__name__)

PoemPayload = tuple[PoemGenerator, PoemRequest]
"""A wish for a poem, and whose it is to be."""

PoemWorker = Worker[PoemPayload, Poem]
PendingPoem = PendingRequest[PoemPayload, Poem]


@dataclass(slots=True, eq=False)
class PoemRequestState:
    """A poem that is being written.

    Attributes:
        wish: what for.
        generator: who writes it.
        draft: what it is to be like.
        group: its candidates so far.
        round: how often it was begun.
    """

    pending: PendingPoem
    generator: PoemGenerator
    prepared: PreparedRequest
    group: SequenceGroup
    round: int = 1


class PoemScheduler:
    """Writes what one clerk takes.

    Args:
        worker: takes the wishes and ends them.
        rows: candidates that are written side by side, at most.
        hooks: hears of each batch.
    """

    def __init__(self, worker: PoemWorker, rows: int, hooks: ServingHooks) -> None:
        self._worker = worker
        self._rows = self._all_rows = rows
        self._hooks = hooks
        self._active: list[PoemRequestState] = []

    def work(self) -> None:
        """Write until there is nothing left to be taken."""
        while self._fill_batch() and not self._worker.is_stopped:
            for batch in self._batches():
                self._advance(batch)
                self._worker.heartbeat()
            self._finish_done()

    def _fill_batch(self) -> bool:
        """Take what there is room for, wait if there is nothing to do, and tell if there is now."""
        while rows_of(self._active) < self._all_rows:
            wish = self._worker.take(waits=not self._active)
            if wish is None:
                break
            self._begin(wish, candidates(len(self._active) + self._worker.waiting + 1))
        return bool(self._active)

    def _begin(self, wish: PendingPoem, candidates: int) -> None:
        generator, request = wish.payload
        try:
            draft = generator.prepare(request, candidates)
            self._active.append(PoemRequestState(wish, generator, draft, generator.begin(draft)))
        except MemoryError:
            self._worker.finish(wish, OverloadedError(_RETRY_AFTER_SECONDS))
        except Exception as error:
            self._worker.finish(wish, error)

    def _batches(self) -> Iterator[list[PoemRequestState]]:
        """Divide what is being written into batches: one network each, and no more than fits."""
        for generator in dict.fromkeys(state.generator for state in self._active):
            theirs = [state for state in self._active if state.generator is generator]
            most = min(self._rows, generator.decoder.rows)
            yield from batches(theirs, lambda state: state.prepared.candidates, most)

    def _advance(self, batch: Sequence[PoemRequestState]) -> None:
        began = time.monotonic()
        try:
            batch[0].generator.decoder.advance([state.group for state in batch])
        except MemoryError:
            self._shrink_batch(batch)
        except Exception as error:
            log.exception("A batch of %d poems failed", len(batch))
            self._end(batch, error)
        self._hooks.worked("poem", rows_of(batch), time.monotonic() - began)

    def _shrink_batch(self, batch: Sequence[PoemRequestState]) -> None:
        """Go on in smaller batches; a poem for which there is not enough alone is given up."""
        log.warning("Out of memory in a batch of %d poems", len(batch))
        self._rows = max(1, rows_of(batch) // 2)
        if len(batch) == 1:
            self._end(batch, OverloadedError(_RETRY_AFTER_SECONDS))

    def _end(self, batch: Sequence[PoemRequestState], outcome: Poem | Exception) -> None:
        for state in batch:
            self._active.remove(state)
            self._worker.finish(state.pending, outcome)

    def _finish_done(self) -> None:
        """End what is written, and drop what nobody wants any more."""
        for state in list(self._active):
            if state.pending.future.cancelled():
                self._end([state], OverloadedError(_RETRY_AFTER_SECONDS))
            elif state.generator.is_enough(state.prepared, state.group):
                self._select(state)
        if not self._active:
            self._rows = self._all_rows

    def _select(self, state: PoemRequestState) -> None:
        try:
            poem = state.generator.best(state.prepared, state.group.completions())
            if poem is None and state.round < MAX_ROUNDS:
                state.group = state.generator.begin(state.prepared)
                state.round += 1
                return
        except MemoryError:
            self._end([state], OverloadedError(_RETRY_AFTER_SECONDS))
            return
        except Exception as error:
            log.exception("A poem could not be judged")
            self._end([state], error)
            return
        self._end([state], poem or NoPoemError())


def rows_of(states: Sequence[PoemRequestState]) -> int:
    """Return how many candidates poems have together."""
    return sum(state.prepared.candidates for state in states)


def candidates(poems: int) -> int:
    """Return how many candidates a poem gets, by how many poems are written or wait, itself too.

    With little to do that is all that are of use. With much to do it is one: were more begun
    wherever there is room, there would never be any.

    >>> [candidates(poems) for poems in (1, 2, 3, 6, 50)]
    [8, 8, 5, 2, 1]
    """
    return max(1, min(MAX_CANDIDATES, _SHARED_ROWS // poems))
