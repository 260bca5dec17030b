"""The Discord client: dispatches messages and interactions to the cogs."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.bounded_dict import BoundedDict
from bot.client import events, internals
from bot.client.buttons import dynamic_item
from bot.client.channel_permissions import (
    MissingPermissionError,
    obstacle_in,
    obstacle_of,
    require_sending,
)
from bot.client.checks import NotHereError, check_channel
from bot.client.command_translator import SlashTexts
from bot.client.context import Context, context_of, context_or_anonymous
from bot.client.errors import cause_of, reason_of, refusal_of
from bot.client.private_notices import PrivateNotices
from bot.client.responses import send
from bot.client.retries import (
    UNREACHABLE,
    RetryingAdapter,
    counting_trace,
    give_up,
    with_retries,
)
from bot.client.send_budget import SendBudget
from bot.client.suggestions import misspelled, suggestion
from bot.client.sync import CommandSync
from bot.client.tree import SlashTree
from bot.config import REQUESTS_PER_SECOND
from bot.exceptions import CooldownError, CoolingDownError
from bot.observability import requests
from bot.observability.invalid_requests import WINDOW_SECONDS
from bot.replies import Reply
from bot.services import Services
from bot.storage.database import DatabaseError
from bot.storage.guild_settings import DEFAULTS, GuildSettings
from engine.errors import OverloadedError
from engine.families import FAMILIES
from engine.text.characters import normalize

log = logging.getLogger(__name__)

GRACE_SECONDS = 10.0
"""How long `Dinobard.close` waits for running requests."""

_LEAST_NOTICE_SECONDS = 4.0
_HINT_SECONDS = 30.0
_WRITTEN = (discord.MessageType.default, discord.MessageType.reply)
_UNKNOWN = "unknown"
_MOST_CHANNELS = 10_000
_WITHOUT_COOLDOWN = frozenset({"help", "privacy"})

# `get_prefix` reads them, `get_context` passes them on within the same task.
_settings: ContextVar[GuildSettings | None] = ContextVar("settings", default=None)


class Dinobard(commands.AutoShardedBot):
    """Dispatches messages and interactions to the features, and sends their replies.

    Args:
        services: passed to the features.
        api_url: see `Config`, also for the shards.
        cogs: makers of the cogs, called with the client and the services.
        reads_messages: whether Discord lets the bot read messages that do not mention it; if not,
            commands with a prefix do not work in guilds.
        requests_per_second: what Discord allows the bot, in all processes together.
    """

    def __init__(
        self,
        services: Services,
        api_url: str | None = None,
        *,
        cogs: Sequence[Callable[[Dinobard, Services], commands.Cog]],
        shard_count: int | None = None,
        shard_ids: Sequence[int] | None = None,
        reads_messages: bool = True,
        requests_per_second: int = REQUESTS_PER_SECOND,
    ) -> None:
        internals.silence_voice()
        super().__init__(
            command_prefix=DEFAULTS.prefix,
            intents=discord.Intents(guilds=True, messages=True, message_content=reads_messages),
            allowed_mentions=discord.AllowedMentions.none(),
            help_command=None,
            # Installed by a user, it would be used in guilds that never invited it.
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
            allowed_contexts=app_commands.AppCommandContext(
                guild=True, dm_channel=True, private_channel=False
            ),
            tree_cls=SlashTree,
            case_insensitive=True,
            strip_after_prefix=True,
            # Members are not needed, and a guild may have a hundred thousand.
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            shard_count=shard_count,
            http_trace=counting_trace(services.invalid_requests),
        )
        self.shard_ids = None if shard_ids is None else list(shard_ids)
        self.grace_seconds = GRACE_SECONDS
        parsers = internals.parsers_of(self)
        events.skip_bad_events(parsers)
        events.announce_guilds(parsers, self.dispatch)
        share = len(shard_ids) / shard_count if shard_ids and shard_count else 1.0
        self.send_budget = SendBudget(share * requests_per_second)
        internals.send_through(self, lambda send: with_retries(self.send_budget.counting(send)))
        # Where the bot may not answer, nothing is counted that it would send.
        self.add_check(self._check_channel)
        self.add_check(self._check_budget)
        self.before_invoke(self._acquire)
        self.after_invoke(self._release)
        self.services = services
        self._refused_at = BoundedDict[int, float](_MOST_CHANNELS)
        self._notices = PrivateNotices(services.invalid_requests)
        self._cog_makers = cogs
        # Discord allows few registrations a day: of several processes one makes it.
        registers = shard_ids is None or 0 in shard_ids
        self.command_sync = CommandSync(self.tree, services.database, registers=registers)
        self._syncing: asyncio.Task[None] | None = None
        self._api_url = api_url
        if api_url:
            internals.use_api(api_url)

    async def setup_hook(self) -> None:
        """Add the commands, once, before the gateway connection is made."""
        internals.answer_through(RetryingAdapter())
        await self.tree.set_translator(SlashTexts())
        for make_cog in self._cog_makers:
            await self.add_cog(make_cog(self, self.services))
        self.add_dynamic_items(dynamic_item(self.services))
        if self._api_url:
            await internals.find_gateway(self)

    async def on_guild_list(self, *_: object) -> None:
        """Register the slash commands once there is a session: that may wait for hours."""
        if self._syncing is None:
            self._syncing = asyncio.create_task(self.command_sync.run())

    async def close(self) -> None:
        """Finish running requests, then disconnect."""
        if self._syncing:
            self._syncing.cancel()
            await asyncio.wait({self._syncing})
        await events.finish_handlers(self.grace_seconds)
        await super().close()

    async def get_prefix(self, message: discord.Message, /) -> list[str]:
        """Return the prefix that a message begins with, if any: the guild's, or a mention."""
        try:
            settings = await self.services.guild_settings.of(
                message.guild.id if message.guild else None
            )
        except DatabaseError:
            # A command with the default prefix is answered with this error.
            settings = None
        _settings.set(settings)
        prefix = (settings or DEFAULTS).prefix
        mention = self._mention.match(message.content)
        start = mention.end() if mention else 0
        end = start + len(prefix)
        if _folded(message.content[start:end]) == _folded(prefix):
            return [message.content[:end]]
        return [message.content[:start]] if mention else []

    async def get_context(
        self, origin: discord.Message | discord.Interaction[Any], /, *, cls: Any = Context
    ) -> Any:
        """Return a `Context`, with the guild's settings where they were read for the prefix."""
        ctx = await super().get_context(origin, cls=cls)
        if isinstance(origin, discord.Message):
            ctx.settings = _settings.get()
        return ctx

    async def process_commands(self, message: discord.Message, /) -> None:
        """Run the command of a message; a mention alone shows the help."""
        # Discord itself posts in the name of members: of threads that they open, of pins.
        if message.author.bot or message.type not in _WRITTEN:
            return
        ctx: Context = await self.get_context(message)
        if self._mention.fullmatch(message.content):
            ctx.command = self.get_command("help")
        try:
            await self.invoke(ctx)
        finally:
            if ctx.is_admitted:
                self.send_budget.release(ctx.channel.id)

    @property
    def _mention(self) -> re.Pattern[str]:
        """A mention of the bot, and the spaces that clients add after it."""
        return re.compile(rf"<@!?{self.user.id if self.user else 0}>\s*")

    async def _check_budget(self, ctx: Context) -> bool:
        """Shed a message that could not be answered in time, before any work is done for it."""
        if not (ctx.interaction or ctx.is_admitted or _is_exempt(ctx)):
            with _reported_errors():
                self.send_budget.admit(ctx.author.id, ctx.channel.id)
            ctx.is_admitted = True
        return True

    async def _check_channel(self, ctx: Context) -> bool:
        if not _is_exempt(ctx):
            with _reported_errors():
                await check_channel(self.services, ctx)
        if ctx.interaction is None:
            require_sending(ctx.channel)
            self._check_refusals(ctx.channel.id)
        return True

    def _check_refusals(self, channel: int) -> None:
        """Leave out answers, too, where Discord refuses them, once it has refused too many."""
        refused_at = self._refused_at.get(channel)
        if refused_at is None or not self.services.invalid_requests.is_exhausted:
            return
        if time.monotonic() < refused_at + WINDOW_SECONDS:
            raise MissingPermissionError(channel, "send-messages")

    async def _acquire(self, ctx: Context) -> None:
        """Take a cooldown slot before a command is run."""
        if ctx.subcommand_passed and misspelled(ctx):
            raise commands.CommandNotFound
        if _is_exempt(ctx) or _root_of(ctx) in _WITHOUT_COOLDOWN or ctx.holds_slot:
            return
        is_generation = _root_of(ctx) in FAMILIES
        with _reported_errors():
            context = await context_of(self.services, ctx)
            self.services.cooldowns.acquire(context, is_generation=is_generation)
        ctx.holds_slot = True

    async def _release(self, ctx: Context) -> None:
        if ctx.holds_slot:
            ctx.holds_slot = False
            self.services.cooldowns.release(await context_of(self.services, ctx))

    async def on_ready(self) -> None:
        """Log that the bot is connected."""
        log.info("Connected, serving %d servers", len(self.guilds))

    async def on_command(self, ctx: Context) -> None:
        """Log the start of a typed command; `SlashTree` logs slash commands."""
        if ctx.interaction is None:
            requests.began(_name_of(ctx), "prefix")

    async def on_command_completion(self, ctx: Context) -> None:
        """Log the end of a typed command without an error."""
        if ctx.interaction:
            return
        if ctx.command_failed:
            # discord.py takes a cancelled command for a complete one.
            requests.failed()
        requests.ended(_name_of(ctx), "prefix")

    async def on_command_error(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, ctx: Context, error: commands.CommandError
    ) -> None:
        """Answer errors that no feature has turned into a reply."""
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
        # discord.py calls `_release` only where a slash command succeeded.
        if ctx.holds_slot:
            await self._release(ctx)
            self.services.cooldowns.reset(await context_of(self.services, ctx))
        if isinstance(cause, UNREACHABLE):
            give_up(cause)
            if isinstance(cause, discord.Forbidden):
                self._refused_at[ctx.channel.id] = time.monotonic()
            if obstacle := obstacle_of(cause):
                await self._tell_privately(ctx, MissingPermissionError(ctx.channel.id, obstacle))
            return
        if ctx.interaction is None and isinstance(cause, MissingPermissionError):
            await self._tell_privately(ctx, cause)
            return
        if ctx.interaction is None and (_is_silent(cause) or not self._may_refuse(ctx, cause)):
            requests.refused(reason_of(cause))
            return
        context = await context_or_anonymous(self.services, ctx)
        notice = refusal_of(cause, context, _name_of(ctx))
        await self._send_notice(ctx, notice, _seconds_shown(cause))

    async def _tell_privately(self, ctx: Context, error: MissingPermissionError) -> None:
        """Tell the member, once in a while, why there is no answer to their message."""
        context = await context_or_anonymous(self.services, ctx)
        reply = refusal_of(error, context, _name_of(ctx))
        await self._notices.send(ctx.author, context.guild or 0, reply)

    async def _send_notice(self, ctx: Context, reply: Reply, seconds: float | None) -> None:
        """Send a reply, and delete it after some seconds where it answers a message."""
        is_optional = seconds is not None and ctx.interaction is None
        if is_optional and self.services.invalid_requests.is_exhausted:
            return
        try:
            sent = await send(ctx, reply)
        except UNREACHABLE as error:
            give_up(error)
            return
        if is_optional:
            await sent.delete(delay=seconds)

    def _may_refuse(self, ctx: Context, cause: Exception) -> bool:
        is_busy = isinstance(cause, OverloadedError)
        return self.send_budget.may_refuse(ctx.channel.id, is_busy=is_busy)

    async def _suggest(self, ctx: Context) -> None:
        """Name the command that was probably meant, once in a while in a channel."""
        name = suggestion(ctx, self.commands)
        if name is None or (ctx.interaction is None and obstacle_in(ctx.channel)):
            return
        try:
            await check_channel(self.services, ctx)
        except NotHereError:
            return
        cooldowns, channel = self.services.cooldowns, ctx.channel.id
        if cooldowns.may_hint(channel) and self.send_budget.may_refuse(channel, is_busy=False):
            context = await context_of(self.services, ctx)
            requests.refused("unknown-command")
            reply = Reply(context.texts("did-you-mean", command=name))
            await self._send_notice(ctx, reply, _HINT_SECONDS)
            requests.ended(_UNKNOWN, "prefix")


