"""What the actions work with, opened and closed in order."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.cooldowns import Cooldowns
from bot.observability.model_alerts import ModelAlerts
from bot.storage.answers import AnswerStore
from bot.storage.database import Database
from bot.storage.erasable import Erasable
from bot.storage.guild_settings import DEFAULTS, GuildSettings, GuildSettingsStore
from bot.storage.guilds import GuildStore
from bot.storage.training_log import TrainingLog
from bot.version_memory import VersionStore
from engine import InferenceBackend, ModelRegistry
from engine.jobs.queue import TrainingQueue
from engine.jobs.spec import Limits


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of the running program.

    Attributes:
        engine: answers.
        database: keeps what must last.
        guilds: the settings of each Discord server.
        answers: what was answered of late.
        cooldowns: decides who may ask now.
        opened_at: when the program started to serve, by the monotonic clock.
        trainings: those that wait or run.
        record: what became of every training.
        alarms: versions that do not answer any more.
        memberships: which servers the bot is in.
    """

    engine: InferenceBackend
    database: Database
    guild_settings: GuildSettingsStore
    answers: AnswerStore
    trainings: TrainingQueue
    training_log: TrainingLog
    model_alerts: ModelAlerts
    guilds: GuildStore
    cooldowns: Cooldowns = field(default_factory=Cooldowns)
    opened_at: float = field(default_factory=time.monotonic)

    @property
    def registry(self) -> ModelRegistry:
        """The versions of the networks: the host's."""
        return self.engine.registry

    @property
    def erasables(self) -> tuple[Erasable, ...]:
        """All that keeps something of users or servers, but that the bot is in a server.

        That is kept until all of these have forgotten the server.
        """
        versions = VersionStore(self.registry, self.trainings)
        return (self.guild_settings, self.training_log, self.answers, versions)


@asynccontextmanager
async def open_services(
    engine: InferenceBackend,
    database: Path,
    texts: Path | None = None,
    *,
    limits: Limits | None = None,
    defaults: GuildSettings = DEFAULTS,
    is_own: Callable[[int | None], bool] = lambda _guild: True,
) -> AsyncGenerator[Services]:
    """Open the parts in order, and close them in reverse.

    Args:
        engine: not open yet.
        database: the file, made if missing; trainings and downloaded texts are kept beside it.
        texts: folder that has the training texts already, or None to download them.
        limits: what trainings may use.
        defaults: the settings of a Discord server that has set nothing.
        is_own: whether a Discord server, or the host for None, is this process's; the trainings
            of others are left to the processes that share the folder.

    Raises:
        DatabaseError: the database cannot be used.
        ModelError: there is no model to serve.
        OSError: the trainings cannot be read.
    """
    home = database.parent
    trainings = TrainingQueue(
        engine.registry,
        home / "trainings",
        limits,
        downloads=home / "corpora",
        texts=texts,
        is_own=is_own,
    )
    engine.add_hooks(alarms := ModelAlerts())
    async with Database(database) as opened, engine, trainings:
        services = Services(
            engine=engine,
            database=opened,
            guild_settings=GuildSettingsStore(opened, defaults),
            answers=AnswerStore(opened),
            trainings=trainings,
            training_log=TrainingLog(opened),
            model_alerts=alarms,
            guilds=GuildStore(opened),
        )
        try:
            yield services
        finally:
            await services.answers.written()
