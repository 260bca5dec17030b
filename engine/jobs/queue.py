"""The queue of trainings: submitted, run in processes of their own, cancelled, resumed.

One runs at a time on a machine; the next is that of the guild that was served least recently. A
training is written to the disk before it is accepted, and ends exactly once. One that was queued or
running when the bot ended is resumed at the next start.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Self

from filelock import FileLock

from engine.errors import (
    EngineClosedError,
    InvalidRequestError,
    ModelError,
    ModelSpaceError,
    TooManyTrainingsError,
    TrainingNotFoundError,
    TrainingNotRunError,
    TrainingPendingError,
    TrainingQueueFullError,
)
from engine.jobs import process
from engine.jobs.directory import JobDirectory, adopt, create, forget_set_aside, ids_set_aside
from engine.jobs.events import (
    Cancelled,
    Crashed,
    Ending,
    Event,
    Failed,
    Notice,
    Paused,
    Queued,
    Saved,
    Started,
)
from engine.jobs.handle import TrainingHandle
from engine.jobs.served_guilds import ServedGuilds
from engine.jobs.spec import Limits, Places, TrainingJob, TrainingRequest
from engine.jobs.upload_check import check_in_process
from engine.models.host_quota import prune_host, unprunable_bytes
from engine.models.registry import ModelRegistry
from engine.models.version import ModelCard

log = logging.getLogger(__name__)


class TrainingQueue:
    """The trainings of this machine; to be used with `async with`.

    Args:
        texts: folder that has the default texts already, or None to download them.
        is_own: whether trainings of a guild, or of the host for None, are resumed here; the others
            are left to another bot that shares the folder.

    Attributes:
        set_aside: ids of trainings of earlier runs whose directories could not be read.
    """

    def __init__(
        self,
        registry: ModelRegistry,
        folder: Path,
        limits: Limits | None = None,
        *,
        downloads: Path,
        texts: Path | None = None,
        is_own: Callable[[int | None], bool] = lambda _guild: True,
    ) -> None:
        self._registry = registry
        self._folder = folder
        self._limits = limits or Limits()
        self._is_own = is_own
        self._places = Places(registry.root, registry.shipped, downloads, texts)
        self.set_aside: tuple[str, ...] = ()
        self._trainings: dict[str, TrainingHandle] = {}
        self._locks: dict[str, FileLock] = {}
        self._cancelled: set[str] = set()
        self._running: TrainingHandle | None = None
        self._is_open = False
        self._accepting = asyncio.Lock()
        self._submitting: list[TrainingRequest] = []
        self._served = ServedGuilds(folder / ".served.json")
        # Set when a training was added or the queue closes.
        self._wake = asyncio.Event()
        # Set when the running training must end.
        self._stop_requested = asyncio.Event()
        self._runner: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Open; raises what `open` raises."""
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close."""
        await self.close()

    async def open(self) -> None:
        """Find the trainings of an earlier run, and resume those that have not ended."""
        await asyncio.to_thread(self._registry.sweep)
        for job, files, lock in await asyncio.to_thread(adopt, self._folder, self._is_own):
            training = TrainingHandle(job, files, files.milestones(), files.end())
            training.has_begun = any(isinstance(event, Started) for event in files.events())
            self._add(training, lock)
        await asyncio.to_thread(self._served.load)
        self.set_aside = tuple(await asyncio.to_thread(ids_set_aside, self._folder))
        self._is_open = True
        self._runner = asyncio.create_task(self._run_all(), name="trainings")

    async def close(self) -> None:
        """Reject new trainings; stop the running one, which keeps its checkpoint."""
        self._is_open = False
        self._wake.set()
        self._stop_requested.set()
        if self._runner is not None:
            await self._runner
        for training in self._waiting():
            training.publish(Paused())
        for lock in self._locks.values():
            lock.release()

    @property
    def limits(self) -> Limits:
        """What trainings may use."""
        return self._limits

    @property
    def all(self) -> tuple[TrainingHandle, ...]:
        """Trainings that run, are queued, or have ended unacknowledged, oldest first."""
        return tuple(self._trainings.values())

    def get(self, training: str) -> TrainingHandle:
        """Return a training by its id."""
        try:
            return self._trainings[training]
        except KeyError:
            raise TrainingNotFoundError(training) from None

    async def submit(self, request: TrainingRequest) -> TrainingHandle:
        """Write a training to the disk and queue it.

        Raises:
            InvalidRequestError: it has more minutes than are allowed.
            CorpusError: its text cannot be used.
            TrainingPendingError: one for the same guild waits or runs.
            TooManyTrainingsError: too many of the same member wait.
            TrainingQueueFullError: too many wait.
            ModelSpaceError: there is no space for another version.
            EngineClosedError: the queue is closed.
            OSError: it could not be written.
        """
        if request.minutes is not None and request.minutes > self._limits.minutes:
            raise InvalidRequestError("number of minutes", f"{self._limits.minutes:g} at most")
        # Those that wait for their check hold their text in memory.
        if len(self._submitting) >= self._limits.waiting:
            raise TrainingQueueFullError(len(self._submitting))
        self._check_member(request, [other.user for other in self._submitting])
        self._submitting.append(request)
        try:
            async with self._accepting:
                self._check_room(request)
                await self._check_upload(request)
                training, lock = await asyncio.to_thread(self._accept, request)
                self._add(training, lock)
        finally:
            self._submitting.remove(request)
        self._publish_positions()
        self._wake.set()
        return training

    async def cancel(self, training: str) -> None:
        """Cancel a training, at whatever stage, and wait for its end.

        One that was saved a moment before stays saved; see `TrainingHandle.end`.
        """
        cancelled = self.get(training)
        is_first = training not in self._cancelled
        if cancelled.end is None and is_first:
            self._cancelled.add(training)
            if cancelled is self._running:
                self._stop_requested.set()
            else:
                await self._finish(cancelled, Cancelled())
        await cancelled.ended()

    async def cancel_guild(self, guild: int) -> None:
        """Cancel all trainings of a guild, and wait for their ends."""
        for training in self.all:
            if training.request.guild == guild:
                # It may have ended and been acknowledged meanwhile.
                with suppress(TrainingNotFoundError):
                    await self.cancel(training.id)

    async def forget_guild(self, guild: int) -> None:
        """Cancel all trainings of a guild, and delete all that is kept of earlier ones."""
        await self.cancel_guild(guild)
        await asyncio.to_thread(forget_set_aside, self._folder, guild)
        await asyncio.to_thread(self._served.forget, guild)

    async def acknowledge(self, training: str) -> None:
        """Delete the files of a training whose end has been handled."""
        ended = self.get(training)
        if ended.end is None:
            raise ValueError("the training has not ended")
        del self._trainings[training]
        self._cancelled.discard(training)
        await asyncio.to_thread(ended.directory.remove)
        self._locks.pop(training).release()

    def _check_room(self, request: TrainingRequest) -> None:
        if not self._is_open:
            raise EngineClosedError
        waiting = self._waiting()
        others = [training.user for training in waiting if training is not self._running]
        self._check_member(request, others)
        for training in waiting:
            if training.request.guild == request.guild:
                raise TrainingPendingError(training.id)
        if len(waiting) >= self._limits.waiting:
            raise TrainingQueueFullError(len(waiting))

    def _check_member(self, request: TrainingRequest, others: Sequence[int | None]) -> None:
        count = others.count(request.user)
        if request.user is not None and count >= self._limits.waiting_per_member:
            raise TooManyTrainingsError(count)

    async def _check_upload(self, request: TrainingRequest) -> None:
        if request.corpus is not None:
            limit = self._limits.corpus_bytes
            await check_in_process(request.network, request.corpus, request.source, limit)

    def _accept(self, request: TrainingRequest) -> tuple[TrainingHandle, FileLock]:
        limit = self._limits.models_bytes
        size = unprunable_bytes(self._registry.of_guild(None), self._starts())
        if size >= limit:
            raise ModelSpaceError(size, limit)
        try:
            before = self._registry.of_guild(request.guild).active(request.network)
        except ModelError:
            before = None
        submitted = datetime.now(UTC).isoformat()
        job = TrainingJob(
            secrets.token_hex(4), request, submitted, before, request.corpus is not None
        )
        # Locked before it is written: another bot must not adopt it.
        lock = JobDirectory(self._folder / job.id).lock()
        lock.acquire()
        try:
            files = create(self._folder, job, request.corpus)
        except BaseException:
            lock.release()
            raise
        return TrainingHandle(job, files), lock

    def _add(self, training: TrainingHandle, lock: FileLock) -> None:
        self._trainings[training.id] = training
        self._locks[training.id] = lock

    def _waiting(self) -> list[TrainingHandle]:
        """Return the trainings that run or wait, in the order in which they are run."""
        waiting = [training for training in self._trainings.values() if training.end is None]
        return sorted(waiting, key=self._order)

    def _order(self, training: TrainingHandle) -> tuple[bool, bool, int]:
        served = self._served.rank(training.request.guild)
        return training is not self._running, not training.has_begun, served

    def _starts(self) -> list[str]:
        """Return the versions that trainings start from, or are compared with."""
        return [training.job.before for training in self.all if training.job.before]

    def _publish_positions(self) -> None:
        for position, training in enumerate(self._waiting()):
            if training is not self._running and training.latest != Queued(position):
                training.publish(Queued(position))

    async def _run_all(self) -> None:
        while self._is_open:
            self._wake.clear()
            self._publish_positions()
            ready = [t for t in self._waiting() if t.id not in self._cancelled]
            if not ready:
                await self._wake.wait()
                continue
            self._running = ready[0]
            try:
                await self._begin(self._running)
                ending = await self._run(self._running)
            except Exception:
                log.exception("The training %s could not be run", self._running.id)
                error = TrainingNotRunError()
                ending = Failed(type(error).__name__, str(error))
            if ending is not None:
                await self._finish(self._running, ending)
            self._running = None
            if self._is_open:
                self._stop_requested.clear()

    async def _begin(self, training: TrainingHandle) -> None:
        if training.has_begun:
            return
        training.has_begun = True
        try:
            await asyncio.to_thread(self._served.add, training.request.guild)
        except OSError as error:
            log.warning("The order of guilds could not be written down: %s", error)

    async def _run(self, training: TrainingHandle) -> Ending | None:
        """Run a training in a process; return how it ended, or None where it is paused."""
        publish = partial(_publish, training)
        outcome = await process.run(
            training.directory, self._places, self._limits, publish, self._stop_requested
        )
        if outcome.last is not None and not isinstance(outcome.last, Paused):
            return outcome.last
        if training.id in self._cancelled:
            return Cancelled()
        if not self._is_open:
            return None
        saved = await asyncio.to_thread(self._saved, training)
        return saved or _crash(training, outcome.exit_code)

    async def _finish(self, training: TrainingHandle, ending: Ending) -> None:
        steps: list[Callable[[], None]] = [partial(training.directory.write_end, ending)]
        if isinstance(ending, Saved):
            steps.append(partial(self._prune, ending.version))
        else:
            steps.insert(0, partial(self._withdraw, training))
        for step in steps:
            try:
                await asyncio.to_thread(step)
            except Exception:  # Whatever it is, the other trainings go on.
                log.exception("The end of the training %s could not be written down", training.id)
        training.publish(ending)
        self._publish_positions()

    def _prune(self, new: str) -> None:
        """Delete versions over the limit of the host, but the new one and those that are needed."""
        host, limit = self._registry.of_guild(None), self._limits.models_bytes
        if deleted := prune_host(host, limit, [new, *self._starts()]):
            log.info("Deleted %d versions over the limit of the host", len(deleted))

    def _saved(self, training: TrainingHandle) -> Saved | None:
        """Return the end of a training whose process crashed after its version was written."""
        for card in self._written(training):
            return Saved(card.id, "interrupted" not in card.settings)
        return None

    def _withdraw(self, training: TrainingHandle) -> None:
        """Delete the version of a training that was stopped after it was written."""
        registry = self._registry.of_guild(training.request.guild)
        for card in self._written(training):
            registry.delete(card.id)

    def _written(self, training: TrainingHandle) -> list[ModelCard]:
        registry = self._registry.of_guild(training.request.guild)
        cards = registry.versions(training.request.network)
        own = (card for card in cards if registry.is_own(card.id))
        return [card for card in own if card.settings.get("training") == training.id]


def _publish(training: TrainingHandle, event: Event) -> None:
    if isinstance(event, Notice):
        level = logging.WARNING if event.kind == "checkpoint-lost" else logging.INFO
        log.log(level, "The training %s: %s %s", training.id, event.kind, event.reason)
    training.publish(event)


def _crash(training: TrainingHandle, code: int) -> Crashed:
    latest = training.latest or next(reversed(training.milestones), None)
    last_event = type(latest).__name__ if latest else ""
    message = "The training ended without a word. Try again; with a smaller text if it recurs."
    return Crashed(code, last_event, message)
