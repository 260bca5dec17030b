"""What is kept of answers, and for how long."""

import asyncio
import shlex
import sqlite3
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from bot import program_name
from bot.context import RequestContext
from bot.features.explain import command_of
from bot.storage.answers import FRESH_SECONDS, KEPT_SECONDS, SLICE, AnswerStore
from bot.storage.database import MIGRATIONS, Database, DatabaseError
from engine import NameRequest, PoemRequest

CONTEXT = RequestContext(user=1, guild=2, channel=3)
NAMES = NameRequest(count=5, prefix="tri", temperature=0.7, seed=42)
POEM = PoemRequest(prompt="-- O 'rose'", length=200, seed=7, candidates=4, decent=False)


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
def table(database: Database, clock: Clock) -> AnswerStore:
    return AnswerStore(database, clock)


@pytest.mark.parametrize("request_", [NAMES, POEM], ids=["names", "poem"])
async def test_an_answer_comes_back_whole(
    table: AnswerStore, request_: NameRequest | PoemRequest
) -> None:
    number = await table.add(CONTEXT, request_, "model", "O 'rose'\nthou art")

    record = await table.find(number)
    assert record
    assert record.request == request_
    assert (record.guild, record.model) == (2, "model")
    assert record.text == "O 'rose'\nthou art"
    assert record.is_fresh
    assert record.is_complete


async def test_after_a_day_who_asked_and_what_was_typed_is_gone(
    database: Database, table: AnswerStore, clock: Clock
) -> None:
    typed = await table.add(CONTEXT, POEM, "model", "secret verse")
    untyped = await table.add(CONTEXT, replace(POEM, prompt=""), "model", "secret verse")
    clock.now += FRESH_SECONDS + 1

    record, other = await table.find(typed), await table.find(untyped)
    assert record
    assert other
    assert not record.is_fresh
    assert (record.request, record.text) == (replace(POEM, prompt=""), "")
    assert not record.is_complete
    assert other.is_complete

    await table.prune()
    assert await table.find(typed) == record
    assert await table.find(untyped) == other
    rows = await database.rows("SELECT * FROM answers")
    assert await database.row("SELECT user, channel FROM answers") == (None, None)
    assert "rose" not in str(rows)
    assert "secret" not in str(rows)


async def test_after_a_week_all_is_gone(
    database: Database, table: AnswerStore, clock: Clock
) -> None:
    number = await table.add(CONTEXT, NAMES, "model")
    clock.now += KEPT_SECONDS + 1

    assert await table.find(number) is None
    assert await table.latest(CONTEXT.channel) is None
    await table.prune()
    assert await database.rows("SELECT * FROM answers") == []


async def keep(table: AnswerStore, count: int) -> list[int]:
    requests = [NameRequest(count=1, prefix="tri", seed=seed) for seed in range(count)]
    return await asyncio.gather(*(table.add(CONTEXT, request, "model") for request in requests))


@pytest.mark.parametrize("count", [SLICE, 2 * SLICE + 5])
async def test_all_that_is_old_goes_however_many_slices_that_takes(
    database: Database, table: AnswerStore, clock: Clock, count: int
) -> None:
    await keep(table, count)
    clock.now += KEPT_SECONDS - FRESH_SECONDS
    await keep(table, count)
    clock.now += FRESH_SECONDS + 1
    fresh = await table.add(CONTEXT, NAMES, "model")

    await table.prune()

    assert await database.rows("SELECT id FROM answers WHERE user IS NOT NULL") == [(fresh,)]
    (left,) = await database.rows("SELECT count(*), count(typed) FROM answers")
    assert left == (count + 1, 1)


@pytest.mark.parametrize("what", ["a day old", "a week old", "of a user", "of a server"])
async def test_answers_are_kept_between_two_slices(
    database: Database, table: AnswerStore, clock: Clock, what: str
) -> None:
    await keep(table, 3 * SLICE)
    clock.now += {"a day old": FRESH_SECONDS + 1, "a week old": KEPT_SECONDS + 1}.get(what, 0)
    await database.write("CREATE TABLE seen (left INTEGER)")
    await database.write(
        "CREATE TRIGGER look AFTER INSERT ON answers BEGIN INSERT INTO seen"
        " SELECT count(*) FROM answers WHERE user = 1; END"
    )
    forget = {
        "of a user": lambda: table.forget_user(1),
        "of a server": lambda: table.forget_guild(2),
    }.get(what, table.prune)

    forgetting = asyncio.create_task(forget())
    while not forgetting.done():
        await table.add(replace(CONTEXT, user=10, guild=20), NAMES, "model")

    assert {(2 * SLICE,), (SLICE,)} <= set(await database.rows("SELECT * FROM seen"))
    assert await database.row("SELECT count(*) FROM answers WHERE user = 1") == (0,)


