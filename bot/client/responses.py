"""A reply as a message of Discord's."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import discord
from discord.ext import commands

from bot.client.formatting import escape, for_discord, visible
from bot.client.limits import fit_limits
from bot.client.retries import UNREACHABLE
from bot.context import RequestContext
from bot.features import attempt
from bot.i18n.texts import locale_of
from bot.replies import Attachment, Button, Reply
from bot.services import Services

log = logging.getLogger(__name__)

Context = commands.Context[commands.AutoShardedBot]

# Of the three seconds that Discord gives for a first response.
_DEFER_SECONDS = 1.0
# Of the ten for which Discord shows it.
_TYPING_SECONDS = 5.0

_THINKING = discord.InteractionResponseType.deferred_channel_message
_IS_ANSWERED = "is answered"

_COLOUR = discord.Colour(0x57A773)
_STYLES = {
    "plain": discord.ButtonStyle.secondary,
    "good": discord.ButtonStyle.success,
    "bad": discord.ButtonStyle.danger,
}


async def context_of(
    services: Services, source: Context | discord.Interaction[Any]
) -> RequestContext:
    """Return who asks by a command or a button, and where.

    Raises:
        DatabaseError: the settings of the server cannot be read.
    """
    interaction = source.interaction if isinstance(source, commands.Context) else source
    person = source.author if isinstance(source, commands.Context) else source.user
    guild = source.guild.id if source.guild else None
    settings = await services.guild_settings.of(guild)
    own = str(interaction.locale) if interaction else None
    common = str(source.guild.preferred_locale) if source.guild else None
    is_member = isinstance(person, discord.Member)
    return RequestContext(
        user=person.id,
        guild=guild,
        channel=source.channel.id if source.channel else 0,
        locale=locale_of(settings.locale, own, common),
        is_manager=source.permissions.manage_guild if guild else True,
        allows_indecent=settings.allows_indecent and _is_adult(source.channel),
        is_moderator=source.permissions.manage_messages if guild else True,
        roles=frozenset(role.id for role in person.roles) if is_member else frozenset(),
        prefix=settings.prefix,
        is_owner=person.id in _owners(source),
    )


def _owners(source: Context | discord.Interaction[Any]) -> frozenset[int]:
    client = source.bot if isinstance(source, commands.Context) else source.client
    application = client.application
    if application is None:
        return frozenset()
    team = application.team
    if team is None:
        return frozenset({application.owner.id})
    return frozenset({person.id for person in team.members if _may_develop(person)})


def _may_develop(person: discord.TeamMember) -> bool:
    """Tell whether a member of the team has come, and for more than to look on."""
    has_come = person.membership_state is discord.TeamMembershipState.accepted
    is_owner = person.id == person.team.owner_id
    return has_come and (is_owner or person.role is not discord.TeamMemberRole.read_only)


def message_of(reply: Reply) -> dict[str, Any]:
    """Return a reply as arguments of `send`: nothing in it formats, links or mentions."""
    reply = fit_limits(reply)
    arguments: dict[str, Any] = {}
    if reply.title or reply.fields or reply.footer:
        arguments["embed"] = _embed(reply)
    else:
        arguments |= {"content": for_discord(reply), "suppress_embeds": True}
    if reply.buttons:
        arguments["view"] = buttons_of(reply.buttons)
    if reply.attachments:
        arguments["files"] = [_file(picture) for picture in reply.attachments]
    return arguments


def edit_of(reply: Reply) -> dict[str, Any]:
    """Return a reply as arguments that put it in the place of another."""
    arguments = message_of(reply)
    arguments.pop("suppress_embeds", None)
    files = arguments.pop("files", [])
    return {"content": None, "embed": None, "view": None, "attachments": files, **arguments}


def buttons_of(buttons: tuple[Button, ...]) -> discord.ui.View:
    """Return buttons that are answered by their custom ids alone, by whichever process is there."""
    view = discord.ui.View(timeout=None)
    for button in buttons:
        if button.style == "link":
            link = discord.ui.Button[discord.ui.View](label=button.label, url=button.custom_id)
            view.add_item(link)
            continue
        view.add_item(
            discord.ui.Button[discord.ui.View](
                label=button.label, custom_id=button.custom_id, style=_STYLES[button.style]
            )
        )
    # What happens is found by the custom id: the view itself need not be remembered.
    view.stop()
    return view


@asynccontextmanager
async def on_its_way(
    ctx: Context, *, is_slow: bool, is_private: bool = False
) -> AsyncGenerator[None]:
    """Show that an answer is being made, and keep a slash command from running out of time.

    A quick answer to a slash command is its first response, and so may be for the asker alone.

    Args:
        ctx: the command.
        is_slow: whether that is worth a request of its own after a prefix.
        is_private: whether an answer that takes its time is for the asker alone as well.
    """
    if ctx.interaction:
        async with deferred_in_time(ctx.interaction, ephemeral=is_private):
            yield
    elif is_slow:
        async with _typing_beside(ctx):
            yield
    else:
        yield


@asynccontextmanager
async def _typing_beside(ctx: Context) -> AsyncGenerator[None]:
    """Show that the bot is typing; the work neither waits for that nor fails with it."""
    typing = asyncio.create_task(_type(ctx))
    try:
        yield
    finally:
        typing.cancel()
        await asyncio.wait({typing})


@asynccontextmanager
async def deferred_in_time(
    interaction: discord.Interaction[Any], *, thinking: bool = True, ephemeral: bool = False
) -> AsyncGenerator[None]:
    """Tell Discord to wait for the answer to an interaction where it takes its time.

    Args:
        interaction: what is to be answered.
        thinking: whether the answer is a message of its own, not a change of the one with a button.
        ephemeral: whether it will then be for the asker alone.
    """
    made = asyncio.Event()
    deferring = asyncio.create_task(_defer(interaction, made, thinking, ephemeral))
    try:
        yield
    finally:
        made.set()
        await deferring


async def answer(
    services: Services,
    ctx: Context,
    action: Callable[[Services, RequestContext], Awaitable[Reply]],
    *,
    is_slow: bool = False,
    is_private: bool = False,
) -> None:
    """Answer a command by what an action replies; whatever goes wrong in it becomes a reply.

    Args:
        services: what to work with.
        ctx: the command.
        action: makes the reply.
        is_slow: whether to show after a prefix that it is being made.
        is_private: whether an answer to a slash command that takes its time is for the asker alone.

    Raises:
        DatabaseError: the settings of the server cannot be read.
    """
    async with on_its_way(ctx, is_slow=is_slow, is_private=is_private):
        context = await context_of(services, ctx)
        reply = await attempt(context, lambda: action(services, context))
    await send(ctx, reply)


async def send(ctx: Context, reply: Reply) -> discord.Message:
    """Answer a command: a prefix command with a reference to it, a slash command in its place."""
    if ctx.interaction:
        return await respond(ctx.interaction, reply)
    arguments = message_of(reply)
    # The question may have been deleted meanwhile: the answer is then sent on its own.
    question = discord.MessageReference.from_message(ctx.message, fail_if_not_exists=False)
    return await ctx.send(**arguments, reference=question)


async def respond(interaction: discord.Interaction[Any], reply: Reply) -> discord.Message:
    """Answer an interaction in a way that can be repeated, and so arrives once.

    That is its first response, or what takes the place of "is thinking..."; Discord lets all read
    the latter where it was deferred for all, a refusal as well. Only a second answer is a
    follow-up.
    """
    response = interaction.response
    if not response.is_done():
        sent = await response.send_message(**message_of(reply), ephemeral=reply.is_private)
        message = sent.resource
        is_told = isinstance(message, discord.InteractionMessage)
        return message if is_told else await interaction.original_response()
    if response.type is _THINKING and not interaction.extras.get(_IS_ANSWERED):
        message = await interaction.edit_original_response(**edit_of(reply))
        interaction.extras[_IS_ANSWERED] = True
        return message
    return await interaction.followup.send(
        **message_of(reply), ephemeral=reply.is_private, wait=True
    )


def note_shown(services: Services, reply: Reply, message: discord.Message) -> None:
    """Note which message shows an answer: it is forgotten when that is deleted."""
    if reply.number is not None:
        services.answers.shown(reply.number, message.id)


async def replace(sent: discord.Message, reply: Reply) -> bool:
    """Put an answer in the place of a notice; False where that has been deleted meanwhile."""
    try:
        await sent.edit(**edit_of(reply))
    except discord.NotFound:
        return False
    return True


async def _type(ctx: Context) -> None:
    while True:
        with suppress(*UNREACHABLE):
            await ctx.channel.typing()
        await asyncio.sleep(_TYPING_SECONDS)


async def _defer(
    interaction: discord.Interaction[Any], made: asyncio.Event, thinking: bool, ephemeral: bool
) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(_DEFER_SECONDS):
            await made.wait()
    if not made.is_set() and not interaction.response.is_done():
        await interaction.response.defer(thinking=thinking, ephemeral=ephemeral)


def _file(picture: Attachment) -> discord.File:
    return discord.File(
        io.BytesIO(picture.content), picture.name, description=picture.description or None
    )


def _is_adult(channel: object) -> bool:
    # Direct messages and groups are not marked, one way or the other.
    is_nsfw: Callable[[], bool] | None = getattr(channel, "is_nsfw", None)
    return is_nsfw is not None and is_nsfw()


def _embed(reply: Reply) -> discord.Embed:
    card = discord.Embed(title=escape(reply.title) or None, description=escape(reply.text))
    card.colour = _COLOUR
    for field in reply.fields:
        card.add_field(name=escape(field.name), value=escape(field.value), inline=False)
    if reply.footer:
        card.set_footer(text=visible(reply.footer))
    return card
