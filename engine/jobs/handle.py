"""A handle of a training: any number of watchers, and one end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from engine.jobs.directory import JobDirectory
from engine.jobs.events import Ending, Event, Paused, Progress, Queued, Started
from engine.jobs.spec import TrainingJob, TrainingRequest

Transient = Queued | Started | Progress
"""Events that the next one replaces."""


class TrainingHandle:
    """An accepted training; made and changed by the queue.

    Args:
        milestones: events from before the bot was restarted.
    """

    def __init__(
        self,
        job: TrainingJob,
        files: JobDirectory,
        milestones: list[Event] | None = None,
        end: Ending | None = None,
    ) -> None:
        self._job = job
        self._files = files
        self._milestones = list(milestones or ())
        self._latest: Transient | None = None
        self._changed = asyncio.Event()
        self._end: Ending | None = None
        self._is_resumed = milestones is not None
        if end is not None:
            self.publish(end)

    @property
    def id(self) -> str:
        """Id of the training."""
        return self._job.id

    @property
    def request(self) -> TrainingRequest:
        """The request; after a restart without the text."""
        return self._job.request

    @property
    def job(self) -> TrainingJob:
        """The request with its time, and the version that was served then."""
        return self._job

    @property
    def is_from_before(self) -> bool:
        """Whether it was requested before the bot was started."""
        return self._is_resumed

    @property
    def end(self) -> Ending | None:
        """How it ended, or None while it waits or runs."""
        return self._end

    @property
    def latest(self) -> Event | None:
        """The newest event that the next of its kind will replace."""
        return self._latest

    @property
    def milestones(self) -> tuple[Event, ...]:
        """All other events so far, the oldest first."""
        return tuple(self._milestones)

    @property
    def loss_plot(self) -> Path:
        """The plot of the losses; exists from `Compared` until acknowledged."""
        return self._files.loss_plot

    @property
    def directory(self) -> JobDirectory:
        """Its directory."""
        return self._files

    def publish(self, event: Event) -> None:
        """Notify the watchers; for the queue alone."""
        if isinstance(event, Transient):
            self._latest = event
        else:
            self._milestones.append(event)
        if isinstance(event, Ending):
            self._end = event
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
            # Read first, so that no event is missed in between.
            changed = self._changed
            if seen < len(self._milestones):
                event = self._milestones[seen]
                seen += 1
                yield event
                if isinstance(event, Ending | Paused):
                    return
            elif self._latest is not shown and self._latest is not None:
                shown = self._latest
                yield shown
            else:
                await changed.wait()

    async def ended(self) -> Ending | Paused:
        """Wait for the end."""
        async for event in self.watch():
            if isinstance(event, Ending | Paused):
                return event
        raise RuntimeError("a training was watched to no end")
