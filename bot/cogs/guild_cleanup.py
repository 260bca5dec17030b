"""What becomes of servers that have removed the bot, on Discord."""

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
    """Deletes what a server has that has removed the bot: at once, or a day after it was missed.

    A removal while no shard listens is not told of. So the servers that Discord lists when a
    session begins are compared with those that the bot was in.
    """

    def __init__(self, bot: commands.AutoShardedBot, services: Services) -> None:
        self._bot = bot
        self._services = services
        # Those listed when the session began, those that have come since, without those gone.
        self._guilds: dict[Shard, set[int]] = {}
        # Two that delete the same files at once get into each other's way.
        self._checking = asyncio.Lock()

    @property
    def _application(self) -> int:
        return cast(int, self._bot.application_id)  # Known since the login.

    async def cog_load(self) -> None:
        """Begin to look for servers that stay away."""
        self._check_now_and_then.start()

    async def cog_unload(self) -> None:
        """Leave the servers that stay away to the next start."""
        self._check_now_and_then.cancel()

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Say how much is left alone because another bot may still be there."""
        with _or_later():
            if count := await self._services.guilds.of_others(self._application):
                log.info("Servers of other applications, left as they are: %d", count)

    @commands.Cog.listener()
    async def on_guild_list(self, number: int, count: int, guilds: Collection[int]) -> None:
        """Miss the servers that a new session does not have."""
        shard = Shard(self._application, number, count)
        self._guilds[shard] = set(guilds)
        with _or_later():
            await self._compare(shard)

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Note a new server, or one that has come back."""
        for shard, guilds in self._guilds.items():
            if shard.has(guild.id):
                guilds.add(guild.id)
                with _or_later():
                    await self._compare(shard)
                return

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Delete what the server has that the bot was thrown out of; not after a mere outage."""
        for guilds in self._guilds.values():
            guilds.discard(guild.id)
        if await self._forget(guild.id):
            log.info("Removed from server %d; what it had is deleted", guild.id)

    @tasks.loop(hours=1)
    async def _check_now_and_then(self) -> None:
        await self.check()

    @_check_now_and_then.before_loop
    async def _wait(self) -> None:
        await self._bot.wait_until_ready()

    async def check(self) -> None:
        """Forget the servers that have been missing for a day on a shard that is connected."""
        async with self._checking:
            with _or_later():
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
            log.info("Servers missing on shard %d that were there before: %d", shard.number, missed)

    async def _forget_missing(self, guild: int) -> None:
        if await self._is_gone(guild) and await self._forget(guild):
            log.info("Server %d has removed the bot unseen; what it had is deleted", guild)
            return
        log.warning("Missing server %d is not forgotten yet; tried again in a day", guild)
        await self._services.guilds.defer(guild)

    async def _is_gone(self, guild: int) -> bool:
        """Ask for the server by itself: the list may have come incomplete."""
        try:
            await self._bot.fetch_guild(guild, with_counts=False)
        except discord.HTTPException as error:
            return error.code in (_UNKNOWN_GUILD, _MISSING_ACCESS)
        except (aiohttp.ClientError, OSError):
            return False
        return False

    async def _forget(self, guild: int) -> bool:
        """Delete all that a server has; what could not be deleted is missed, and tried again."""
        is_forgotten = True
        for memory in self._services.erasables:
            try:
                await memory.forget_guild(guild)
            except (DatabaseError, OSError) as error:
                is_forgotten = False
                log.error("Server %d could not be forgotten: %s", guild, error)
        if is_forgotten:
            with _or_later():
                await self._services.guilds.remove(guild)
        return is_forgotten


@contextmanager
def _or_later() -> Generator[None]:
    try:
        yield
    except DatabaseError as error:
        log.error("Which servers are left is looked at in the next hour: %s", error)
