"""Discord's identifiers: milliseconds since 2015 in the upper bits, ever increasing."""

import time
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
_TIMESTAMP_SHIFT = 22


class Snowflakes:
    """Hands out identifiers, each greater than the one before."""

    def __init__(self) -> None:
        self._latest = 0

    def next(self) -> int:
        # The client reads the age of interactions and messages from their ids, so time is real.
        now = int((time.time() - _EPOCH.timestamp()) * 1000) << _TIMESTAMP_SHIFT
        self._latest = max(self._latest + 1, now)
        return self._latest

    def next_on_shard(self, shard_id: int, shard_count: int) -> int:
        """Return an id that Discord's formula, (id >> 22) % count, puts on this shard."""
        timestamp = (self.next() >> _TIMESTAMP_SHIFT) + 1
        timestamp += (shard_id - timestamp) % shard_count
        self._latest = timestamp << _TIMESTAMP_SHIFT
        return self._latest


def shard_of(guild_id: int, shard_count: int) -> int:
    return (guild_id >> _TIMESTAMP_SHIFT) % shard_count


def created_at(snowflake: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=snowflake >> _TIMESTAMP_SHIFT)
