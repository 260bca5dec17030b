"""What all that keeps something of users or servers has in common: it can forget."""

from __future__ import annotations

from typing import Protocol


class Erasable(Protocol):
    """Keeps something of users, of servers, or of both, and can delete it."""

    async def forget_user(self, user: int) -> None:
        """Delete all that is kept of a user."""
        ...

    async def forget_guild(self, guild: int) -> None:
        """Delete all that is kept of a server."""
        ...
