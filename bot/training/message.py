"""The messages on Discord that show one training."""

from __future__ import annotations

import logging
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import Any

import discord

from bot.client.channel_permissions import formats_in, obstacle_in, permissions_in
from bot.client.rendering import edit_of, message_of
from bot.client.retries import UNREACHABLE
from bot.replies import Reply
from bot.storage.training_log import Entry

log = logging.getLogger(__name__)

_UNKNOWN_MESSAGE = 10008
_TOO_OLD_TO_EDIT = 30046
_TOO_MANY_REQUESTS = 429
_SERVER_ERRORS = 500


class UnreachableError(Exception):
    """Discord cannot be reached or has a fault; the message is to be sent again."""


class TrainingMessage:
    """The messages that show one training.

    They raise `UnreachableError` where Discord may accept them later. What it refuses for good, as
    in a deleted channel, is logged only: the training goes on.
    """

    def __init__(self, client: discord.Client, entry: Entry) -> None:
        self._client = client
        self.entry = entry
        self.question: discord.MessageReference | None = None
        self.is_resumed = False
        self._obstacle = ""
        self.channel: discord.PartialMessageable | None = None
        self.message: discord.PartialMessage | None = None
        if entry.channel is not None:
            self.channel = client.get_partial_messageable(entry.channel, guild_id=entry.guild)
            if entry.message is not None:
                self.message = self.channel.get_partial_message(entry.message)

    async def show(self, reply: Reply) -> bool:
        """Edit the message; return whether a new one was sent.

        A message that was deleted or is too old to be edited is replaced.
        """
        if self.channel is None or self._is_obstructed():
            return False
        with _giving_up():
            if self.message is None:
                self.message = await self._send(self.channel, reply, self.question)
                return True
            return await self._edit(self.channel, self.message, reply)
        return False

    async def answer(self, reply: Reply, nonce: int | None = None) -> None:
        """Reply to the message; Discord drops a second reply with the same nonce."""
        if self.channel is None or self._is_obstructed():
            return
        reference = self.message and discord.MessageReference(
            message_id=self.message.id,
            channel_id=self.channel.id,
            guild_id=self.entry.guild,
            fail_if_not_exists=False,
        )
        with _giving_up():
            await self._send(self.channel, reply, reference, nonce)

    @property
    def _place(self) -> object:
        """The channel as it is cached, with its permissions; None where it is not."""
        guild = self._client.get_guild(self.entry.guild) if self.entry.guild else None
        return guild and guild.get_channel_or_thread(self.entry.channel or 0)

    def _is_obstructed(self) -> bool:
        obstacle = obstacle_in(self._place)
        if self.entry.guild and self._client.is_ready():
            # Every message to a guild that removed the bot would be refused.
            obstacle = obstacle if self._client.get_guild(self.entry.guild) else "removed"
        if obstacle and obstacle != self._obstacle:
            log.warning("A training cannot be shown: %s", obstacle)
        self._obstacle = obstacle
        return bool(obstacle)

    async def _edit(
        self,
        channel: discord.PartialMessageable,
        message: discord.PartialMessage,
        reply: Reply,
    ) -> bool:
        try:
            await message.edit(**edit_of(reply, formats_in(self._place)))
        except discord.HTTPException as error:
            if error.code not in {_UNKNOWN_MESSAGE, _TOO_OLD_TO_EDIT}:
                raise
        else:
            return False
        self.message = await self._send(channel, reply, None)
        with suppress(*UNREACHABLE):
            await message.delete()
        return True

    async def _send(
        self,
        channel: discord.PartialMessageable,
        reply: Reply,
        reference: discord.MessageReference | None,
        nonce: int | None = None,
    ) -> discord.PartialMessage:
        place = self._place
        arguments: dict[str, Any] = message_of(reply, formats_in(place)) | {"nonce": nonce}
        if reference and permissions_in(place).read_message_history:
            arguments["reference"] = reference
        sent: discord.Message = await channel.send(**arguments)
        return channel.get_partial_message(sent.id)


@contextmanager
def _giving_up() -> Generator[None]:
    """Log what Discord refuses for good; raise `UnreachableError` for the rest."""
    try:
        yield
    except UNREACHABLE as error:
        status = getattr(error, "status", None)
        told = f"{type(error).__name__} {status or ''} {getattr(error, 'code', '')}".rstrip()
        if status is None or status >= _SERVER_ERRORS or status == _TOO_MANY_REQUESTS:
            raise UnreachableError(told) from error
        log.warning("A training could not be shown: %s", told)
