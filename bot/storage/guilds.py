"""The guilds that the bot is in, to detect those that removed it while it was disconnected."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import cast

from bot.config import shard_of
from bot.storage.database import Database

MISSING_SECONDS = 24 * 3600.0
"""How long a guild must be missing before its data is deleted."""

_MOST_AT_ONCE = 100

_NOTE = (
    "INSERT INTO memberships (server, application) SELECT value, ? FROM json_each(?) WHERE true"
    " ON CONFLICT (server) DO UPDATE SET application = excluded.application, missing_since = NULL"
    " WHERE application != excluded.application OR missing_since IS NOT NULL"
)
# Discord's own formula for the shard of a guild.
_OF_SHARD = "application = ? AND (server >> 22) % ? = ?"
# A missing_since in the future, of a clock that was wrong, is replaced.
_MISS = (
    f"UPDATE memberships SET missing_since = ? WHERE {_OF_SHARD}"  # noqa: S608 - our own words
    " AND (missing_since IS NULL OR missing_since > ?)"
    " AND server NOT IN (SELECT value FROM json_each(?))"
)


@dataclass(frozen=True, slots=True)
class Shard:
    """A shard of an application: its number, and the count of all shards."""

    application: int
    number: int
    count: int

    def has(self, guild: int) -> bool:
        """Tell whether a guild belongs to this shard."""
        return shard_of(guild, self.count) == self.number


class GuildStore:
    """Stores the guilds that the bot is in, and since when some of them are missing.

    A guild belongs to the application that was seen in it last; another application, whose token
    is used now, does not mark it as missing.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    async def compare(self, shard: Shard, guilds: Collection[int]) -> int:
        """Store the guilds of a shard, and mark stored ones that are not among them as missing.

        Guilds in an outage are not missing. Return how many are newly missing.
        """
        listed, now = json.dumps(list(guilds)), self._clock()
        async with self._database.transaction() as connection:
            await connection.execute(_NOTE, (shard.application, listed))
            missed = await connection.execute(_MISS, (now, *_key(shard), now, listed))
            return missed.rowcount

    async def miss(self, shard: Shard, guild: int) -> None:
        """Record that a guild has removed the bot just now."""
        await self._database.write(
            "REPLACE INTO memberships (server, application, missing_since) VALUES (?, ?, ?)",
            guild,
            shard.application,
            self._clock(),
        )

    async def missing(self, shard: Shard) -> list[int]:
        """Return some guilds of a shard that have been missing long enough."""
        rows = await self._database.rows(
            f"SELECT server FROM memberships WHERE {_OF_SHARD} AND missing_since <= ?"  # noqa: S608 - our own words
            " ORDER BY missing_since LIMIT ?",
            *_key(shard),
            self._clock() - MISSING_SECONDS,
            _MOST_AT_ONCE,
        )
        return [cast(int, guild) for (guild,) in rows]

    async def defer(self, guild: int) -> None:
        """Mark a missing guild as missing from now on."""
        await self._database.write(
            "UPDATE memberships SET missing_since = ?"
            " WHERE server = ? AND missing_since IS NOT NULL",
            self._clock(),
            guild,
        )

    async def remove(self, guild: int) -> None:
        """Delete a guild."""
        await self._database.write("DELETE FROM memberships WHERE server = ?", guild)

    async def of_others(self, application: int) -> int:
        """Return how many guilds belong to other applications."""
        row = await self._database.row(
            "SELECT count(*) FROM memberships WHERE application != ?", application
        )
        return cast(int, row[0]) if row else 0


def _key(shard: Shard) -> tuple[int, int, int]:
    return shard.application, shard.count, shard.number
