"""Another process that holds the database of a bot in this one."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path


@asynccontextmanager
async def locked(home: Path) -> AsyncGenerator[None]:
    """Lock the database as another process would; the bot, in this one, may be writing yet."""
    other = sqlite3.connect(
        home / "state.sqlite3", isolation_level=None, check_same_thread=False, timeout=30.0
    )
    await asyncio.to_thread(other.execute, "BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()
