"""The handle of a training: its state, and its events for any number of watchers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from engine.jobs.directory import JobDirectory
from engine.jobs.events import Ending, Event, Paused, Transient
from engine.jobs.spec import TrainingJob, TrainingRequest


class TrainingHandle:
    """An accepted training; made and changed by the queue.

    Args:
        milestones: events from before the bot was restarted.

    Attributes:
        end: how it ended, or None while it waits or runs.
        user: who requested it; after a restart None until it is set.
        has_begun: whether it was started by an earlier run of the program.
        is_from_before: whether it was requested before the bot was started.
        latest: the newest event that the next of its kind will replace.
    """

    def __init__(
        self,
        job: TrainingJob,
        files: JobDirectory,
        milestones: list[Event] | None = None,
        end: Ending | None = None,
    ) -> None:
        self.job = job
        self.directory = files
        self.user = job.request.user
        self.has_begun = False
        self._milestones = list(milestones or ())
        self.latest: Transient | None = None
        self.end: Ending | None = None
        self.is_from_before = milestones is not None
        self._changed = asyncio.Event()
        if end is not None:
            self.publish(end)

    @property
    def id(self) -> str:
        """Id of the training."""
        return self.job.id

    @property
    def request(self) -> TrainingRequest:
        """The request; after a restart without the text."""
        return self.job.request

    @property
    def milestones(self) -> tuple[Event, ...]:
        """All other events so far, the oldest first."""
        return tuple(self._milestones)

    @property
    def loss_plot(self) -> Path:
        """The plot of the losses; exists from `Compared` until acknowledged."""
        return self.directory.loss_plot

    def publish(self, event: Event) -> None:
        """Notify the watchers; called by the queue only."""
        if isinstance(event, Transient):
            self.latest = event
        else:
            self._milestones.append(event)
        if isinstance(event, Ending):
            self.end = event
        self._changed.set()
        self._changed = asyncio.Event()

    async def watch(self) -> AsyncIterator[Event]:
        """Yield what has happened and what happens, up to the end or to `Paused`.

        Of transient events (`Queued`, `Started`, `Progress`) a slow watcher gets only the newest;
        all others arrive in order.
        """
        seen = 0
        shown: Transient | None = None
        while True:
            # Read before the events, so that none is missed in between.
            changed = self._changed
            if seen < len(self._milestones):
                event = self._milestones[seen]
                seen += 1
                yield event
                if isinstance(event, Ending | Paused):
                    return
            elif self.latest is not shown and self.latest is not None:
                shown = self.latest
                yield shown
            else:
                await changed.wait()

    async def ended(self) -> Ending | Paused:
        """Wait for the end."""
        async for event in self.watch():
            if isinstance(event, Ending | Paused):
                return event
        raise RuntimeError("the events of a training stopped before its end")