@contextmanager
def _reported_errors() -> Generator[None]:
    """Wrap our errors so that discord.py passes them to `on_command_error`."""
    try:
        yield
    except (DatabaseError, CooldownError, OverloadedError) as error:
        raise commands.CommandInvokeError(error) from error


def _name_of(ctx: Context) -> str:
    return ctx.command.qualified_name if ctx.command else _UNKNOWN


def _is_exempt(ctx: Context) -> bool:
    """Tell whether no check applies: a manager can always undo a setting."""
    is_manager = ctx.permissions.manage_guild or ctx.interaction is not None
    return _root_of(ctx) == "settings" and is_manager


def _root_of(ctx: Context) -> str:
    command = ctx.command and (ctx.command.root_parent or ctx.command)
    return command.name if command else ""


def _is_silent(cause: Exception) -> bool:
    """Tell whether a message gets no reply, which all would see, again and again."""
    is_repeated = isinstance(cause, CooldownError) and cause.is_repeated
    return is_repeated or isinstance(cause, NotHereError)


def _seconds_shown(cause: Exception) -> float | None:
    if not isinstance(cause, CooldownError):
        return None
    left = cause.seconds if isinstance(cause, CoolingDownError) else 0
    return max(left, _LEAST_NOTICE_SECONDS)


def _folded(text: str) -> str:
    # Chinese keyboards have a wider exclamation mark; phones capitalise by themselves.
    return normalize("NFKC", text).casefold()
