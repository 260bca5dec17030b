"""`privacy` and `privacy forget`."""

from __future__ import annotations

from discord.ext import commands

from bot.client.context import Context
from bot.client.responses import answer
from bot.features.privacy import forget, show_privacy
from bot.services import Services


class PrivacyCog(commands.Cog):
    """Commands that show and delete what is stored of a member."""

    def __init__(self, _bot: commands.AutoShardedBot, services: Services) -> None:
        self._services = services

    @commands.hybrid_group(fallback="show", case_insensitive=True)
    async def privacy(self, ctx: Context) -> None:
        """Show what I store about you, and for how long."""
        await answer(self._services, ctx, show_privacy, is_private=True)

    @privacy.command()
    async def forget(self, ctx: Context) -> None:
        """Delete all that I store about you."""
        await answer(self._services, ctx, forget, is_private=True)
