"""Sends replies: typing and deferral while they are made, first responses, edits, follow-ups."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import discord

from bot.client.channel_permissions import formats_for, formats_in, permissions_in
from bot.client.context import Context, Interaction, context_of
from bot.client.rendering import edit_of, message_of
from bot.client.retries import UNREACHABLE
from bot.context import RequestContext
from bot.features import attempt
from bot.replies import Reply
from bot.services import Services

# Discord allows three seconds for a first response.
_DEFER_SECONDS = 1.0
_TYPING_AFTER_SECONDS = 1.0
# Discord shows it for ten.
_TYPING_SECONDS = 5.0

_THINKING = discord.InteractionResponseType.deferred_channel_message
_IS_ANSWERED = "is answered"


async def answer(
    services: Services,
    ctx: Context,
    action: Callable[[Services, RequestContext], Awaitable[Reply]],
    *,
    is_slow: bool = False,
    is_private: bool = False,
) -> None:
    """Answer a command with the reply of an action; its errors become replies."""
    async with in_progress(services, ctx, is_slow=is_slow, is_private=is_private):
        context = await context_of(services, ctx)
        reply = await attempt(context, lambda: action(services, context))
    await send(ctx, reply)


async def send(ctx: Context, reply: Reply) -> discord.Message:
    """Send a reply: to a message with a reference to it, to a slash command as its response."""
    if ctx.interaction:
        return await respond(ctx.interaction, reply)
    arguments = message_of(reply, formats_in(ctx.channel))
    if permissions_in(ctx.channel).read_message_history:
        # The message may have been deleted meanwhile: the answer is sent without a reference.
        question = discord.MessageReference.from_message(ctx.message, fail_if_not_exists=False)
        arguments["reference"] = question
    return await ctx.send(**arguments)


async def respond(interaction: Interaction, reply: Reply) -> discord.Message:
    """Answer an interaction in a way that can be repeated, and so arrives once.

    That is its first response, or an edit of "is thinking...", which keeps the visibility of the
    deferral. Only a second answer is a follow-up.
    """
    response, formats = interaction.response, formats_for(interaction)
    if not response.is_done():
        sent = await response.send_message(**message_of(reply, formats), ephemeral=reply.is_private)
        message = sent.resource
        is_included = isinstance(message, discord.InteractionMessage)
        return message if is_included else await interaction.original_response()
    if response.type is _THINKING and not interaction.extras.get(_IS_ANSWERED):
        message = await interaction.edit_original_response(**edit_of(reply, formats))
        interaction.extras[_IS_ANSWERED] = True
        return message
    return await interaction.followup.send(
        **message_of(reply, formats), ephemeral=reply.is_private, wait=True
    )


async def replace(sent: discord.Message, reply: Reply) -> bool:
    """Put a reply in the place of a notice; return False if that has been deleted."""
    try:
        await sent.edit(**edit_of(reply, formats_in(sent.channel)))
    except discord.NotFound:
        return False
    return True


def note_shown(services: Services, reply: Reply, message: discord.Message) -> None:
    """Record which message shows an answer, which is deleted along with it."""
    if reply.number is not None:
        services.answers.shown(reply.number, message.id)


@asynccontextmanager
async def in_progress(
    services: Services, ctx: Context, *, is_slow: bool, is_private: bool = False
) -> AsyncGenerator[None]:
    """Show that an answer is being made, and defer a slash command in time.

    A quick answer to a slash command is its first response, which may be ephemeral.

    Args:
        services: have the budget of refused requests.
        ctx: of the command.
        is_slow: whether to show typing after a prefix, which takes a request.
        is_private: whether a deferred answer is ephemeral as well.
    """
    if ctx.interaction:
        async with deferred_in_time(ctx.interaction, ephemeral=is_private):
            yield
    elif is_slow and not services.invalid_requests.is_exhausted:
        typing = asyncio.create_task(_type(ctx))
        try:
            yield
        finally:
            typing.cancel()
            await asyncio.wait({typing})
    else:
        yield


@asynccontextmanager
async def deferred_in_time(
    interaction: Interaction, *, thinking: bool = True, ephemeral: bool = False
) -> AsyncGenerator[None]:
    """Defer the response to an interaction if the block takes long."""
    made = asyncio.Event()
    deferring = asyncio.create_task(_defer(interaction, made, thinking, ephemeral))
    try:
        yield
    finally:
        made.set()
        await deferring


async def _type(ctx: Context) -> None:
    # A request to Discord costs as much as the answer: a quick one goes without.
    await asyncio.sleep(_TYPING_AFTER_SECONDS)
    while True:
        with suppress(*UNREACHABLE):
            await ctx.channel.typing()
        await asyncio.sleep(_TYPING_SECONDS)


async def _defer(
    interaction: Interaction, made: asyncio.Event, thinking: bool, ephemeral: bool
) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(_DEFER_SECONDS):
            await made.wait()
    if not made.is_set() and not interaction.response.is_done():
        await interaction.response.defer(thinking=thinking, ephemeral=ephemeral)
