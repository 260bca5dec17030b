"""What the bot tells about itself, on Discord."""

from __future__ import annotations

from discord.ext import commands

from bot import actions
from bot.house import House
from bot.sending import Context, asker_of, send


class About(commands.Cog):
    """Says what can be asked."""

    def __init__(self, house: House) -> None:
        self._house = house

    @commands.hybrid_command()
    async def help(self, ctx: Context, *, topic: str = "") -> None:
        """Say what can be asked."""
        asker = await asker_of(self._house, ctx)
        await send(ctx, await actions.perform("help", self._house, asker, topic))
