"""The training log: who trained what, when, on which text, with which result."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Literal

from bot.i18n.texts import Locale
from bot.storage.database import Database, Row
from engine.families import FamilyName

Result = Literal["running", "saved", "kept", "discarded", "forgotten", "failed", "cancelled"]
"""State of a training; a saved version may then be kept or discarded."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the training log.

    Attributes:
        id: of the training.
        guild: id of the guild that the version is for, or None for the operator.
        user: id of the member who ordered it; None for the operator, or if deleted.
        member: their display name at the time.
        network: family of the model.
        source: file name of the uploaded text; empty for the default one.
        corpus: SHA-256 of the text, or None if not known yet.
        locale: language of its messages.
        channel: id of the channel that shows it.
        message: id of the message that shows it.
        began: start, in UTC, as ISO 8601.
        ended: end, likewise.
        result: its state.
        version: that it saved.
        new_score: of that version on the held-out text, in nats per character.
        old_score: of the version that was active before, on the same text.
        is_worse: whether the new version scores worse.
    """

    id: str
    guild: int | None
    network: FamilyName
    source: str
    locale: Locale
    began: str
    user: int | None = None
    member: str = ""
    corpus: str | None = None
    channel: int | None = None
    message: int | None = None
    ended: str | None = None
    result: Result = "running"
    version: str | None = None
    new_score: float | None = None
    old_score: float | None = None
    is_worse: bool = False


MAX_ENTRIES = 200
"""Entries of a guild that are kept."""

# Replaces the file name of a deleted upload.
_FORGOTTEN = "?"

_FIELDS = tuple(field.name for field in fields(Entry))
_COLUMNS = tuple("server" if name == "guild" else name for name in _FIELDS)
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM trainings"  # noqa: S608 - our own names


class TrainingLog:
    """Stores an entry for each training."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def write(self, entry: Entry) -> None:
        """Store an entry, replacing an earlier one of the same training."""
        marks = ", ".join("?" * len(_COLUMNS))
        values = [getattr(entry, name) for name in _FIELDS]
        await self._database.write(
            f"REPLACE INTO trainings ({', '.join(_COLUMNS)}) VALUES ({marks})",  # noqa: S608 - our own names
            *values,
        )

    async def show(self, training: str, channel: int, message: int) -> None:
        """Record which message shows a training."""
        await self._database.write(
            "UPDATE trainings SET channel = ?, message = ? WHERE id = ?", channel, message, training
        )

    async def end(self, entry: Entry) -> None:
        """Record the end of a training, unless its result was changed meanwhile."""
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
        await self._database.write(
            "DELETE FROM trainings WHERE server IS ? AND result != 'running' AND id NOT IN"
            " (SELECT id FROM trainings WHERE server IS ? ORDER BY began DESC, rowid DESC LIMIT ?)",
            entry.guild,
            entry.guild,
            MAX_ENTRIES,
        )

    async def decide(self, version: str, guild: int | None, result: Result) -> None:
        """Record the result of the training that made a version of a guild."""
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
        """Return the latest entries of a guild, or of the operator for None, newest first."""
        rows = await self._database.rows(
            f"{_SELECT} WHERE server IS ? ORDER BY began DESC, rowid DESC LIMIT ?", guild, count
        )
        return [_read(row) for row in rows]

    async def forget_uploads(self, guild: int) -> None:
        """Delete the file names and hashes of texts that were uploaded in a guild."""
        await self._database.erase(
            "UPDATE trainings SET source = ?, corpus = NULL WHERE server = ? AND source != ''",
            _FORGOTTEN,
            guild,
        )

    async def forget_guild(self, guild: int) -> None:
        """Delete the entries of a guild."""
        await self._database.erase("DELETE FROM trainings WHERE server = ?", guild)

    async def forget_user(self, user: int) -> None:
        """Delete a user's id and name from the trainings that they ordered."""
        await self._database.erase(
            "UPDATE trainings SET user = NULL, member = '' WHERE user = ?", user
        )


def _read(row: Row) -> Entry:
    entry = Entry(*row)  # pyright: ignore[reportArgumentType] - what `write` has written
    return replace(entry, is_worse=bool(entry.is_worse))
