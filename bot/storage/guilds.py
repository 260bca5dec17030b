"""Which Discord servers the bot is in: so it is noticed when one of them has removed it unseen."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import cast

from bot.config import shard_of
from bot.storage.database import Database

MISSING_SECONDS = 24 * 3600.0
"""How long a server must be missing before what it has is deleted."""

_MOST_AT_ONCE = 100

_NOTE = (
    "INSERT INTO memberships (server, application) SELECT value, ? FROM json_each(?) WHERE true"
    " ON CONFLICT (server) DO UPDATE SET application = excluded.application, missing_since = NULL"
    " WHERE application != excluded.application OR missing_since IS NOT NULL"
)
# What Discord itself does to tell which shard hears of a server.
_OF_SHARD = "application = ? AND (server >> 22) % ? = ?"
# Where the clock was ahead when a server was missed first, its day begins anew.
_MISS = (
    f"UPDATE memberships SET missing_since = ? WHERE {_OF_SHARD}"  # noqa: S608 - our own words
    " AND (missing_since IS NULL OR missing_since > ?)"
    " AND server NOT IN (SELECT value FROM json_each(?))"
)


@dataclass(frozen=True, slots=True)
class Shard:
    """The servers that one connection to Discord hears of.

    Attributes:
        application: whose bot is connected.
        number: of the shard.
        count: of all shards of that bot.
    """

    application: int
    number: int
    count: int

    def has(self, guild: int) -> bool:
        """Tell whether a server belongs to this shard."""
        return shard_of(guild, self.count) == self.number


class GuildStore:
    """Keeps which servers the bot is in, and since when it misses those that it was in.

    A server belongs to the application that was seen in it last: with the token of another one
    nothing of it is missed, since it is not known whether it is gone.

    Args:
        database: where they last.
        clock: seconds since 1970.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    async def compare(self, shard: Shard, guilds: Collection[int]) -> int:
        """Note the servers of a shard, and miss those that were noted and are not among them.

        Only what differs is written.

        Args:
            shard: whose.
            guilds: all that it hears of, those in an outage as well.

        Returns:
            How many are missed that were not missed before.
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
        """Return servers of a shard that have been missing long enough, some at a time."""
        rows = await self._database.rows(
            f"SELECT server FROM memberships WHERE {_OF_SHARD} AND missing_since <= ?"  # noqa: S608 - our own words
            " ORDER BY missing_since LIMIT ?",
            *_key(shard),
            self._clock() - MISSING_SECONDS,
            _MOST_AT_ONCE,
        )
        return [cast(int, guild) for (guild,) in rows]

    async def defer(self, guild: int) -> None:
        """Miss a missing server from now on only."""
        await self._database.write(
            "UPDATE memberships SET missing_since = ?"
            " WHERE server = ? AND missing_since IS NOT NULL",
            self._clock(),
            guild,
        )

    async def remove(self, guild: int) -> None:
        """Delete that the bot was in a server."""
        await self._database.write("DELETE FROM memberships WHERE server = ?", guild)

    async def of_others(self, application: int) -> int:
        """Return how many servers belong to other applications."""
        row = await self._database.row(
            "SELECT count(*) FROM memberships WHERE application != ?", application
        )
        return cast(int, row[0]) if row else 0


def _key(shard: Shard) -> tuple[int, int, int]:
    return shard.application, shard.count, shard.number
