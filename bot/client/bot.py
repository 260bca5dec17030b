"""The bot's connection to Discord."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress

import discord
import yarl
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.http import Route
from discord.webhook.async_ import async_context

from bot.client import events
from bot.client.buttons import routing
from bot.client.checks import NotHereError, check_place, may_speak
from bot.client.command_translator import SlashTexts
from bot.client.errors import (
    cause_of,
    context_or_anonymous,
    names_of,
    nearest,
    reason_of,
    refusal_of,
)
from bot.client.responses import Context, context_of, send
from bot.client.retries import UNREACHABLE, RetryingAdapter, give_up, with_retries
from bot.client.sync import sync_commands
from bot.client.tree import SlashTree
from bot.cogs.about import AboutCog
from bot.cogs.generate import GenerateCog
from bot.cogs.guild_cleanup import GuildCleanupCog
from bot.cogs.privacy import PrivacyCog
from bot.cogs.settings import SettingsCog
from bot.cogs.training import TrainingCog
from bot.context import RequestContext
from bot.cooldowns import CooldownError, CoolingDownError
from bot.observability import requests
from bot.replies import Reply
from bot.services import Services
from bot.storage.database import DatabaseError
from bot.storage.guild_settings import DEFAULTS
from engine.families import FAMILIES

log = logging.getLogger(__name__)

GRACE_SECONDS = 10.0
"""How long a client that is closed waits for what is being answered."""

_LEAST_NOTICE_SECONDS = 4.0
_HINT_SECONDS = 30.0
_WRITTEN = (discord.MessageType.default, discord.MessageType.reply)
_UNKNOWN = "unknown"


class Dinobard(commands.AutoShardedBot):
    """Routes what members write to the actions, and their replies back.

    Args:
        services: what the actions work with.
        api_url: REST address of a Discord-compatible server, or None for Discord itself.
        shard_count: shards in all processes together, or None for as many as Discord advises.
        shard_ids: those of this process, or None for all.
        reads_messages: whether Discord lets the bot read messages that do not mention it; if not,
            commands with a prefix are not heard on servers.
    """

    def __init__(
        self,
        services: Services,
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
        events.skip_bad_events(self._connection.parsers)
        events.announce_guilds(self._connection.parsers, self.dispatch)
        self.http.request = with_retries(self.http.request)
        self.add_check(self._check_place)
        self.before_invoke(self._enter)
        self.after_invoke(self._leave)
        self.services = services
        self._active: dict[int, RequestContext] = {}
        self._api_url = api_url
        if api_url:
            Route.BASE = api_url

    async def setup_hook(self) -> None:
        """Add the commands, once, before the connection is made."""
        # For this task, and all that handle what it will hear.
        async_context.set(RetryingAdapter())
        await self.add_cog(generate := GenerateCog(self.services))
        for command in generate.family_commands():
            self.add_command(command)
        await self.add_cog(AboutCog(self.services))
        await self.add_cog(SettingsCog(self.services))
        await self.add_cog(PrivacyCog(self.services))
        await self.tree.set_translator(SlashTexts())
        await self.add_cog(TrainingCog(self, self.services))
        await self.add_cog(GuildCleanupCog(self, self.services))
        self.add_dynamic_items(routing(self.services))
        if self._api_url:
            # After an invalid session the library goes back to its default, which is Discord's.
            _, address, _ = await self.http.get_bot_gateway()
            DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(address)
        # Discord allows few registrations a day: of several processes one makes it.
        if self.shard_ids is None or 0 in self.shard_ids:
            await sync_commands(self.tree, self.services.database)

    async def close(self) -> None:
        """Leave Discord, once what is being answered has been answered."""
        await events.finish_handlers(self.grace_seconds)
        await super().close()

    async def process_commands(self, message: discord.Message, /) -> None:
        """Do what a message asks for; who only mentions the bot is told what can be asked."""
        # Discord itself speaks in the name of members: of threads that they open, of pins.
        if message.author.bot or message.type not in _WRITTEN:
            return
        ctx: Context = await self.get_context(message)
        if _mention_of(self).fullmatch(message.content):
            ctx.command = self.get_command("help")
        await self.invoke(ctx)

    async def _check_place(self, ctx: Context) -> bool:
        """Tell whether the bot may speak in a channel.

        Raises:
            NotHereError: it may not.
            CommandInvokeError: the settings of the server cannot be read.
        """
        if not _is_exempt(ctx):
            with reported_errors():
                await check_place(self.services, ctx)
        return True

    async def _enter(self, ctx: Context) -> None:
        """Begin to grant a wish.

        Raises:
            CommandNotFound: a subcommand is misspelled.
            CommandInvokeError: the asker has to wait, or the settings of the server cannot be read.
        """
        if _misspelled(ctx):
            raise commands.CommandNotFound
        if _is_exempt(ctx) or ctx.message.id in self._active:
            return
        with reported_errors():
            context = await context_of(self.services, ctx)
            settings = await self.services.guild_settings.of(context.guild)
            self.services.cooldowns.acquire(
                context, settings, is_generation=_root_of(ctx) in FAMILIES
            )
        self._active[ctx.message.id] = context

    async def _leave(self, ctx: Context) -> None:
        """End what `_enter` began, if it did."""
        if context := self._active.pop(ctx.message.id, None):
            self.services.cooldowns.release(context)

    async def on_ready(self) -> None:
        """Say that the bot is at work."""
        log.info("Connected, serving %d servers", len(self.guilds))

    async def on_command(self, ctx: Context) -> None:
        """Note that a command has come; those by slash `SlashTree` notes."""
        if ctx.interaction is None:
            requests.began(_name_of(ctx), "prefix")

    async def on_command_completion(self, ctx: Context) -> None:
        """Enter a command that no error has ended; those by slash `SlashTree` enters."""
        if ctx.interaction:
            return
        if ctx.command_failed:
            # discord.py takes it for complete where it was cancelled.
            requests.failed()
        requests.ended(_name_of(ctx), "prefix")

    async def on_command_error(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, ctx: Context, error: commands.CommandError
    ) -> None:
        """Answer errors that no action has turned into a reply."""
        if isinstance(error, commands.CommandNotFound):
            await self._suggest(ctx)
            if ctx.command:
                requests.refused("misspelled")
                requests.ended(_name_of(ctx), "prefix")
            return
        try:
            await self._refuse(ctx, cause_of(error))
        finally:
            requests.ended(_name_of(ctx), "slash" if ctx.interaction else "prefix")

    async def _refuse(self, ctx: Context, cause: Exception) -> None:
        # discord.py calls the hook after a command only where a slash command went well.
        if context := self._active.pop(ctx.message.id, None):
            self.services.cooldowns.release(context)
            self.services.cooldowns.reset(context)
        if isinstance(cause, UNREACHABLE):
            give_up(cause)
            return
        if ctx.interaction is None and _is_passed_over(cause):
            requests.refused(reason_of(cause))
            return
        context = await context_or_anonymous(self.services, ctx)
        await _tell(ctx, refusal_of(cause, context, _name_of(ctx)), _seconds_shown(cause))

    async def _suggest(self, ctx: Context) -> None:
        """Name the command that was probably meant, once in a while."""
        name = _misspelled(ctx) or nearest(ctx.invoked_with or "", names_of(self.commands))
        if name is None or not await may_speak(self.services, ctx):
            return
        if self.services.cooldowns.may_hint(ctx.channel.id):
            context = await context_of(self.services, ctx)
            requests.refused("unknown-command")
            await _tell(ctx, Reply(context.texts("did-you-mean", command=name)), _HINT_SECONDS)
            requests.ended(_UNKNOWN, "prefix")


@contextmanager
def reported_errors() -> Generator[None]:
    """Pass on to `on_command_error` what discord.py would take for an error of its own."""
    try:
        yield
    except (DatabaseError, CooldownError) as error:
        raise commands.CommandInvokeError(error) from error


async def _tell(ctx: Context, reply: Reply, seconds: float | None) -> None:
    """Answer a command; in a channel that all read, only for so long."""
    try:
        sent = await send(ctx, reply)
    except UNREACHABLE as error:
        give_up(error)
        return
    if seconds is not None and ctx.interaction is None:
        await sent.delete(delay=seconds)


def _name_of(ctx: Context) -> str:
    return ctx.command.qualified_name if ctx.command else _UNKNOWN


def _misspelled(ctx: Context) -> str | None:
    """Return the full name of the subcommand that was probably meant, where there is none such."""
    group, word = ctx.command, ctx.subcommand_passed
    if not isinstance(group, commands.Group) or ctx.invoked_subcommand or not word:
        return None
    meant = nearest(word, names_of(group.commands))
    return f"{group.qualified_name} {meant}" if meant else None


def _is_exempt(ctx: Context) -> bool:
    """Tell whether no rule holds: a manager who has locked up the bot can always undo it."""
    return _root_of(ctx) == "settings" and ctx.permissions.manage_guild


def _root_of(ctx: Context) -> str:
    command = ctx.command and (ctx.command.root_parent or ctx.command)
    return command.name if command else ""


def _is_passed_over(cause: Exception) -> bool:
    """Tell whether a message gets no answer: all would see it, and see it again and again."""
    is_repeated = isinstance(cause, CooldownError) and cause.is_repeated
    return is_repeated or isinstance(cause, NotHereError)


def _seconds_shown(cause: Exception) -> float | None:
    if not isinstance(cause, CooldownError):
        return None
    left = cause.seconds if isinstance(cause, CoolingDownError) else 0
    return max(left, _LEAST_NOTICE_SECONDS)


async def _prefixes(bot: commands.AutoShardedBot, message: discord.Message) -> list[str]:
    """Return what a message begins with that makes it a command, if anything."""
    settings = DEFAULTS
    if isinstance(bot, Dinobard):
        # Where they cannot be read, whoever asks in the usual way is told so.
        with suppress(DatabaseError):
            settings = await bot.services.guild_settings.of(
                message.guild.id if message.guild else None
            )
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
