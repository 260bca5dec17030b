"""Poems gathered before they are decoded: none joins a batch that is running."""

from __future__ import annotations

import time
from collections.abc import Sequence

from engine.serving.hooks import ServingHooks
from engine.serving.poem_scheduler import PoemBatch, PoemScheduler, PoemWorker
from engine.serving.scheduler import BatchConfig

_TICK_SECONDS = 0.001


class GatheringScheduler(PoemScheduler):
    """Waits a moment after the first request, decodes all that are queued, and starts over.

    Args:
        hooks: called for each batch.
        window_seconds: from the first request to the start, unless there are enough before.
        workers: threads.
        config: of the batches.
    """

    def __init__(
        self,
        hooks: Sequence[ServingHooks],
        window_seconds: float,
        workers: int = 1,
        config: BatchConfig | None = None,
    ) -> None:
        super().__init__(hooks, workers, config)
        self._window_seconds = window_seconds

    def make_batch(self, worker: PoemWorker) -> PoemBatch:
        """Return an empty batch for a worker."""
        return _GatheredBatch(worker, self.config, self.hooks, self._window_seconds)


class _GatheredBatch(PoemBatch):
    def __init__(
        self,
        worker: PoemWorker,
        config: BatchConfig,
        hooks: Sequence[ServingHooks],
        window_seconds: float,
    ) -> None:
        super().__init__(worker, config, hooks)
        self._window_seconds = window_seconds

    def _fill(self) -> bool:
        if self._active:
            return True
        first = self._worker.take()
        if first is None:
            return False
        self._wait_for_more()
        self._add(first)
        return super()._fill()

    def _wait_for_more(self) -> None:
        until = time.monotonic() + self._window_seconds
        while self._worker.waiting + 1 < self._config.max_rows and time.monotonic() < until:
            time.sleep(_TICK_SECONDS)
