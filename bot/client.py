"""The bot's connection to Discord."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Sequence

import discord
import yarl
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot import gateway, metrics
from bot.asker import Asker
from bot.cogs.about import About
from bot.cogs.answers import Answers
from bot.cogs.privacy import Privacy
from bot.cogs.settings import Settings
from bot.cogs.training import Training
from bot.database import DatabaseError
from bot.delivery import persistent
from bot.house import House
from bot.manners import CoolingDownError, MannersError
from bot.refusals import NotHereError, asker_or_nobody, cause_of, names_of, nearest, refusal_of
from bot.replies import Reply
from bot.sending import Context, asker_of, send
from bot.server_settings import DEFAULTS, ServerSettings
from bot.slash import SlashTree
from bot.syncing import sync_commands
from bot.translating import SlashTexts
from bot.views import routing

log = logging.getLogger(__name__)

GRACE_SECONDS = 10.0
"""How long a client that is closed waits for what is being answered."""

_LEAST_NOTICE_SECONDS = 4.0
_HINT_SECONDS = 30.0
# A manager who has locked the bot up, or slowed it down, can always undo it.
_ALWAYS_ALLOWED = "settings"


class Dinobard(commands.AutoShardedBot):
    """Routes what members write to the actions, and their replies back.

    Args:
        house: what the actions work with.
        api_url: REST address of a Discord-compatible server, or None for Discord itself.
        shard_count: shards in all processes together, or None for as many as Discord advises.
        shard_ids: those of this process, or None for all.
        reads_messages: whether Discord lets the bot read messages that do not mention it; if not,
            commands with a prefix are not heard on servers.
    """

    def __init__(
        self,
        house: House,
        api_url: str | None = None,
        *,
        shard_count: int | None = None,
        shard_ids: Sequence[int] | None = None,
        reads_messages: bool = True,
    ) -> None:
        # Not a word about libraries that only voice would need.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        intents = discord.Intents(guilds=True, messages=True, message_content=reads_messages)
        super().__init__(
            command_prefix=_prefixes,
            intents=intents,
            allowed_mentions=discord.AllowedMentions.none(),
            help_command=None,
            tree_cls=SlashTree,
            case_insensitive=True,
            strip_after_prefix=True,
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
        self.add_check(self._check_place)
        self.before_invoke(self._enter)
        self.after_invoke(self._leave)
        self.house = house
        self._granting: dict[int, Asker] = {}
        self._api_url = api_url
        if api_url:
            Route.BASE = api_url

    async def setup_hook(self) -> None:
        """Add the commands, once, before the connection is made."""
        await self.add_cog(Answers(self.house))
        await self.add_cog(About(self.house))
        await self.add_cog(Settings(self.house))
        await self.add_cog(Privacy(self.house))
        await self.tree.set_translator(SlashTexts())
        await self.add_cog(Training(self, self.house))
        self.add_dynamic_items(routing(self.house))
        if self._api_url:
            # After an invalid session the library goes back to its default, which is Discord's.
            _, address, _ = await self.http.get_bot_gateway()
            DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(address)
        await sync_commands(self.tree, self.house.database)

    async def close(self) -> None:
        """Leave Discord, once what is being answered has been answered."""
        await gateway.finish_handlers(self.grace_seconds)
        await super().close()

    async def process_commands(self, message: discord.Message, /) -> None:
        """Do what a message asks for; who only mentions the bot is told what can be asked."""
        if message.author.bot:
            return
        ctx: Context = await self.get_context(message)
        if _mention_of(self).fullmatch(message.content):
            ctx.command = self.get_command("help")
        await self.invoke(ctx)

    async def _check_place(self, ctx: Context) -> bool:
        """Tell whether the bot may speak in a channel.

        Raises:
            NotHereError: it may not.
        """
        settings = await self.house.servers.of(ctx.guild.id if ctx.guild else None)
        if _root_of(ctx) == _ALWAYS_ALLOWED or _may_speak(ctx, settings):
            return True
        raise NotHereError

    async def _enter(self, ctx: Context) -> None:
        """Begin to grant a wish.

        Raises:
            CommandNotFound: a subcommand is misspelled.
            CommandInvokeError: the asker has to wait.
        """
        if _misspelled(ctx):
            raise commands.CommandNotFound
        if _root_of(ctx) == _ALWAYS_ALLOWED or ctx.message.id in self._granting:
            return
        asker = await asker_of(self.house, ctx)
        try:
            self.house.manners.enter(asker, await self.house.servers.of(asker.server))
        except MannersError as error:
            raise commands.CommandInvokeError(error) from error
        self._granting[ctx.message.id] = asker

    async def _leave(self, ctx: Context) -> None:
        """End what `_enter` began, if it did."""
        if asker := self._granting.pop(ctx.message.id, None):
            self.house.manners.leave(asker)
        name = ctx.command.qualified_name if ctx.command else ""
        metrics.dealt_with(name, "slash" if ctx.interaction else "prefix")

    async def on_ready(self) -> None:
        """Say that the bot is at work."""
        log.info("Connected, serving %d servers", len(self.guilds))

    async def on_command_error(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, ctx: Context, error: commands.CommandError
    ) -> None:
        """Answer errors that no action has turned into a reply."""
        if isinstance(error, commands.CommandNotFound):
            await self._suggest(ctx)
            return
        # discord.py calls the hook after a command only where a slash command went well.
        if asker := self._granting.pop(ctx.message.id, None):
            self.house.manners.leave(asker)
        cause = cause_of(error)
        if isinstance(cause, discord.HTTPException):
            # The answer could not be sent: the channel is gone, or the bot may not write there.
            log.warning("A reply could not be sent: %s %s", cause.status, cause.code)
            return
        if ctx.interaction is None and _is_passed_over(cause):
            return
        asker = await asker_or_nobody(self.house, ctx)
        name = ctx.command.qualified_name if ctx.command else "help"
        await _tell(ctx, refusal_of(cause, asker, name), _seconds_shown(cause))

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Delete what the server has that the bot was thrown out of; not after a mere outage."""
        for memory in self.house.memories:
            try:
                await memory.forget_server(guild.id)
            except (DatabaseError, OSError) as error:
                log.error("Server %d could not be forgotten: %s", guild.id, error)
        log.info("Removed from server %d; what it had is deleted", guild.id)

    async def _suggest(self, ctx: Context) -> None:
        """Name the command that was probably meant, once in a while."""
        name = _misspelled(ctx) or nearest(ctx.invoked_with or "", names_of(self.commands))
        settings = await self.house.servers.of(ctx.guild.id if ctx.guild else None)
        if name is None or not _may_speak(ctx, settings):
            return
        if self.house.manners.may_hint(ctx.channel.id):
            asker = await asker_of(self.house, ctx)
            await _tell(ctx, Reply(asker.texts("did-you-mean", command=name)), _HINT_SECONDS)


