"""Which shard hears of which Discord server."""

from __future__ import annotations


def shard_of(guild: int | None, count: int) -> int:
    """Return the shard of a server as Discord reckons it; what has no server is the first's.

    Args:
        guild: its id, or None for direct messages and the host.
        count: of all shards of the bot.
    """
    return 0 if guild is None else (guild >> 22) % count
