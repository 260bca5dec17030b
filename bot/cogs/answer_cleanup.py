"""Deletes stored answers: old ones, and those whose message was deleted."""

from __future__ import annotations

import logging
from collections.abc import Set

import discord
from discord.ext import commands, tasks

from bot.services import Services
from bot.storage.database import DatabaseError

log = logging.getLogger(__name__)


class AnswerCleanupCog(commands.Cog):
    """Deletes answers that are old, or not shown any more."""

    def __init__(self, _bot: commands.AutoShardedBot, services: Services) -> None:
        self._answers = services.answers

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