async def _tell(ctx: Context, reply: Reply, seconds: float | None) -> None:
    """Answer a command; in a channel that all read, only for so long."""
    try:
        sent = await send(ctx, reply)
    except discord.HTTPException as error:
        log.warning("A reply could not be sent: %s %s", error.status, error.code)
        return
    if seconds is not None and ctx.interaction is None:
        await sent.delete(delay=seconds)


def _misspelled(ctx: Context) -> str | None:
    """Return the full name of the subcommand that was probably meant, where there is none such."""
    group, word = ctx.command, ctx.subcommand_passed
    if not isinstance(group, commands.Group) or ctx.invoked_subcommand or not word:
        return None
    meant = nearest(word, names_of(group.commands))
    return f"{group.qualified_name} {meant}" if meant else None


def _root_of(ctx: Context) -> str:
    command = ctx.command and (ctx.command.root_parent or ctx.command)
    return command.name if command else ""


def _may_speak(ctx: Context, settings: ServerSettings) -> bool:
    # What may be said in a channel may be said in its threads.
    places = {ctx.channel.id, getattr(ctx.channel, "parent_id", None)}
    return not settings.channels or not settings.channels.isdisjoint(places)


def _is_passed_over(cause: Exception) -> bool:
    """Tell whether a message gets no answer: all would see it, and see it again and again."""
    is_repeated = isinstance(cause, MannersError) and cause.is_repeated
    return is_repeated or isinstance(cause, NotHereError)


def _seconds_shown(cause: Exception) -> float | None:
    if not isinstance(cause, MannersError):
        return None
    left = cause.seconds if isinstance(cause, CoolingDownError) else 0
    return max(left, _LEAST_NOTICE_SECONDS)


async def _prefixes(bot: commands.AutoShardedBot, message: discord.Message) -> list[str]:
    """Return what a message begins with that makes it a command, if anything."""
    settings = DEFAULTS
    if isinstance(bot, Dinobard):
        settings = await bot.house.servers.of(message.guild.id if message.guild else None)
    mention = _mention_of(bot).match(message.content)
    start = mention.end() if mention else 0
    end = start + len(settings.prefix)
    if _folded(message.content[start:end]) == _folded(settings.prefix):
        return [message.content[:end]]
    return [message.content[:start]] if mention else []


def _mention_of(bot: commands.AutoShardedBot) -> re.Pattern[str]:
    """Return what finds a mention of the bot, and spaces as a client puts them after it."""
    return re.compile(rf"<@!?{bot.user.id if bot.user else 0}>\s*")


def _folded(text: str) -> str:
    # Chinese keyboards have a wider exclamation mark; capitals come by themselves on phones.
    return unicodedata.normalize("NFKC", text).casefold()
