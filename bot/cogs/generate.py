"""`dino`, `poem` and `how`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Set
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot import features
from bot.client.bot import Dinobard
from bot.client.buttons import number_of_answer
from bot.client.context import Context, Interaction, context_of
from bot.client.converters import DinoConverter, PoemConverter
from bot.client.responses import answer, in_progress, note_shown, replace, send
from bot.context import RequestContext
from bot.features import dino, explain, poem
from bot.features.etymology import beginnings
from bot.observability import requests
from bot.replies import Reply
from bot.services import Services
from engine.families import FAMILIES, FamilyName


class GenerateCog(commands.Cog):
    """Commands that generate names and poems, and explain them."""

    def __init__(self, bot: Dinobard, services: Services) -> None:
        self._bot = bot
        self._services = services
        # By the id of the message that made the request, set when that is deleted.
        self._deleted: dict[int, asyncio.Event] = {}

    async def cog_load(self) -> None:
        """Add the commands of further model families."""
        for command in self._family_commands():
            self._bot.add_command(command)

    @commands.hybrid_command()
    async def dino(self, ctx: Context, *, options: DinoConverter) -> None:
        """Make up dinosaur names."""

        async def generate(context: RequestContext) -> Reply:
            return await dino.generate(self._services, context, options.options(ctx))

        await self._answer(ctx, "dino", generate)

    @dino.autocomplete("beginning")
    async def _complete_beginning(
        self, interaction: Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        context = await context_of(self._services, interaction)
        found = beginnings(typed, context.locale)
        return [app_commands.Choice(name=label, value=letters) for letters, label in found]

    @commands.hybrid_command()
    async def poem(self, ctx: Context, *, options: PoemConverter) -> None:
        """Continue a first line into a poem."""

        async def write(context: RequestContext) -> Reply:
            return await poem.write(self._services, context, options.options(ctx))

        await self._answer(ctx, "poem", write)

    def _family_commands(self) -> Iterator[commands.Command[Any, ..., Any]]:
        """Yield a prefix command for each further family of models that answers names."""
        for family in FAMILIES.values():
            if family.answers == "names" and family.name != "dino":
                yield self._family_command(family.name)

    def _family_command(self, family: FamilyName) -> commands.Command[Any, ..., Any]:
        @commands.command(name=family)
        async def command(ctx: Context, *, options: DinoConverter) -> None:
            async def act(context: RequestContext) -> Reply:
                return await dino.generate(self._services, context, options.options(ctx), family)

            await self._answer(ctx, family, act)

        return command

    @commands.hybrid_command()
    async def how(self, ctx: Context) -> None:
        """Show how my last answer here was made."""
        number = number_of_answer(ctx.message, ctx.me.id)

        async def act(services: Services, context: RequestContext) -> Reply:
            if number:
                return await explain.explain(services, context, number)
            how = explain.unknown if ctx.message.reference else explain.explain_latest
            return await how(services, context, "")

        await answer(self._services, ctx, act, is_private=True)

    async def _answer(
        self, ctx: Context, name: str, action: Callable[[RequestContext], Awaitable[Reply]]
    ) -> None:
        deleted = self._deleted[ctx.message.id] = asyncio.Event()
        try:
            await self._answer_unless(deleted, ctx, name, action)
        finally:
            del self._deleted[ctx.message.id]

    async def _answer_unless(
        self,
        deleted: asyncio.Event,
        ctx: Context,
        name: str,
        action: Callable[[RequestContext], Awaitable[Reply]],
    ) -> None:
        context = await context_of(self._services, ctx)
        first = features.notice(name, self._services, context)
        sent = await send(ctx, first) if first else None
        async with in_progress(self._services, ctx, is_slow=name == "poem"):
            example = features.EXAMPLES.get(name, "")
            making = features.attempt(context, lambda: action(context), example)
            reply = await _made_unless(deleted, making)
        if reply is None:
            requests.cancelled()
            if sent:
                await sent.delete()
            return
        if reply.is_refusal:
            self._services.cooldowns.reset(context)
            is_shed = not (ctx.interaction or sent) and not self._bot.send_budget.may_refuse(
                ctx.channel.id, is_busy=reply.is_busy
            )
            if is_shed:
                return
        if not (sent and await replace(sent, reply)):
            sent = await send(ctx, reply)
        note_shown(self._services, reply, sent)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, deleted: discord.RawMessageDeleteEvent) -> None:
        """Cancel the request of a deleted message."""
        self._cancel({deleted.message_id})

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, deleted: discord.RawBulkMessageDeleteEvent) -> None:
        """Cancel the requests of deleted messages."""
        self._cancel(deleted.message_ids)

    def _cancel(self, messages: Set[int]) -> None:
        for number in messages & self._deleted.keys():
            self._deleted[number].set()


async def _made_unless(deleted: asyncio.Event, making: Coroutine[Any, Any, Reply]) -> Reply | None:
    """Return the reply, or None where the message that asks for it is deleted before."""
    made, given_up = asyncio.create_task(making), asyncio.create_task(deleted.wait())
    try:
        await asyncio.wait({made, given_up}, return_when=asyncio.FIRST_COMPLETED)
        return made.result() if made.done() else None
    finally:
        made.cancel()
        given_up.cancel()
