"""SQLite: one file in the home folder, opened once, with numbered migrations."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
from collections.abc import AsyncGenerator, Awaitable, Generator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Self, cast

import aiosqlite

MIGRATIONS = Path(__file__).with_name("migrations")
"""SQL scripts NNNN_name.sql; the number of the last one applied is the file's user_version."""

_BUSY_SECONDS = 5.0
_RETRY_SECONDS = 0.02
# Our own readers take less; if another process reads, the next call cuts the log.
_CUT_SECONDS = 0.5
# The low byte of an extended error code.
_PRIMARY_CODE = 0xFF

Value = str | int | float | bytes | None
Row = Sequence[Value]


class DatabaseError(Exception):
    """The database cannot be read or written: locked, its disk full, or damaged."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(
            f"{path} cannot be used: {reason}. Check the disk and who else has it open."
        )


class Database:
    """A database file, for `async with`; statements run in threads.

    Readers have a connection of their own, so that they do not wait while a write waits for
    another process: with a write-ahead log readers never wait.

    Args:
        path: the file; created with its folder if missing.
        busy_seconds: how long to wait for another process that is writing.
    """

    def __init__(self, path: Path, busy_seconds: float = _BUSY_SECONDS) -> None:
        self._path = path
        self._busy_seconds = busy_seconds
        self._writer: aiosqlite.Connection | None = None
        self._reader: aiosqlite.Connection | None = None
        # Tasks share the connection that writes: one transaction at a time.
        self._writing = asyncio.Lock()

    async def __aenter__(self) -> Self:
        """Open the file; see `open`."""
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the file."""
        await self.close()

    async def open(self) -> None:
        """Open the file and apply missing migrations.

        Raises:
            DatabaseError: it cannot be used, or a newer version of the program has written it.
        """
        try:
            await asyncio.to_thread(self._path.parent.mkdir, parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseError(self._path, error.strerror or str(error)) from error
        try:
            with self._translated():
                self._writer = writer = await self._connect()
                # With FULL a commit survives a power cut.
                await self._write_ahead(writer)
                await writer.execute("PRAGMA synchronous = FULL")
                await writer.execute("PRAGMA foreign_keys = ON")
                # Overwrite deleted data.
                await writer.execute("PRAGMA secure_delete = ON")
                await self._migrate(writer)
                self._reader = await self._connect()
                await self._reader.execute("PRAGMA query_only = ON")
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Close the file."""
        # The writer last: the last connection to close deletes the log.
        connections = self._reader, self._writer
        self._reader = self._writer = None
        for connection in filter(None, connections):
            await connection.close()

    async def rows(self, sql: str, *values: Value) -> list[Row]:
        """Return the rows of a query."""
        with self._translated():
            reader = self._opened(self._reader)
            return cast(list[Row], list(await reader.execute_fetchall(sql, values)))

    async def row(self, sql: str, *values: Value) -> Row | None:
        """Return the first row of a query, if any."""
        return next(iter(await self.rows(sql, *values)), None)

    async def write(self, sql: str, *values: Value) -> int:
        """Run a statement in a transaction, and return how many rows it changed."""
        async with self.transaction() as connection:
            return (await connection.execute(sql, values)).rowcount

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[aiosqlite.Connection]:
        """Commit the statements of the block, or roll all of them back."""
        async with self._writing:
            with self._translated():
                writer = self._opened(self._writer)
                try:
                    await _to_its_end(writer.execute("BEGIN IMMEDIATE"))
                    yield writer
                    await _to_its_end(writer.execute("COMMIT"))
                except BaseException:
                    await _to_its_end(_roll_back(writer))
                    raise

    async def erase(self, sql: str, *values: Value) -> None:
        """Run a statement that deletes, and remove the deleted data from the log too."""
        await self.write(sql, *values)
        await self.cut_log()

    async def cut_log(self) -> None:
        """Empty the write-ahead log, which still contains deleted data.

        While another process reads, the log stays as it is until the next call.
        """
        async with self._writing:
            with self._translated():
                writer = self._opened(self._writer)
                try:
                    await writer.execute(f"PRAGMA busy_timeout = {round(_CUT_SECONDS * 1_000)}")
                    await writer.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
                finally:
                    patience = round(self._busy_seconds * 1_000)
                    await _to_its_end(writer.execute(f"PRAGMA busy_timeout = {patience}"))

    async def _connect(self) -> aiosqlite.Connection:
        return await aiosqlite.connect(self._path, timeout=self._busy_seconds, isolation_level=None)

    async def _migrate(self, connection: aiosqlite.Connection) -> None:
        scripts = await asyncio.to_thread(_scripts)
        # Of several processes that start at once the first migrates; the others wait here.
        await connection.execute("BEGIN IMMEDIATE")
        try:
            (version,) = next(iter(await connection.execute_fetchall("PRAGMA user_version")))
            if version > len(scripts):
                raise DatabaseError(self._path, "a newer version of the program has written it")
            for statement in itertools.chain.from_iterable(map(_statements, scripts[version:])):
                await connection.execute(statement)
            await connection.execute(f"PRAGMA user_version = {len(scripts)}")
            await connection.execute("COMMIT")
        except BaseException:
            await _roll_back(connection)
            raise

    async def _write_ahead(self, connection: aiosqlite.Connection) -> None:
        """Switch to the write-ahead log, with retries: here SQLite ignores the busy timeout."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._busy_seconds
        while True:
            try:
                await connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                is_busy = error.sqlite_errorcode & _PRIMARY_CODE == sqlite3.SQLITE_BUSY
                if not is_busy or loop.time() > deadline:
                    raise
                await asyncio.sleep(_RETRY_SECONDS)
            else:
                return

    def _opened(self, connection: aiosqlite.Connection | None) -> aiosqlite.Connection:
        if connection is None:
            raise DatabaseError(self._path, "it is not open")
        return connection

    @contextmanager
    def _translated(self) -> Generator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise DatabaseError(self._path, str(error)) from error


async def _to_its_end(statement: Awaitable[object]) -> None:
    """Await a statement even if this task is cancelled: its thread runs on anyway."""
    running = asyncio.ensure_future(statement)
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        while not running.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait({running})
        running.exception()  # Mark it as retrieved.
        raise


async def _roll_back(connection: aiosqlite.Connection) -> None:
    # After a full disk SQLite has rolled back already.
    if connection.in_transaction:
        await connection.execute("ROLLBACK")


def _scripts() -> list[str]:
    paths: Iterable[Path] = sorted(MIGRATIONS.glob("*.sql"))
    return [path.read_text("utf-8") for path in paths]


def _statements(script: str) -> Iterator[str]:
    """Split a script into its statements."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
