"""The bot's connection to Discord."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

import discord
import yarl
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot import gateway, metrics, telemetry
from bot.cogs.about import About
from bot.cogs.answers import Answers
from bot.delivery import persistent
from bot.errors import reply_to
from bot.house import House
from bot.sending import Context, asker_of, send
from bot.server_settings import DEFAULTS
from bot.syncing import sync_commands

log = logging.getLogger(__name__)

PERMISSIONS = (
    "view_channel",
    "send_messages",
    "embed_links",
    "attach_files",
    "read_message_history",
)
"""All that the bot needs on a server; the link that `dinobard invite` prints asks for them."""

GRACE_SECONDS = 10.0
"""How long a client that is closed waits for what is being answered."""


class Dinobard(commands.AutoShardedBot):
    """Routes what members write to the actions, and their replies back.

    Args:
        house: what the actions work with.
        api_url: REST address of a Discord-compatible server, or None for Discord itself.
        shard_count: shards in all processes together, or None for as many as Discord advises.
        shard_ids: those of this process, or None for all.
    """

    def __init__(
        self,
        house: House,
        api_url: str | None = None,
        *,
        shard_count: int | None = None,
        shard_ids: Sequence[int] | None = None,
    ) -> None:
        # Not a word about libraries that only voice would need.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        intents = discord.Intents(guilds=True, messages=True, message_content=True)
        super().__init__(
            command_prefix=_prefixes,
            intents=intents,
            allowed_mentions=discord.AllowedMentions.none(),
            help_command=None,
            case_insensitive=True,
            # Members are not needed, and a server of a hundred thousand has many.
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            shard_count=shard_count,
        )
        self.shard_ids = None if shard_ids is None else list(shard_ids)
        self.grace_seconds = GRACE_SECONDS
        gateway.guard(self._connection.parsers)
        self.http.request = persistent(self.http.request)
        self.after_invoke(self._count)
        self.house = house
        self._api_url = api_url
        if api_url:
            Route.BASE = api_url

    async def setup_hook(self) -> None:
        """Add the commands, once, before the connection is made."""
        await self.add_cog(Answers(self.house))
        await self.add_cog(About(self.house))
        if self._api_url:
            # After an invalid session the library goes back to its default, which is Discord's.
            _, address, _ = await self.http.get_bot_gateway()
            DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(address)
        await sync_commands(self.tree, self.house.database)

    async def close(self) -> None:
        """Leave Discord, once what is being answered has been answered."""
        await gateway.finish_handlers(self.grace_seconds)
        await super().close()

    async def _count(self, ctx: Context) -> None:
        name = ctx.command.qualified_name if ctx.command else ""
        seconds = time.perf_counter() - telemetry.current().began
        metrics.REQUESTS.labels(name, "slash" if ctx.interaction else "prefix").inc()
        metrics.REQUEST_SECONDS.labels(name).observe(seconds)

    async def on_ready(self) -> None:
        """Say that the bot is at work."""
        log.info(
            "Connected, serving %d servers with model %s", len(self.guilds), self.house.engine.model
        )

    async def on_command_error(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, ctx: Context, error: commands.CommandError
    ) -> None:
        """Answer errors that no action has turned into a reply."""
        if isinstance(error, commands.CommandNotFound):
            return
        cause = _cause_of(error)
        if isinstance(cause, discord.HTTPException):
            # The answer could not be sent: the channel is gone, or the bot may not write there.
            log.warning("A reply could not be sent: %s %s", cause.status, cause.code)
            return
        asker = await asker_of(self.house, ctx)
        await send(ctx, reply_to(cause, asker.texts))


async def _prefixes(bot: commands.AutoShardedBot, message: discord.Message) -> list[str]:
    """Return what a command may begin with: what the server has set, or a mention of the bot."""
    settings = DEFAULTS
    if isinstance(bot, Dinobard):
        settings = await bot.house.servers.of(message.guild.id if message.guild else None)
    return commands.when_mentioned_or(settings.prefix)(bot, message)


def _cause_of(error: Exception) -> Exception:
    """Return what lies below the library's wrappings of an error."""
    while isinstance(
        error,
        commands.CommandInvokeError
        | commands.HybridCommandError
        | discord.app_commands.CommandInvokeError,
    ):
        error = error.original
    return error
