"""Static batching as a baseline: no poem joins a batch that is under way."""

from __future__ import annotations

import time
from collections.abc import Sequence

from engine.serving.hooks import ServingHooks
from engine.serving.poem_scheduler import PoemBatch, PoemScheduler

_TICK_SECONDS = 0.001


class StaticBatchScheduler(PoemScheduler):
    """Waits briefly after the first request, then decodes all that wait to their end.

    Args:
        hooks: called after each step.
        rows: candidates that are decoded side by side, at most.
        workers: threads.
        window_seconds: wait after the first request, unless the batch is full before.
    """

    def __init__(
        self, hooks: Sequence[ServingHooks], rows: int, workers: int = 1, *, window_seconds: float
    ) -> None:
        super().__init__(hooks, rows, workers)
        self._window_seconds = window_seconds

    def _fill_batch(self, batch: PoemBatch) -> bool:
        if batch.states:
            return True
        first = batch.worker.take()
        if first is None:
            return False
        self._wait_for_more(batch)
        self._add(first, batch)
        return super()._fill_batch(batch)

    def _wait_for_more(self, batch: PoemBatch) -> None:
        until = time.monotonic() + self._window_seconds
        while batch.worker.waiting + 1 < self._rows and time.monotonic() < until:
            time.sleep(_TICK_SECONDS)
