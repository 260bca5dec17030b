"""The bot's connection to Discord."""

from __future__ import annotations

import logging

import discord
import yarl
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.cogs.about import About
from bot.cogs.answers import Answers
from bot.cogs.training import Training
from bot.errors import reply_to
from bot.house import House
from bot.sending import Context, asker_of, send
from bot.server_settings import DEFAULTS
from bot.syncing import sync_commands
from bot.views import routing

log = logging.getLogger(__name__)


class Dinobard(commands.AutoShardedBot):
    """Routes what members write to the actions, and their replies back.

    Args:
        house: what the actions work with.
        api_url: REST address of a Discord-compatible server, or None for Discord itself.
    """

    def __init__(self, house: House, api_url: str | None = None) -> None:
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
        )
        self.house = house
        self._api_url = api_url
        if api_url:
            Route.BASE = api_url

    async def setup_hook(self) -> None:
        """Add the commands, once, before the connection is made."""
        await self.add_cog(Answers(self.house))
        await self.add_cog(About(self.house))
        await self.add_cog(Training(self, self.house))
        self.add_dynamic_items(routing(self.house))
        if self._api_url:
            # After an invalid session the library goes back to its default, which is Discord's.
            _, gateway, _ = await self.http.get_bot_gateway()
            DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
        await sync_commands(self.tree, self.house.database)

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
