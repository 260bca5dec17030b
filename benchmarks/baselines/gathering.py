"""Poems gathered before they are written: none joins a batch that is under way."""

from __future__ import annotations

import time

from engine.serving.hooks import ServingHooks
from engine.serving.poem_scheduler import PoemScheduler, PoemWorker, candidates

_TICK_SECONDS = 0.001


class Gatherer(PoemScheduler):
    """Waits a moment after the first wish, writes all that wait to their end, and begins anew.

    Each poem is handed in as soon as it has closed; in all but the taking it is the scribe.

    Args:
        worker: takes the wishes and ends them.
        rows: candidates that are written side by side, at most.
        observer: hears of each batch.
        window_seconds: from the first wish to the beginning, unless there are enough before.
    """

    def __init__(
        self, worker: PoemWorker, rows: int, observer: ServingHooks, window_seconds: float
    ) -> None:
        super().__init__(worker, rows, observer)
        self._window_seconds = window_seconds

    def _fill_batch(self) -> bool:
        if self._active:
            return True
        first = self._worker.take()
        if first is None:
            return False
        self._let_them_come()
        self._begin(first, candidates(self._worker.waiting + 1))
        return super()._fill_batch()

    def _let_them_come(self) -> None:
        until = time.monotonic() + self._window_seconds
        while self._worker.waiting + 1 < self._all_rows and time.monotonic() < until:
            time.sleep(_TICK_SECONDS)
