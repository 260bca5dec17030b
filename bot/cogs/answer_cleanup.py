"""Deletes stored answers: old ones, and those whose message, channel or thread was deleted."""

from __future__ import annotations

import logging
from collections.abc import Set

import discord
from discord.ext import commands, tasks

from bot.bounded_dict import BoundedDict
from bot.services import Services
from bot.storage.database import DatabaseError

log = logging.getLogger(__name__)

_MOST_THREADS = 10_000


class AnswerCleanupCog(commands.Cog):
    """Deletes answers that are old, or not shown any more."""

    def __init__(self, _bot: commands.AutoShardedBot, services: Services) -> None:
        self._answers = services.answers
        # By thread: an archived one is not in the library's cache when its channel is deleted.
        self._channels = BoundedDict[int, int](_MOST_THREADS)

    async def cog_load(self) -> None:
        """Delete old answers from now on, every hour."""
        self._prune.start()

    async def cog_unload(self) -> None:
        """Leave old answers to the next start."""
        self._prune.cancel()

    @commands.Cog.listener()
    async def on_raw_message_delete(self, deleted: discord.RawMessageDeleteEvent) -> None:
        """Delete the answer that a deleted message has shown."""
        await self._forget({deleted.message_id})

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, deleted: discord.RawBulkMessageDeleteEvent) -> None:
        """Delete the answers that deleted messages have shown."""
        await self._forget(deleted.message_ids)

    @commands.Cog.listener()
    async def on_raw_thread_update(self, updated: discord.RawThreadUpdateEvent) -> None:
        """Note the channel of a thread."""
        self._channels[updated.thread_id] = updated.parent_id

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, deleted: discord.RawThreadDeleteEvent) -> None:
        """Delete the answers in a deleted thread, also one that goes with its channel."""
        await self._forget_channel(deleted.thread_id)

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, deleted: discord.abc.GuildChannel) -> None:
        """Delete the answers in a deleted channel and its threads."""
        threads = [thread for thread, parent in self._channels.items() if parent == deleted.id]
        for channel in (deleted.id, *threads):
            await self._forget_channel(channel)

    async def _forget_channel(self, channel: int) -> None:
        self._channels.pop(channel, None)
        try:
            await self._answers.forget_channel(channel)
        except DatabaseError as error:
            log.error("The answers of a deleted channel are kept until they are old: %s", error)

    async def _forget(self, messages: Set[int]) -> None:
        try:
            await self._answers.forget_shown(messages)
        except DatabaseError as error:
            log.error("The answers of deleted messages are kept until they are old: %s", error)

    @tasks.loop(hours=1)
    async def _prune(self) -> None:
        try:
            await self._answers.prune()
        except DatabaseError as error:
            log.error("Old answers are kept for another hour: %s", error)
