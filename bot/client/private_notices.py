"""Direct messages about requests that cannot be answered where they were made."""

from __future__ import annotations

import time
from collections.abc import Callable

import discord

from bot.bounded_dict import BoundedDict
from bot.client.rendering import message_of
from bot.client.retries import UNREACHABLE
from bot.observability.invalid_requests import InvalidRequests
from bot.replies import Reply

MEMBER_SECONDS = 3_600.0
"""Between two notices to a member."""

GUILD_SECONDS = 10.0
"""Between two notices to members of a guild: Discord takes many direct messages for spam."""

_REMEMBERED = 10_000


class PrivateNotices:
    """Sends notices, to each member once in a while.

    Args:
        invalid_requests: the budget; a member may not take direct messages.
        clock: seconds, never going back.
    """

    def __init__(
        self, invalid_requests: InvalidRequests, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._invalid_requests = invalid_requests
        self._clock = clock
        self._pauses = BoundedDict[int, float](_REMEMBERED)

    async def send(self, member: discord.User | discord.Member, guild: int, reply: Reply) -> None:
        """Send a notice unless one was sent lately; failures are ignored."""
        if self._invalid_requests.is_exhausted or not self._may_send(member.id, guild):
            return
        try:
            await member.send(**message_of(reply))
        except UNREACHABLE:
            return

    def _may_send(self, member: int, guild: int) -> bool:
        now = self._clock()
        if any(now < self._pauses.get(key, now) for key in (member, guild)):
            return False
        self._pauses[member] = now + MEMBER_SECONDS
        self._pauses[guild] = now + GUILD_SECONDS
        return True
