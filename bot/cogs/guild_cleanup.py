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

from bot.services import House
from bot.storage.database import DatabaseError
from bot.storage.guilds import Shard

log = logging.getLogger(__name__)

_UNKNOWN_GUILD = 10004
_MISSING_ACCESS = 50001


class Removals(commands.Cog):
    """Deletes what a server has that has removed the bot: at once, or a day after it was missed.

    A removal while no shard listens is not told of. So the servers that Discord lists when a
    session begins are compared with those that the bot was in.
    """

    def __init__(self, bot: commands.AutoShardedBot, house: House) -> None:
        self._bot = bot
        self._house = house
        # Those listed when the session began, those that have come since, without those gone.
        self._servers: dict[Shard, set[int]] = {}
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
            if count := await self._house.memberships.of_others(self._application):
                log.info("Servers of other applications, left as they are: %d", count)

    @commands.Cog.listener()
    async def on_server_list(self, number: int, count: int, servers: Collection[int]) -> None:
        """Miss the servers that a new session does not have."""
        shard = Shard(self._application, number, count)
        self._servers[shard] = set(servers)
        with _or_later():
            await self._compare(shard)

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Note a new server, or one that has come back."""
        for shard, servers in self._servers.items():
            if shard.has(guild.id):
                servers.add(guild.id)
                with _or_later():
                    await self._compare(shard)
                return

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Delete what the server has that the bot was thrown out of; not after a mere outage."""
        for servers in self._servers.values():
            servers.discard(guild.id)
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
                for shard in tuple(self._servers):
                    await self._check_shard(shard)

    async def _check_shard(self, shard: Shard) -> None:
        connection = self._bot.get_shard(shard.number)
        if connection is None or connection.is_closed():
            return
        await self._compare(shard)
        for server in await self._house.memberships.missing(shard):
            await self._forget_missing(server)

    async def _compare(self, shard: Shard) -> None:
        missed = await self._house.memberships.compare(shard, self._servers[shard])
        if missed:
            log.info("Servers missing on shard %d that were there before: %d", shard.number, missed)

    async def _forget_missing(self, server: int) -> None:
        if await self._is_gone(server) and await self._forget(server):
            log.info("Server %d has removed the bot unseen; what it had is deleted", server)
            return
        log.warning("Missing server %d is not forgotten yet; tried again in a day", server)
        await self._house.memberships.defer(server)

    async def _is_gone(self, server: int) -> bool:
        """Ask for the server by itself: the list may have come incomplete."""
        try:
            await self._bot.fetch_guild(server, with_counts=False)
        except discord.HTTPException as error:
            return error.code in (_UNKNOWN_GUILD, _MISSING_ACCESS)
        except (aiohttp.ClientError, OSError):
            return False
        return False

    async def _forget(self, server: int) -> bool:
        """Delete all that a server has; what could not be deleted is missed, and tried again."""
        is_forgotten = True
        for memory in self._house.memories:
            try:
                await memory.forget_server(server)
            except (DatabaseError, OSError) as error:
                is_forgotten = False
                log.error("Server %d could not be forgotten: %s", server, error)
        if is_forgotten:
            with _or_later():
                await self._house.memberships.remove(server)
        return is_forgotten


@contextmanager
def _or_later() -> Generator[None]:
    try:
        yield
    except DatabaseError as error:
        log.error("Which servers are left is looked at in the next hour: %s", error)
