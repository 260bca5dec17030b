"""The record of retraining: who trained what, when, from which text, with which result."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Literal

from bot.i18n.texts import Locale
from bot.storage.database import Database, Row
from engine.families import FamilyName

Result = Literal["running", "saved", "kept", "discarded", "forgotten", "failed", "cancelled"]
"""What became of a training: at first it runs; a saved version is kept, discarded, or left."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A training in the record; ids are Discord's.

    Attributes:
        id: of the training.
        guild: whose versions it makes, or None for the host's.
        user: who ordered it; None for the host, or when that was to be forgotten.
        member: what they were called then.
        network: what is trained.
        source: what the uploaded text was called; empty for the default one.
        corpus: SHA-256 of the text, or None while that is not known.
        locale: the language to show it in.
        channel: where it is shown.
        message: the message that shows it.
        began: when, in UTC, as ISO 8601.
        ended: the same for its end.
        result: what became of it.
        version: the one that it made.
        new_score: of that version on the held-out text, in nats per character.
        old_score: of the one that was served before, on the same text.
        is_worse: whether the new one scores worse.
    """

    id: str
    guild: int | None
    user: int | None
    member: str
    network: FamilyName
    source: str
    corpus: str | None
    locale: Locale
    channel: int | None
    message: int | None
    began: str
    ended: str | None = None
    result: Result = "running"
    version: str | None = None
    new_score: float | None = None
    old_score: float | None = None
    is_worse: bool = False


# In the place of what an uploaded text was called.
_FORGOTTEN = "?"

_FIELDS = tuple(field.name for field in fields(Entry))
_COLUMNS = tuple("server" if name == "guild" else name for name in _FIELDS)
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM trainings"  # noqa: S608 - our own names


class TrainingLog:
    """Keeps what became of every training.

    Args:
        database: where it lasts.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def write(self, entry: Entry) -> None:
        """Keep an entry, in the place of an earlier one of the same training."""
        marks = ", ".join("?" * len(_COLUMNS))
        values = [getattr(entry, name) for name in _FIELDS]
        await self._database.write(
            f"REPLACE INTO trainings ({', '.join(_COLUMNS)}) VALUES ({marks})",  # noqa: S608 - our own names
            *values,
        )

    async def show(self, training: str, channel: int, message: int) -> None:
        """Keep which message shows a training."""
        await self._database.write(
            "UPDATE trainings SET channel = ?, message = ? WHERE id = ?", channel, message, training
        )

    async def end(self, entry: Entry) -> None:
        """Keep how a training ended; what was decided or forgotten meanwhile stays so."""
        await self._database.write(
            "UPDATE trainings SET ended = ?, result = ?, version = ?, new_score = ?, old_score = ?,"
            " is_worse = ?, corpus = CASE source WHEN ? THEN NULL ELSE ? END"
            " WHERE id = ? AND result = 'running'",
            datetime.now(UTC).isoformat(timespec="seconds"),
            entry.result,
            entry.version,
            entry.new_score,
            entry.old_score,
            entry.is_worse,
            _FORGOTTEN,
            entry.corpus,
            entry.id,
        )

    async def decide(self, version: str, guild: int | None, result: Result) -> None:
        """Keep what became of a version of a server."""
        await self._database.write(
            "UPDATE trainings SET result = ? WHERE version = ? AND server IS ?",
            result,
            version,
            guild,
        )

    async def get(self, training: str) -> Entry | None:
        """Return the entry of a training, if there is one."""
        row = await self._database.row(f"{_SELECT} WHERE id = ?", training)
        return _read(row) if row else None

    async def of_guild(self, guild: int | None, count: int = 100) -> list[Entry]:
        """Return the latest entries of a server, or of the host for None, the newest first."""
        rows = await self._database.rows(
            f"{_SELECT} WHERE server IS ? ORDER BY began DESC, rowid DESC LIMIT ?", guild, count
        )
        return [_read(row) for row in rows]

    async def forget_uploads(self, guild: int) -> None:
        """Delete what the texts that a server has uploaded were called, and their hashes."""
        await self._database.erase(
            "UPDATE trainings SET source = ?, corpus = NULL WHERE server = ? AND source != ''",
            _FORGOTTEN,
            guild,
        )

    async def forget_guild(self, guild: int) -> None:
        """Delete what is known of the trainings of a server."""
        await self._database.erase("DELETE FROM trainings WHERE server = ?", guild)

    async def forget_user(self, user: int) -> None:
        """Delete who ordered the trainings that a person has ordered."""
        await self._database.erase(
            "UPDATE trainings SET user = NULL, member = '' WHERE user = ?", user
        )


def _read(row: Row) -> Entry:
    entry = Entry(*row)  # pyright: ignore[reportArgumentType] - what `write` has written
    return replace(entry, is_worse=bool(entry.is_worse))
