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
from bot.cogs.answers import Answers
from bot.delivery import persistent
from bot.errors import reply_to
from bot.formatting import for_discord
from engine import Engine

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

Context = commands.Context[commands.AutoShardedBot]


class Dinobard(commands.AutoShardedBot):
    """Routes what members write to the engine, and the engine's answers back.

    Args:
        engine: answers.
        api_url: REST address of a Discord-compatible server, or None for Discord itself.
        shard_count: shards in all processes together, or None for as many as Discord advises.
        shard_ids: those of this process, or None for all.
    """

    def __init__(
        self,
        engine: Engine,
        api_url: str | None = None,
        *,
        shard_count: int | None = None,
        shard_ids: Sequence[int] | None = None,
    ) -> None:
        # Not a word about libraries that only voice would need.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        intents = discord.Intents(guilds=True, messages=True, message_content=True)
        super().__init__(
            command_prefix=commands.when_mentioned_or("!"),
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
        self._engine = engine
        self._api_url = api_url
        if api_url:
            Route.BASE = api_url

    async def setup_hook(self) -> None:
        """Add the commands, once, before the connection is made."""
        await self.add_cog(Answers(self._engine))
        if self._api_url:
            # After an invalid session the library goes back to its default, which is Discord's.
            _, address, _ = await self.http.get_bot_gateway()
            DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(address)

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
            "Connected, serving %d servers with model %s", len(self.guilds), self._engine.model
        )

    async def on_command_error(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, ctx: Context, error: commands.CommandError
    ) -> None:
        """Answer errors that no action has turned into a reply."""
        if isinstance(error, commands.CommandNotFound):
            return
        cause = error.__cause__ if isinstance(error, commands.CommandInvokeError) else error
        if isinstance(cause, discord.HTTPException):
            # The answer could not be sent: the channel is gone, or the bot may not write there.
            log.warning("A reply could not be sent: %s %s", cause.status, cause.code)
            return
        reply = reply_to(cause if isinstance(cause, Exception) else error)
        await ctx.send(for_discord(reply))
