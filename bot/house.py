"""What the actions work with, opened and closed in order."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.answer_records import AnswerTable
from bot.database import Database
from bot.server_settings import ServerSettingsTable
from engine import Engine


@dataclass(frozen=True, slots=True)
class House:
    """The parts of the running program.

    Attributes:
        engine: answers.
        database: keeps what must last.
        servers: the settings of each Discord server.
        answers: what was answered of late.
    """

    engine: Engine
    database: Database
    servers: ServerSettingsTable
    answers: AnswerTable


@asynccontextmanager
async def open_house(engine: Engine, database: Path) -> AsyncGenerator[House]:
    """Open the parts in order, and close them in reverse.

    Args:
        engine: not open yet.
        database: the file, made if missing.

    Raises:
        DatabaseError: the database cannot be used.
        ModelError: there is no model to serve.
    """
    async with Database(database) as opened, engine:
        yield House(engine, opened, ServerSettingsTable(opened), AnswerTable(opened))
