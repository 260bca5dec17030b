"""Which servers are missing, and since when."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.storage.database import Database
from bot.storage.guilds import MISSING_SECONDS, GuildStore, Shard

BOT, OTHER_BOT = 10, 11
ALL = Shard(BOT, 0, 1)
HERE, THERE, NOWHERE = (number << 22 for number in (2, 4, 6))
"""Servers, all of them on the first of two shards."""


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncGenerator[Database]:
    async with Database(tmp_path / "state.sqlite3") as database:
        yield database


@pytest.fixture
def table(database: Database, clock: Clock) -> GuildStore:
    return GuildStore(database, clock)


async def test_what_is_missing_for_a_day_is_found(table: GuildStore, clock: Clock) -> None:
    assert await table.compare(ALL, {HERE, THERE}) == 0
    assert await table.compare(ALL, {HERE}) == 1
    clock.now += MISSING_SECONDS - 1
    assert await table.compare(ALL, {HERE}) == 0
    assert await table.missing(ALL) == []
    clock.now += 1

    assert await table.missing(ALL) == [THERE]


async def test_what_comes_back_is_missed_anew_when_it_goes_again(
    table: GuildStore, clock: Clock
) -> None:
    await table.compare(ALL, {HERE})
    await table.compare(ALL, ())
    await table.compare(ALL, {HERE})
    clock.now += MISSING_SECONDS
    assert await table.missing(ALL) == []
    await table.compare(ALL, ())
    assert await table.missing(ALL) == []
    clock.now += MISSING_SECONDS

    assert await table.missing(ALL) == [HERE]


async def test_what_was_never_noted_is_not_missed(table: GuildStore, clock: Clock) -> None:
    assert await table.compare(ALL, ()) == 0
    clock.now += MISSING_SECONDS

    assert await table.missing(ALL) == []


async def test_another_shard_misses_nothing(table: GuildStore, clock: Clock) -> None:
    first, second = Shard(BOT, 0, 2), Shard(BOT, 1, 2)
    await table.compare(first, {HERE})
    assert await table.compare(second, ()) == 0
    await table.compare(first, ())
    clock.now += MISSING_SECONDS

    assert (first.has(HERE), second.has(HERE)) == (True, False)
    assert await table.missing(second) == []
    assert await table.missing(first) == [HERE]


async def test_another_application_misses_only_what_it_was_in_last(
    table: GuildStore, clock: Clock
) -> None:
    other = Shard(OTHER_BOT, 0, 1)
    await table.compare(ALL, {HERE, THERE})
    assert await table.compare(other, {HERE}) == 0
    assert (await table.of_others(BOT), await table.of_others(OTHER_BOT)) == (1, 1)
    await table.compare(other, ())
    clock.now += MISSING_SECONDS

    assert await table.missing(ALL) == []
    assert await table.missing(other) == [HERE]


async def test_what_is_deferred_is_missed_from_then_on(table: GuildStore, clock: Clock) -> None:
    await table.compare(ALL, {HERE, THERE})
    await table.compare(ALL, {HERE})
    clock.now += MISSING_SECONDS
    await table.defer(THERE)
    await table.defer(HERE)
    assert await table.missing(ALL) == []
    clock.now += MISSING_SECONDS

    assert await table.missing(ALL) == [THERE]


async def test_what_is_removed_is_not_missed(table: GuildStore, clock: Clock) -> None:
    await table.compare(ALL, {HERE})
    await table.remove(HERE)

    assert await table.compare(ALL, ()) == 0


async def test_a_clock_that_was_ahead_delays_by_no_more_than_a_day(
    table: GuildStore, clock: Clock
) -> None:
    await table.compare(ALL, {HERE})
    clock.now *= 2
    await table.compare(ALL, ())
    clock.now /= 2
    await table.compare(ALL, ())
    clock.now += MISSING_SECONDS

    assert await table.missing(ALL) == [HERE]


async def test_only_what_differs_is_written(database: Database, table: GuildStore) -> None:
    async def changes() -> int:
        # Counted by each connection for itself.
        async with database.transaction() as writer:
            ((count,),) = await writer.execute_fetchall("SELECT total_changes()")
            return int(count)

    await table.compare(ALL, {HERE, THERE})
    await table.compare(ALL, {HERE})
    before = await changes()
    await table.compare(ALL, {HERE})
    assert await changes() == before
    await table.compare(ALL, {HERE, NOWHERE})

    assert await changes() == before + 1


async def test_what_has_just_removed_the_bot_is_missed_from_then_on(
    table: GuildStore, clock: Clock
) -> None:
    await table.compare(ALL, {HERE, THERE})
    clock.now += 5
    for guild in (HERE, NOWHERE):  # The second was never noted.
        await table.miss(ALL, guild)
    clock.now += MISSING_SECONDS - 1
    assert await table.missing(ALL) == []
    clock.now += 1

    assert sorted(await table.missing(ALL)) == [HERE, NOWHERE]
    assert await table.compare(ALL, {HERE, THERE}) == 0
    assert await table.missing(ALL) == [NOWHERE]
