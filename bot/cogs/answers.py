"""Dinosaurs and poems on Discord."""

from __future__ import annotations

import logging
import time

import discord
from discord.ext import commands

from bot import actions
from bot.formatting import for_discord
from engine import Engine

log = logging.getLogger(__name__)

Context = commands.Context[commands.AutoShardedBot]


class Answers(commands.Cog):
    """Invents dinosaurs and writes poems."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @commands.command()
    async def dino(self, ctx: Context, *, wish: str = "") -> None:
        """Invent dinosaur names."""
        await self._answer(ctx, "dino", wish)

    @commands.command()
    async def poem(self, ctx: Context, *, first_line: str = "") -> None:
        """Continue a first line into a poem."""
        async with ctx.typing():
            await self._answer(ctx, "poem", first_line)

    @commands.command()
    async def help(self, ctx: Context, *, topic: str = "") -> None:
        """Say what can be asked."""
        await self._answer(ctx, "help", topic)

    async def _answer(self, ctx: Context, name: str, arguments: str) -> None:
        began = time.perf_counter()
        # The question may have been deleted meanwhile: the answer is then sent on its own.
        question = discord.MessageReference.from_message(ctx.message, fail_if_not_exists=False)
        sent: discord.Message | None = None
        if first := actions.notice(name, self._engine):
            sent = await ctx.send(for_discord(first), reference=question)
        content = for_discord(await actions.perform(name, self._engine, arguments))
        log.info("%s took %.0f ms", name, 1_000 * (time.perf_counter() - began))
        if sent and await _replaced(sent, content):
            return
        await ctx.send(content, reference=question, suppress_embeds=True)


async def _replaced(notice: discord.Message, content: str) -> bool:
    """Put an answer in the place of a notice, unless that has been deleted meanwhile."""
    try:
        await notice.edit(content=content, suppress=True)
    except discord.NotFound:
        return False
    return True
