"""The messages on Discord that show one training."""

from __future__ import annotations

import logging
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import Any

import discord

from bot.client.rendering import message_of
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
        self.entry = entry
        self.question: discord.MessageReference | None = None
        self.is_resumed = False
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
        if self.channel is None:
            return False
        with _giving_up():
            if self.message is None:
                self.message = await self._send(self.channel, reply, self.question)
                return True
            return await self._edit(self.channel, self.message, reply)
        return False

    async def answer(self, reply: Reply, nonce: int | None = None) -> None:
        """Reply to the message; Discord drops a second reply with the same nonce."""
        if self.channel is None:
            return
        reference = self.message and discord.MessageReference(
            message_id=self.message.id,
            channel_id=self.channel.id,
            guild_id=self.entry.guild,
            fail_if_not_exists=False,
        )
        with _giving_up():
            await self._send(self.channel, reply, reference, nonce)

    async def _edit(
        self,
        channel: discord.PartialMessageable,
        message: discord.PartialMessage,
        reply: Reply,
    ) -> bool:
        arguments = message_of(reply)
        try:
            await message.edit(embed=arguments["embed"], view=arguments.get("view"))
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
        arguments: dict[str, Any] = message_of(reply) | {"nonce": nonce}
        if reference:
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
