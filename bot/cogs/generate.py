"""Dinosaurs and poems on Discord."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Set
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands, tasks

from bot import features
from bot.client.buttons import number_of_answer
from bot.client.converters import DinoConverter, PoemConverter
from bot.client.responses import Context, answer, context_of, note_shown, on_its_way, replace, send
from bot.context import RequestContext
from bot.features import dino, explain, poem
from bot.features.etymology import beginnings
from bot.observability import requests
from bot.replies import Reply
from bot.services import Services
from bot.storage.database import DatabaseError

log = logging.getLogger(__name__)


class GenerateCog(commands.Cog):
    """Invents dinosaurs and writes poems."""

    def __init__(self, services: Services) -> None:
        self._services = services
        # Set when the message that asks is gone, by its number.
        self._asking: dict[int, asyncio.Event] = {}

    async def cog_load(self) -> None:
        """Begin to forget old answers."""
        self._prune.start()

    async def cog_unload(self) -> None:
        """Leave old answers to the next start."""
        self._prune.cancel()

    @commands.hybrid_command()
    async def dino(self, ctx: Context, *, options: DinoConverter) -> None:
        """Invent dinosaur names."""

        async def invent(context: RequestContext) -> Reply:
            return await dino.generate(self._services, context, options.options(ctx))

        await self._answer(ctx, "dino", invent)

    @dino.autocomplete("beginning")
    async def _complete_beginning(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        context = await context_of(self._services, interaction)
        found = await asyncio.to_thread(beginnings, typed, context.locale)
        return [app_commands.Choice(name=label, value=letters) for letters, label in found]

    @commands.hybrid_command()
    async def poem(self, ctx: Context, *, options: PoemConverter) -> None:
        """Continue a first line into a poem."""

        async def write(context: RequestContext) -> Reply:
            return await poem.write(self._services, context, options.options(ctx))

        await self._answer(ctx, "poem", write)

    @commands.hybrid_command()
    async def how(self, ctx: Context) -> None:
        """Say how an answer came about: the one you reply to, or the last one here."""
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
        gone = self._asking[ctx.message.id] = asyncio.Event()
        try:
            await self._answer_unless(gone, ctx, name, action)
        finally:
            del self._asking[ctx.message.id]

    async def _answer_unless(
        self,
        gone: asyncio.Event,
        ctx: Context,
        name: str,
        action: Callable[[RequestContext], Awaitable[Reply]],
    ) -> None:
        context = await context_of(self._services, ctx)
        first = features.notice(name, self._services, context)
        sent = await send(ctx, first) if first else None
        async with on_its_way(ctx, is_slow=name == "poem"):
            example = features.EXAMPLES.get(name, "")
            making = features.attempt(context, lambda: action(context), example)
            reply = await _made_unless(gone, making)
        if reply is None:
            requests.cancelled()
            if sent:
                await sent.delete()
            return
        if reply.is_refusal:
            self._services.cooldowns.reset(context)
        if not (sent and await replace(sent, reply)):
            sent = await send(ctx, reply)
        note_shown(self._services, reply, sent)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, deleted: discord.RawMessageDeleteEvent) -> None:
        """Give up what a message asked for that is gone, and forget the answer that it showed."""
        await self._forget({deleted.message_id})

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, deleted: discord.RawBulkMessageDeleteEvent) -> None:
        """The same for many messages."""
        await self._forget(deleted.message_ids)

    async def _forget(self, messages: Set[int]) -> None:
        for number in messages & self._asking.keys():
            self._asking[number].set()
        try:
            await self._services.answers.forget_shown(messages)
        except DatabaseError as error:
            log.error("The answers of deleted messages are kept until they are old: %s", error)

    @tasks.loop(hours=1)
    async def _prune(self) -> None:
        try:
            await self._services.answers.prune()
        except DatabaseError as error:
            log.error("Old answers are kept for another hour: %s", error)


async def _made_unless(gone: asyncio.Event, making: Coroutine[Any, Any, Reply]) -> Reply | None:
    """Return what is being made, or nothing where the message that asks for it is gone."""
    made, given_up = asyncio.create_task(making), asyncio.create_task(gone.wait())
    try:
        await asyncio.wait({made, given_up}, return_when=asyncio.FIRST_COMPLETED)
        return made.result() if made.done() else None
    finally:
        made.cancel()
        given_up.cancel()
