"""The container of what features work with, opened and closed in order."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.cooldowns import Cooldowns
from bot.observability.invalid_requests import InvalidRequests
from bot.observability.model_alerts import ModelAlerts
from bot.storage.answers import AnswerStore
from bot.storage.database import Database
from bot.storage.erasable import Erasable
from bot.storage.guild_settings import DEFAULTS, GuildSettings, GuildSettingsStore
from bot.storage.guilds import GuildStore
from bot.storage.training_log import TrainingLog
from engine import InferenceBackend, ModelRegistry
from engine.jobs.queue import TrainingQueue
from engine.jobs.spec import Limits
from engine.serving.activations import ActivationWatcher
from engine.serving.hooks import ServingHooks
from engine.serving.task_pool import TaskPool


@dataclass(frozen=True, slots=True)
class Services:
    """What features work with.

    Attributes:
        tasks: threads for listings, checks of texts and changes of models.
        images: a thread for pictures.
        invalid_requests: counts the requests that Discord refuses.
        opened_at: start by the monotonic clock.
    """

    backend: InferenceBackend
    database: Database
    guild_settings: GuildSettingsStore
    answers: AnswerStore
    trainings: TrainingQueue
    training_log: TrainingLog
    model_alerts: ModelAlerts
    guilds: GuildStore
    tasks: TaskPool
    images: TaskPool
    cooldowns: Cooldowns = field(default_factory=Cooldowns)
    invalid_requests: InvalidRequests = field(default_factory=InvalidRequests)
    opened_at: float = field(default_factory=time.monotonic)

    @property
    def registry(self) -> ModelRegistry:
        """The versions of the networks."""
        return self.backend.registry

    @property
    def erasables(self) -> tuple[Erasable, ...]:
        """All stores of data of members or guilds, except `guilds`, which is deleted last."""
        return (
            self.guild_settings,
            self.training_log,
            self.answers,
            _ErasableModels(self.registry, self.trainings),
        )


@dataclass(frozen=True, slots=True)
class _ErasableModels:
    """The versions and uploads of guilds."""

    registry: ModelRegistry
    trainings: TrainingQueue

    async def forget_user(self, user: int) -> None:
        """Do nothing: versions do not tell who made them."""

    async def forget_guild(self, guild: int) -> None:
        """Cancel the trainings of a guild, and delete its versions and their texts."""
        await self.trainings.forget_guild(guild)
        await asyncio.to_thread(self.registry.of_guild(guild).forget)


@asynccontextmanager
async def open_services(
    backend: InferenceBackend,
    database: Path,
    texts: Path | None = None,
    *,
    limits: Limits | None = None,
    defaults: GuildSettings = DEFAULTS,
    is_own: Callable[[int | None], bool] = lambda _guild: True,
    hooks: Sequence[ServingHooks] = (),
) -> AsyncGenerator[Services]:
    """Open the services in order, and close them in reverse.

    Args:
        backend: not open yet.
        database: the file, made if missing; trainings and downloaded texts are kept beside it.
        texts: folder that has the training texts already, or None to download them.
        limits: of trainings.
        defaults: settings of a guild that has set nothing.
        is_own: whether the trainings of a guild, or of the operator for None, are this process's;
            others are left to the processes that share the folder.
        hooks: called for each task of the thread pools.

    Raises:
        DatabaseError: the database cannot be used.
        ModelError: there is no model to serve.
        OSError: the trainings cannot be read.
    """
    home = database.parent
    trainings = TrainingQueue(
        backend.registry,
        home / "trainings",
        limits,
        downloads=home / "corpora",
        texts=texts,
        is_own=is_own,
    )
    backend.add_hooks(alerts := ModelAlerts())
    watcher = ActivationWatcher(backend)
    async with Database(database) as opened, backend, watcher, trainings:
        services = Services(
            backend=backend,
            database=opened,
            guild_settings=GuildSettingsStore(opened, defaults),
            answers=AnswerStore(opened),
            trainings=trainings,
            training_log=TrainingLog(opened),
            model_alerts=alerts,
            guilds=GuildStore(opened),
            tasks=TaskPool("tasks", threads=2, hooks=hooks),
            images=TaskPool("images", hooks=hooks),
        )
        try:
            yield services
        finally:
            await asyncio.gather(services.tasks.close(), services.images.close())
            await services.answers.written()
