"""What is stored of members, on Discord."""

from __future__ import annotations

from discord.ext import commands

from bot import actions
from bot.actions.privacy import forget
from bot.house import House
from bot.sending import Context, asker_of, send


class Privacy(commands.Cog):
    """Says what is stored, and deletes it."""

    def __init__(self, house: House) -> None:
        self._house = house

    @commands.hybrid_group(fallback="show", case_insensitive=True)
    async def privacy(self, ctx: Context) -> None:
        """Say what is stored about you and for how long."""
        asker = await asker_of(self._house, ctx)
        await send(ctx, await actions.perform("privacy", self._house, asker, ""))

    @privacy.command()
    async def forget(self, ctx: Context) -> None:
        """Delete all that is stored about you."""
        asker = await asker_of(self._house, ctx)
        await send(ctx, await actions.attempt(asker, lambda: forget(self._house, asker, "")))
