"""Which shard hears of which Discord server."""

from __future__ import annotations


def shard_of(server: int | None, count: int) -> int:
    """Return the shard of a server as Discord reckons it; what has no server is the first's.

    Args:
        server: its id, or None for direct messages and the host.
        count: of all shards of the bot.
    """
    return 0 if server is None else (server >> 22) % count
