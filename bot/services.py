"""What the actions work with, opened and closed in order."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.cooldowns import Manners
from bot.observability.model_alerts import Alarms
from bot.storage.answers import AnswerTable
from bot.storage.database import Database
from bot.storage.erasable import Forgets
from bot.storage.guild_settings import DEFAULTS, ServerSettings, ServerSettingsTable
from bot.storage.guilds import MembershipTable
from bot.storage.training_log import TrainingRecord
from bot.version_memory import VersionMemory
from engine import Engine, Store
from engine.jobs.queue import Trainings
from engine.jobs.spec import Limits


@dataclass(frozen=True, slots=True)
class House:
    """The parts of the running program.

    Attributes:
        engine: answers.
        database: keeps what must last.
        servers: the settings of each Discord server.
        answers: what was answered of late.
        manners: decides who may ask now.
        opened_at: when the program started to serve, by the monotonic clock.
        trainings: those that wait or run.
        record: what became of every training.
        alarms: versions that do not answer any more.
        memberships: which servers the bot is in.
    """

    engine: Engine
    database: Database
    servers: ServerSettingsTable
    answers: AnswerTable
    trainings: Trainings
    record: TrainingRecord
    alarms: Alarms
    memberships: MembershipTable
    manners: Manners = field(default_factory=Manners)
    opened_at: float = field(default_factory=time.monotonic)

    @property
    def store(self) -> Store:
        """The versions of the networks: the host's."""
        return self.engine.store

    @property
    def memories(self) -> tuple[Forgets, ...]:
        """All that keeps something of users or servers, but that the bot is in a server.

        That is kept until all of these have forgotten the server.
        """
        versions = VersionMemory(self.store, self.trainings)
        return (self.servers, self.record, self.answers, versions)


@asynccontextmanager
async def open_house(
    engine: Engine,
    database: Path,
    texts: Path | None = None,
    *,
    limits: Limits | None = None,
    defaults: ServerSettings = DEFAULTS,
    is_own: Callable[[int | None], bool] = lambda _server: True,
) -> AsyncGenerator[House]:
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
    trainings = Trainings(
        engine.store,
        home / "trainings",
        limits,
        downloads=home / "corpora",
        texts=texts,
        is_own=is_own,
    )
    engine.observe(alarms := Alarms())
    async with Database(database) as opened, engine, trainings:
        house = House(
            engine=engine,
            database=opened,
            servers=ServerSettingsTable(opened, defaults),
            answers=AnswerTable(opened),
            trainings=trainings,
            record=TrainingRecord(opened),
            alarms=alarms,
            memberships=MembershipTable(opened),
        )
        try:
            yield house
        finally:
            await house.answers.written()
