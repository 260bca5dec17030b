"""Dinosaur names on Discord."""

from __future__ import annotations

import logging
import time

import discord
from discord.ext import commands

from bot.actions import perform
from bot.formatting import for_discord
from engine import Engine

log = logging.getLogger(__name__)

Context = commands.Context[commands.AutoShardedBot]


class Dino(commands.Cog):
    """Invents dinosaurs."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @commands.command()
    async def dino(self, ctx: Context, *, wish: str = "") -> None:
        """Invent dinosaur names."""
        await self._answer(ctx, "dino", wish)

    @commands.command()
    async def help(self, ctx: Context, *, topic: str = "") -> None:
        """Say what can be asked."""
        await self._answer(ctx, "help", topic)

    async def _answer(self, ctx: Context, name: str, arguments: str) -> None:
        began = time.perf_counter()
        reply = await perform(name, self._engine, arguments)
        log.info("%s took %.0f ms", name, 1_000 * (time.perf_counter() - began))
        # The question may have been deleted meanwhile: the answer is then sent on its own.
        question = discord.MessageReference.from_message(ctx.message, fail_if_not_exists=False)
        await ctx.send(for_discord(reply), reference=question)
