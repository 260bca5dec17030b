"""Dinosaurs and poems on Discord."""

from __future__ import annotations

import logging
import time

from discord.ext import commands

from bot import actions
from bot.house import House
from bot.sending import Context, asker_of, replace, send

log = logging.getLogger(__name__)


class Answers(commands.Cog):
    """Invents dinosaurs and writes poems."""

    def __init__(self, house: House) -> None:
        self._house = house

    @commands.hybrid_command()
    async def dino(self, ctx: Context, *, wish: str = "") -> None:
        """Invent dinosaur names."""
        await self._answer(ctx, "dino", wish)

    @commands.hybrid_command()
    async def poem(self, ctx: Context, *, first_line: str = "") -> None:
        """Continue a first line into a poem."""
        async with ctx.typing():
            await self._answer(ctx, "poem", first_line)

    async def _answer(self, ctx: Context, name: str, arguments: str) -> None:
        began = time.perf_counter()
        asker = await asker_of(self._house, ctx)
        first = actions.notice(name, self._house, asker)
        sent = await send(ctx, first) if first else None
        reply = await actions.perform(name, self._house, asker, arguments)
        log.info("%s took %.0f ms", name, 1_000 * (time.perf_counter() - began))
        if sent and await replace(sent, reply):
            return
        await send(ctx, reply)
