"""Deletes the data of guilds that have removed the bot."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Generator
from contextlib import contextmanager
from typing import cast

import aiohttp
import discord
from discord.ext import commands, tasks

from bot.services import Services
from bot.storage.database import DatabaseError
from bot.storage.guilds import Shard

log = logging.getLogger(__name__)

_UNKNOWN_GUILD = 10004
_MISSING_ACCESS = 50001


class GuildCleanupCog(commands.Cog):
    """Deletes the data of a guild a day after it removed the bot, or was found missing.

    Within that day it can invite the bot again, and finds everything as it was.

    No event tells of a removal while no shard is connected. So the guilds that Discord lists when
    a session begins are compared with those that the bot was in.
    """

    def __init__(self, bot: commands.AutoShardedBot, services: Services) -> None:
        self._bot = bot
        self._services = services
        # Listed when the session began or joined since, without those left.
        self._guilds: dict[Shard, set[int]] = {}
        # Two checks must not delete the same files at once.
        self._checking = asyncio.Lock()

    @property
    def _application(self) -> int:
        return cast(int, self._bot.application_id)  # Known since the login.

    async def cog_load(self) -> None:
        """Check for missing guilds from now on, every hour."""
        self._check_now_and_then.start()

    async def cog_unload(self) -> None:
        """Leave missing guilds to the next start."""
        self._check_now_and_then.cancel()

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Log how many guilds of other applications are kept."""
        with _logged_errors():
            if count := await self._services.guilds.of_others(self._application):
                log.info("Guilds of other applications, kept: %d", count)

    @commands.Cog.listener()
    async def on_guild_list(self, number: int, count: int, guilds: Collection[int]) -> None:
        """Compare the guilds of a new session with the stored ones."""
        shard = Shard(self._application, number, count)
        self._guilds[shard] = set(guilds)
        with _logged_errors():
            await self._compare(shard)

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Store a guild that is new or has come back."""
        for shard, guilds in self._guilds.items():
            if shard.has(guild.id):
                guilds.add(guild.id)
                with _logged_errors():
                    await self._compare(shard)
                return

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Miss a guild that has removed the bot; an outage is no removal."""
        for shard, guilds in self._guilds.items():
            if shard.has(guild.id):
                guilds.discard(guild.id)
                with _logged_errors():
                    await self._services.guilds.miss(shard, guild.id)
                log.info("Removed from guild %d; its data is deleted in a day", guild.id)
                return

    @tasks.loop(hours=1)
    async def _check_now_and_then(self) -> None:
        await self.check()

    @_check_now_and_then.before_loop
    async def _wait(self) -> None:
        await self._bot.wait_until_ready()

    async def check(self) -> None:
        """Delete the data of guilds that have been missing for a day on a connected shard."""
        async with self._checking:
            with _logged_errors():
                for shard in tuple(self._guilds):
                    await self._check_shard(shard)

    async def _check_shard(self, shard: Shard) -> None:
        connection = self._bot.get_shard(shard.number)
        if connection is None or connection.is_closed():
            return
        await self._compare(shard)
        for guild in await self._services.guilds.missing(shard):
            await self._forget_missing(guild)

    async def _compare(self, shard: Shard) -> None:
        missed = await self._services.guilds.compare(shard, self._guilds[shard])
        if missed:
            log.info("Guilds missing on shard %d: %d", shard.number, missed)

    async def _forget_missing(self, guild: int) -> None:
        if await self._is_gone(guild) and await self._forget(guild):
            log.info("Guild %d removed the bot a day ago; its data is deleted", guild)
            return
        log.warning("Missing guild %d is kept; next check in a day", guild)
        await self._services.guilds.defer(guild)

    async def _is_gone(self, guild: int) -> bool:
        """Fetch the guild: the list may have been incomplete."""
        try:
            await self._bot.fetch_guild(guild, with_counts=False)
        except discord.HTTPException as error:
            return error.code in (_UNKNOWN_GUILD, _MISSING_ACCESS)
        except (aiohttp.ClientError, OSError):
            return False
        return False

    async def _forget(self, guild: int) -> bool:
        """Delete all data of a guild; what fails is retried as of a missing guild."""
        is_forgotten = True
        for store in self._services.erasables:
            try:
                await store.forget_guild(guild)
            except (DatabaseError, OSError) as error:
                is_forgotten = False
                log.error("The data of guild %d could not be deleted: %s", guild, error)
        if is_forgotten:
            with _logged_errors():
                await self._services.guilds.remove(guild)
        return is_forgotten


@contextmanager
def _logged_errors() -> Generator[None]:
    try:
        yield
    except DatabaseError as error:
        log.error("Missing guilds are checked in the next hour: %s", error)
