"""Protocol of stores whose data about a user or a guild can be deleted."""

from __future__ import annotations

from typing import Protocol


class Erasable(Protocol):
    """Stores data about users, guilds, or both."""

    async def forget_user(self, user: int) -> None:
        """Delete all data about a user."""
        ...

    async def forget_guild(self, guild: int) -> None:
        """Delete all data about a guild."""
        ...
