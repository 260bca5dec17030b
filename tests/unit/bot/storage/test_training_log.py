"""The record of retraining."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest_asyncio

from bot.storage.database import Database
from bot.storage.training_log import MAX_ENTRIES, Entry, TrainingLog

ENTRY = Entry(
    id="a",
    guild=1,
    user=7,
    member="Mary",
    network="dino",
    source="names.txt",
    corpus="0" * 64,
    locale="en",
    channel=3,
    message=None,
    began="2026-01-02T03:04:05",
)


@pytest_asyncio.fixture
async def record(tmp_path: Path) -> AsyncGenerator[TrainingLog]:
    async with Database(tmp_path / "state.sqlite3") as database:
        yield TrainingLog(database)


async def test_an_entry_is_read_as_it_was_written(record: TrainingLog) -> None:
    await record.write(ENTRY)
    await record.show("a", 3, 4)

    assert await record.get("a") == replace(ENTRY, message=4)
    assert await record.get("b") is None


async def test_an_end_is_entered_once_and_decisions_stay(record: TrainingLog) -> None:
    await record.write(ENTRY)
    saved = replace(ENTRY, result="saved", version="v", new_score=1.0, is_worse=True)
    await record.end(saved)
    await record.decide("v", 1, "kept")

    await record.end(saved)

    found = await record.get("a")
    assert found
    assert found.result == "kept"
    assert found.is_worse is True
    assert found.ended


async def test_a_text_that_was_forgotten_before_the_end_stays_so(record: TrainingLog) -> None:
    await record.write(ENTRY)
    await record.forget_uploads(1)

    await record.end(replace(ENTRY, result="cancelled"))

    found = await record.get("a")
    assert found
    assert (found.result, found.corpus) == ("cancelled", None)


async def test_the_latest_of_a_server_come_first(record: TrainingLog) -> None:
    for number in range(3):
        await record.write(replace(ENTRY, id=str(number)))
    await record.write(replace(ENTRY, id="of another", guild=2))
    await record.write(replace(ENTRY, id="of the host", guild=None))

    assert [entry.id for entry in await record.of_guild(1, 2)] == ["2", "1"]
    assert [entry.id for entry in await record.of_guild(None)] == ["of the host"]


def traces(folder: Path, words: str) -> list[Path]:
    """Return the files that have these words."""
    return [path for path in folder.iterdir() if words.encode() in path.read_bytes()]


async def test_a_user_is_forgotten_and_the_training_stays(
    record: TrainingLog, tmp_path: Path
) -> None:
    await record.write(ENTRY)
    assert traces(tmp_path, ENTRY.member)

    await record.forget_user(7)

    assert await record.get("a") == replace(ENTRY, user=None, member="")
    assert not traces(tmp_path, ENTRY.member)


async def test_a_server_is_forgotten(record: TrainingLog, tmp_path: Path) -> None:
    await record.write(ENTRY)

    await record.forget_guild(1)

    assert await record.get("a") is None
    assert not traces(tmp_path, ENTRY.member)


async def test_what_uploads_were_called_is_forgotten(record: TrainingLog, tmp_path: Path) -> None:
    await record.write(ENTRY)
    await record.write(replace(ENTRY, id="usual", source=""))

    await record.forget_uploads(1)

    uploaded, usual = await record.get("a"), await record.get("usual")
    assert uploaded
    assert usual
    assert "names" not in uploaded.source
    assert uploaded.corpus is None
    assert usual.corpus == ENTRY.corpus
    assert not traces(tmp_path, ENTRY.source)


async def test_the_oldest_entries_of_a_guild_make_room(record: TrainingLog) -> None:
    await record.write(replace(ENTRY, id="running", began="2020-01-01T00:00:00"))
    await record.write(replace(ENTRY, id="other", guild=2, began="2020-01-01T00:00:00"))
    for number in range(MAX_ENTRIES + 3):
        entry = replace(
            ENTRY, id=str(number), began=f"2026-01-02T03:{number // 60:02}:{number % 60:02}"
        )
        await record.write(entry)
        await record.end(replace(entry, result="failed"))

    kept = {entry.id for entry in await record.of_guild(1, 1_000)}
    assert kept == {"running", *map(str, range(3, MAX_ENTRIES + 3))}
    assert await record.get("other")
