"""Shows the trainings on Discord: one message each, edited now and then, and one for the result."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Any

import discord

from bot.alarms import Damage
from bot.database import DatabaseError
from bot.delivery import UNREACHABLE
from bot.house import House
from bot.places import is_among
from bot.replies import Reply
from bot.sending import message_of
from bot.texts import locale_of, texts_in
from bot.trainings.end import ended, entry_of
from bot.trainings.record import Entry
from bot.trainings.status import Status, shown_result, shown_status
from engine.events import Cancelled, Compared, Ending, Event, Paused, Queued, Started
from engine.watching import Training

log = logging.getLogger(__name__)

PACE_SECONDS = 5.0
"""Between two edits, at least: Discord allows five in five seconds for a whole channel."""

_UNKNOWN_MESSAGE = 10008
_TOO_OLD_TO_EDIT = 30046


class Watchers:
    """Shows trainings as long as they go on; a task for each.

    Args:
        client: sends and edits the messages.
        house: what there is to show.
        pace_seconds: between two edits, at least.
    """

    def __init__(
        self, client: discord.Client, house: House, pace_seconds: float = PACE_SECONDS
    ) -> None:
        self._client = client
        self._house = house
        self._pace_seconds = pace_seconds
        self._tasks: set[asyncio.Task[None]] = set()

    def follow(self, entry: Entry, question: discord.Message | None = None) -> None:
        """Show a training that was ordered just now, as an answer to a message."""
        board = Board(self._client, entry)
        board.question = question and discord.MessageReference.from_message(
            question, fail_if_not_exists=False
        )
        self._begin(self._house.trainings.get(entry.id), board)

    async def resume(self) -> None:
        """Go on showing the trainings of an earlier run.

        Raises:
            DatabaseError: the record cannot be used.
        """
        for training in self._house.trainings.all:
            board = Board(self._client, await entry_of(self._house.record, training))
            board.is_resumed = training.end is None
            self._begin(training, board)

    async def tell_damages(self) -> None:
        """Tell each server of its versions that do not answer any more, until cancelled."""
        while True:
            damage = await self._house.alarms.next()
            try:
                await self._tell(damage)
            except Exception:
                log.exception("A damaged version could not be told of")

    async def close(self) -> None:
        """Show nothing more; the trainings go on."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _tell(self, damage: Damage) -> None:
        if damage.server is None:
            return  # It is in the log, where whoever runs the bot finds it.
        guild = self._client.get_guild(damage.server)
        if guild is None:
            return
        entries = await self._house.record.of_server(damage.server)
        shown = next((entry for entry in entries if entry.channel is not None), None)
        settings = await self._house.servers.of(damage.server)
        locale = shown.locale if shown else locale_of(settings.locale, str(guild.preferred_locale))
        texts = texts_in(locale, settings.prefix)
        reply = Reply(texts("models-damaged", version=damage.version))
        last = guild.get_channel_or_thread(shown.channel) if shown and shown.channel else None
        if shown and last and is_among(last, settings.channels):
            await Board(self._client, shown).answer(reply)
        elif channel := _channel_in(guild, settings.channels):
            await channel.send(**message_of(reply))

    def _begin(self, training: Training, board: Board) -> None:
        task = asyncio.create_task(self._watch(training, board), name=f"watch {training.id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _watch(self, training: Training, board: Board) -> None:
        try:
            await self._show(training, board)
        except Exception:
            log.exception("The training %s could not be shown", training.id)

    async def _show(self, training: Training, board: Board) -> None:
        texts = texts_in(board.entry.locale)
        status = Status(board.entry)
        if board.is_resumed:
            await board.answer(Reply(texts("training-resumed")))
        loop = asyncio.get_running_loop()
        due = loop.time()
        async for event in training.watch():
            status.take(event)
            if isinstance(event, Paused):
                return
            if isinstance(event, Ending):
                break
            if loop.time() >= due or _is_rare(event):
                await self._update(board, shown_status(status, texts))
                due = loop.time() + self._pace_seconds
        curves = await ended(self._house, training, status)
        await self._update(board, shown_status(status, texts))
        if not isinstance(status.end, Cancelled):
            # Told again after a kill, it is still the same message.
            await board.answer(shown_result(status, curves, texts), nonce=int(training.id, 16))
        await self._house.trainings.acknowledge(training.id)

    async def _update(self, board: Board, reply: Reply) -> None:
        if await board.show(reply) and board.channel and board.message:
            with suppress(DatabaseError):
                await self._house.record.show(board.entry.id, board.channel.id, board.message.id)


class Board:
    """The messages that show one training, wherever they are now.

    Args:
        client: sends and edits them.
        entry: of the training.
    """

    def __init__(self, client: discord.Client, entry: Entry) -> None:
        self.entry = entry
        self.question: discord.MessageReference | None = None
        self.is_resumed = False
        self.channel: discord.PartialMessageable | None = None
        self.message: discord.PartialMessage | None = None
        if entry.channel is not None:
            self.channel = client.get_partial_messageable(entry.channel, guild_id=entry.server)
            if entry.message is not None:
                self.message = self.channel.get_partial_message(entry.message)

    async def show(self, reply: Reply) -> bool:
        """Show how a training stands; return whether that took a new message.

        A message that is gone, or so old that it can be edited no more, is replaced by a new one.
        """
        if self.channel is None:
            return False
        try:
            if self.message is None:
                self.message = await self._send(self.channel, reply, self.question)
                return True
            return await self._edit(self.channel, self.message, reply)
        except UNREACHABLE as error:
            self._note(error)
            return False

    async def answer(self, reply: Reply, nonce: int | None = None) -> None:
        """Say something that members should notice, below the message that shows the training.

        Args:
            reply: what to say.
            nonce: by which Discord knows it again, for some minutes, if it is said twice.
        """
        if self.channel is None:
            return
        reference = self.message and discord.MessageReference(
            message_id=self.message.id,
            channel_id=self.channel.id,
            guild_id=self.entry.server,
            fail_if_not_exists=False,
        )
        try:
            await self._send(self.channel, reply, reference, nonce)
        except UNREACHABLE as error:
            self._note(error)

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
        with suppress(discord.HTTPException):
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

    def _note(self, error: Exception) -> None:
        # The channel may be gone, or the bot may not write there: the training goes on.
        status = getattr(error, "status", "")
        log.warning(
            "A training could not be shown: %s %s %s",
            type(error).__name__,
            status,
            getattr(error, "code", ""),
        )


def _channel_in(guild: discord.Guild, allowed: frozenset[int]) -> discord.TextChannel | None:
    """Return a channel to tell a server something in, where there is one that may be used."""
    first = [guild.system_channel] if guild.system_channel else []
    # Where none is named, no other than Discord's own for such notices.
    others = guild.text_channels if allowed else []
    for channel in (*first, *others):
        may_write = channel.permissions_for(guild.me).send_messages
        if may_write and is_among(channel, allowed):
            return channel
    return None


def _is_rare(event: Event) -> bool:
    return isinstance(event, Queued | Started | Compared)