async def test_of_too_many_answers_the_oldest_go(
    database: Database, table: AnswerStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.storage.answers.MAX_ANSWERS", SLICE)
    await table.prune()
    numbers = await keep(table, 2 * SLICE + 5)

    await table.prune()

    rows = await database.rows("SELECT id FROM answers ORDER BY id")
    assert [number for (number,) in rows] == sorted(numbers)[-SLICE:]


async def test_the_latest_of_a_channel_is_found_for_a_day(table: AnswerStore, clock: Clock) -> None:
    await table.add(CONTEXT, NAMES, "model")
    latest = await table.add(CONTEXT, NAMES, "model")
    await table.add(replace(CONTEXT, channel=4), NAMES, "model")

    record = await table.latest(3)
    assert record
    assert record.id == latest
    assert await table.latest(5) is None
    clock.now += FRESH_SECONDS + 1
    assert await table.latest(3) is None


async def test_users_servers_and_answers_are_forgotten(table: AnswerStore) -> None:
    numbers = [
        await table.add(CONTEXT, NAMES, "model"),
        await table.add(replace(CONTEXT, guild=20), NAMES, "model"),
        await table.add(replace(CONTEXT, user=10, guild=20), NAMES, "model"),
        await table.add(replace(CONTEXT, user=10, guild=None), NAMES, "model"),
        await table.add(replace(CONTEXT, user=10), NAMES, "model"),
    ]

    await table.forget_user(1)
    await table.forget_guild(20)
    await table.forget(numbers[4])

    kept = [number for number in numbers if await table.find(number)]
    assert kept == [numbers[3]]


async def test_an_answer_goes_with_the_message_that_shows_it(
    database: Database, table: AnswerStore
) -> None:
    numbers = [await table.add(CONTEXT, NAMES, "model") for _ in range(4)]
    for number in numbers[:3]:
        table.shown(number, 100 + number)
    await table.written()
    table.shown(numbers[3], 100 + numbers[3])

    # The last one is not written yet.
    await table.forget_shown({100 + numbers[0], 100 + numbers[3], 99})
    await table.written()

    kept = await database.rows("SELECT id, message FROM answers")
    assert kept == [(number, 100 + number) for number in numbers[1:3]]


async def test_after_a_day_the_message_of_an_answer_is_not_known(
    database: Database, table: AnswerStore, clock: Clock
) -> None:
    table.shown(await table.add(CONTEXT, NAMES, "model"), 100)
    await table.written()
    clock.now += FRESH_SECONDS + 1
    await table.prune()

    assert await database.rows("SELECT message FROM answers") == [(None,)]


async def test_what_an_older_program_kept_is_there_and_its_numbers_go_on(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite3"
    older = sqlite3.connect(path)
    for script in sorted(MIGRATIONS.iterdir())[:4]:
        older.executescript(script.read_text("utf-8"))
    older.execute("PRAGMA user_version = 4")
    for number in (1, 2):
        older.execute(
            "INSERT INTO answers VALUES (?, 1, 2, 3, 'dino', '{}', 'model', 'tri', '', 1e6)",
            [number],
        )
    older.execute("DELETE FROM answers WHERE id = 2")
    older.commit()
    older.close()

    async with Database(path) as database:
        table = AnswerStore(database, Clock())
        record = await table.latest(3)
        assert record
        assert (record.id, record.request) == (1, NameRequest(prefix="tri"))
        assert await table.add(CONTEXT, NAMES, "model") == 3
        await table.forget_user(1)
        assert await database.rows("SELECT * FROM answers") == []


async def test_numbers_are_never_used_again(table: AnswerStore) -> None:
    first = await table.add(CONTEXT, NAMES, "model")
    await table.forget(first)

    assert await table.add(CONTEXT, NAMES, "model") > first


async def test_the_command_has_all_that_matters(table: AnswerStore, clock: Clock) -> None:
    number = await table.add(CONTEXT, POEM, "model", "-- O 'rose'\nthou art")

    record = await table.find(number)
    assert record
    words = shlex.split(command_of(record))
    assert words[:2] == [program_name(), "poem"]
    assert words[-2:] == ["--", "-- O 'rose'"]
    options = dict(zip(words[2:-3:2], words[3:-3:2], strict=True))
    assert words[-3] == "--indecent"
    assert options["--seed"] == "7"
    assert options["--candidates"] == "4"
    assert options["--server"] == "2"

    clock.now += FRESH_SECONDS + 1
    record = await table.find(number)
    assert record
    assert command_of(record).endswith("'FIRST LINE'")


async def test_answers_that_come_at_once_each_get_their_own_number(table: AnswerStore) -> None:
    requests = [NameRequest(count=1, seed=seed) for seed in range(100)]

    numbers = await asyncio.gather(*(table.add(CONTEXT, request, "m") for request in requests))

    assert len(set(numbers)) == len(requests)
    for number, request in zip(numbers, requests, strict=True):
        record = await table.find(number)
        assert record
        assert record.request == request


async def test_all_who_wait_hear_that_nothing_can_be_kept(
    database: Database, table: AnswerStore
) -> None:
    await database.close()

    results = await asyncio.gather(
        *(table.add(CONTEXT, NameRequest(seed=seed), "m") for seed in range(3)),
        return_exceptions=True,
    )

    assert [type(result) for result in results] == [DatabaseError] * 3


async def test_the_answers_of_a_channel_are_deleted_also_those_not_yet_written(
    database: Database, table: AnswerStore
) -> None:
    there = replace(CONTEXT, channel=CONTEXT.channel + 1)
    kept = await table.add(there, NAMES, "model")
    for _ in range(3):
        await table.add(CONTEXT, NAMES, "model")
    adding = asyncio.create_task(table.add(CONTEXT, POEM, "model", "secret verse"))
    await asyncio.sleep(0)  # It waits to be written.

    await table.forget_channel(CONTEXT.channel)

    await adding
    assert await database.rows("SELECT id FROM answers") == [(kept,)]
