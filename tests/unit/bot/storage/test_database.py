"""The database: migrations, transactions, what goes wrong."""

import asyncio
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from bot.storage.database import MIGRATIONS, Database, DatabaseError, Row
from bot.storage.guild_settings import DEFAULTS, GuildSettings, GuildSettingsStore

SETTINGS = GuildSettings("?", frozenset({1, 2}), 7, 5.0, 1.0, 0.9, "en", True)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "state.sqlite3"


async def test_all_migrations_are_applied_once(path: Path) -> None:
    for _ in range(2):
        async with Database(path) as database:
            assert await database.row("PRAGMA user_version") == (len(list(MIGRATIONS.iterdir())),)


def test_several_that_open_a_new_file_at_once_do_not_get_into_each_others_way(
    tmp_path: Path,
) -> None:
    start = threading.Barrier(4)

    async def use(path: Path) -> list[Row]:
        start.wait()
        async with Database(path) as database:
            return await database.rows("SELECT * FROM server_settings")

    def run(path: Path) -> list[Row]:
        return asyncio.run(use(path))

    with ThreadPoolExecutor(4) as threads:
        for number in range(20):
            path = tmp_path / f"{number}.sqlite3"
            assert list(threads.map(run, [path] * 4)) == [[]] * 4


async def test_what_is_written_is_there_after_reopening(path: Path) -> None:
    async with Database(path) as database:
        await GuildSettingsStore(database).change(42, SETTINGS)
    async with Database(path) as database:
        table = GuildSettingsStore(database)
        assert await table.of(42) == SETTINGS
        assert await table.of(43) == await table.of(None) == DEFAULTS
        await table.forget_guild(42)
        assert await table.of(42) == DEFAULTS


async def test_a_failing_transaction_changes_nothing_and_leaves_the_way_free(path: Path) -> None:
    async with Database(path) as database:

        async def fail() -> None:
            async with database.transaction() as connection:
                await connection.execute("INSERT INTO server_settings (server) VALUES (1)")
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await fail()
        assert await database.rows("SELECT server FROM server_settings") == []
        await database.write("INSERT INTO server_settings (server) VALUES (2)")


async def test_transactions_of_several_tasks_do_not_mix(path: Path) -> None:
    async with Database(path) as database:
        await database.write("INSERT INTO server_settings (server, trainer_role) VALUES (1, 0)")

        async def count() -> None:
            async with database.transaction() as connection:
                rows = await connection.execute_fetchall("SELECT trainer_role FROM server_settings")
                (number,) = next(iter(rows))
                await connection.execute(
                    "UPDATE server_settings SET trainer_role = ?", [number + 1]
                )

        await asyncio.gather(*(count() for _ in range(50)))
        assert await database.row("SELECT trainer_role FROM server_settings") == (50,)


async def test_a_file_of_a_newer_program_is_not_touched(path: Path) -> None:
    async with Database(path) as database:
        await database.write("PRAGMA user_version = 9999")

    with pytest.raises(DatabaseError, match="newer version"):
        await Database(path).open()


async def test_what_is_no_database_is_refused_and_kept(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"not a database at all" * 100)

    with pytest.raises(DatabaseError, match=r"state\.sqlite3 cannot be used"):
        await Database(path).open()
    assert path.read_bytes().startswith(b"not a database")


async def test_a_locked_database_is_an_error_that_loses_nothing(path: Path) -> None:
    async with Database(path, busy_seconds=0.05) as database:
        table = GuildSettingsStore(database)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseError, match="locked"):
            await table.change(42, SETTINGS)
        assert await table.of(42) == DEFAULTS
        other.execute("ROLLBACK")
        other.close()
        await table.change(42, SETTINGS)
        assert await table.of(42) == SETTINGS


@pytest.mark.parametrize("seconds", [0.0, 0.0005, 0.002])
async def test_a_write_that_is_cancelled_keeps_nobody_from_writing(
    path: Path, seconds: float
) -> None:
    async with Database(path) as database:
        table = GuildSettingsStore(database)
        for server in range(20):
            writing = asyncio.create_task(table.change(server, SETTINGS))
            await asyncio.sleep(seconds)
            writing.cancel()
            with suppress(asyncio.CancelledError):
                await writing

        await table.change(42, SETTINGS)
        assert await table.of(42) == SETTINGS


async def test_a_write_that_is_cancelled_while_it_waits_for_a_lock_keeps_nobody_from_writing(
    path: Path,
) -> None:
    async with Database(path) as database:
        table = GuildSettingsStore(database)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        writing = asyncio.create_task(table.change(1, SETTINGS))
        await asyncio.sleep(0.05)
        writing.cancel()
        other.execute("ROLLBACK")
        other.close()
        with pytest.raises(asyncio.CancelledError):
            await writing

        await table.change(42, SETTINGS)
        assert await table.of(42) == SETTINGS


async def test_who_reads_does_not_wait_for_who_waits_to_write(path: Path) -> None:
    async with Database(path) as database:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        writing = asyncio.create_task(GuildSettingsStore(database).change(42, SETTINGS))
        await asyncio.sleep(0.05)

        assert await GuildSettingsStore(database).of(42) == DEFAULTS

        assert not writing.done()
        other.execute("ROLLBACK")
        other.close()
        await writing
        assert await GuildSettingsStore(database).of(42) == SETTINGS


async def test_who_reads_changes_nothing(path: Path) -> None:
    async with Database(path) as database:
        with pytest.raises(DatabaseError, match="readonly"):
            await database.rows("INSERT INTO server_settings (server) VALUES (1)")


def traces(path: Path, words: str) -> list[str]:
    """Return which of a database's files have these words."""
    files = path.parent.glob(path.name + "*")
    return [file.name for file in files if words.encode() in file.read_bytes()]


async def fill(database: Database, words: str) -> None:
    """Keep these words in two rows, one of them long."""
    for server, text in enumerate((words, words * 1_000)):
        await database.write(
            "INSERT INTO server_settings (server, prefix) VALUES (?, ?)", server, text
        )


async def test_what_is_erased_is_in_none_of_the_files(path: Path) -> None:
    async with Database(path) as database:
        await fill(database, "whispered")
        assert traces(path, "whispered")

        await database.erase("DELETE FROM server_settings")

        assert traces(path, "whispered") == []


async def test_the_log_is_cut_another_time_where_somebody_reads(path: Path) -> None:
    async with Database(path) as database:
        await fill(database, "whispered")
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN")
        other.execute("SELECT * FROM server_settings").fetchall()

        await database.erase("DELETE FROM server_settings")
        assert await database.rows("SELECT * FROM server_settings") == []
        assert traces(path, "whispered")

        other.close()
        await database.cut_log()
        assert traces(path, "whispered") == []


async def test_a_closed_database_says_so(path: Path) -> None:
    async with Database(path) as database:
        pass
    with pytest.raises(DatabaseError, match="not open"):
        await database.rows("SELECT 1")
