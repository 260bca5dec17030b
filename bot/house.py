"""What the actions work with, opened and closed in order."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.database import Database
from bot.manners import Manners
from bot.memory import Forgets
from bot.server_settings import DEFAULTS, ServerSettings, ServerSettingsTable
from engine import Engine


@dataclass(frozen=True, slots=True)
class House:
    """The parts of the running program.

    Attributes:
        engine: answers.
        database: keeps what must last.
        servers: the settings of each Discord server.
        manners: decides who may ask now.
        opened_at: when the program started to serve, by the monotonic clock.
    """

    engine: Engine
    database: Database
    servers: ServerSettingsTable
    manners: Manners = field(default_factory=Manners)
    opened_at: float = field(default_factory=time.monotonic)

    @property
    def memories(self) -> tuple[Forgets, ...]:
        """All that keeps something of users or servers."""
        return (self.servers,)


@asynccontextmanager
async def open_house(
    engine: Engine, database: Path, *, defaults: ServerSettings = DEFAULTS
) -> AsyncGenerator[House]:
    """Open the parts in order, and close them in reverse.

    Args:
        engine: not open yet.
        database: the file, made if missing.
        defaults: the settings of a Discord server that has set nothing.

    Raises:
        DatabaseError: the database cannot be used.
        ModelError: there is no model to serve.
    """
    async with Database(database) as opened, engine:
        yield House(engine, opened, ServerSettingsTable(opened, defaults))
