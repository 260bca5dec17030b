"""The bot's connection to Discord."""

from __future__ import annotations

import logging

import discord
import yarl
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.cogs.answers import Answers
from bot.errors import reply_to
from bot.formatting import for_discord
from engine import Engine

log = logging.getLogger(__name__)

Context = commands.Context[commands.AutoShardedBot]


class Dinobard(commands.AutoShardedBot):
    """Routes what members write to the engine, and the engine's answers back.

    Args:
        engine: answers.
        api_url: REST address of a Discord-compatible server, or None for Discord itself.
    """

    def __init__(self, engine: Engine, api_url: str | None = None) -> None:
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
        )
        self._engine = engine
        self._api_url = api_url
        if api_url:
            Route.BASE = api_url

    async def setup_hook(self) -> None:
        """Add the commands, once, before the connection is made."""
        await self.add_cog(Answers(self._engine))
        if self._api_url:
            # After an invalid session the library goes back to its default, which is Discord's.
            _, gateway, _ = await self.http.get_bot_gateway()
            DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)

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
