"""Threads for work beside the networks: pictures, listings, checks of texts.

Everything that members can cause passes admission control, waits in a queue that is fair between
guilds, and ends within a deadline.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, ParamSpec, TypeVar

from engine.serving.admission import AdmissionController
from engine.serving.hooks import ServingHooks
from engine.serving.worker_pool import Worker, WorkerPool

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

LIMIT = 32
"""Tasks of a pool that run and wait."""

DEADLINE_SECONDS = 15.0
"""From the admission of a task to its end."""

_Task = Callable[[], Any]


class TaskPool:
    """Bounded, fair pool of threads.

    Args:
        name: of the threads, and label of the metrics.
        threads: tasks that run at a time.
        limit: tasks that run and wait; one guild gets half of them.
        deadline_seconds: of a task, from its admission.
        stall_seconds: since a thread took a late task, until it is replaced.
        retry_after_seconds: advice to clients of a full pool.
        hooks: called for each task.
    """

    def __init__(
        self,
        name: str,
        *,
        threads: int = 1,
        limit: int = LIMIT,
        deadline_seconds: float = DEADLINE_SECONDS,
        stall_seconds: float = 10.0,
        retry_after_seconds: float = 5.0,
        hooks: Sequence[ServingHooks] = (),
    ) -> None:
        self._name, self._hooks = name, hooks
        self._stall_seconds = stall_seconds
        self._admission = AdmissionController(
            name, limit, deadline_seconds, retry_after_seconds, hooks
        )
        self._pool: WorkerPool[None, _Task, Any] = WorkerPool(
            name, _work, threads, on_replaced=self._on_replaced
        )

    async def run(
        self,
        group: int | None,
        function: Callable[Parameters, Result],
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> Result:
        """Call a function with its arguments in a thread of the pool.

        `group` is the guild, or the user of a direct message, whose place in the queue it takes;
        None is the operator.

        Raises:
            OverloadedError: too many tasks run and wait.
            DeadlineExceededError: the deadline has passed; a function that had begun goes on.
            EngineClosedError: the pool is closed.
        """
        async with self._admission.admit(group):
            task = partial(function, *args, **kwargs)
            return await self._pool.result(None, task, group, self._stall_seconds)

    def _on_replaced(self) -> None:
        for hooks in self._hooks:
            hooks.replaced(self._name)

    async def close(self, seconds: float = 1.0) -> None:
        """Reject new tasks; wait up to `seconds` for running ones."""
        await self._admission.close(seconds)
        await asyncio.to_thread(self._pool.close, seconds)


def _work(worker: Worker[None, _Task, Any]) -> None:
    while pending := worker.take():
        try:
            outcome = pending.request()
        except Exception as error:
            outcome = error
        worker.finish(pending, outcome)
