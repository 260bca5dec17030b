"""`help`, `about` and `ping`."""

from __future__ import annotations

from functools import partial

from discord import app_commands
from discord.ext import commands

from bot.client.context import Context
from bot.client.invite import invite_link
from bot.client.responses import answer
from bot.features.about import HELP, ping, show_about, show_help
from bot.services import Services


class AboutCog(commands.Cog):
    """Commands about the bot itself."""

    def __init__(self, _bot: commands.AutoShardedBot, services: Services) -> None:
        self._services = services

    @commands.hybrid_command()
    @app_commands.describe(topic="A command to explain")
    @app_commands.choices(topic=[app_commands.Choice(name=name, value=name) for name in HELP])
    async def help(self, ctx: Context, *, topic: str = "") -> None:
        """List all commands, or explain one."""
        await answer(self._services, ctx, partial(show_help, topic=topic))

    @commands.hybrid_command()
    async def about(self, ctx: Context) -> None:
        """Show my version and the models in use."""
        link = invite_link(ctx.bot.application_id) if ctx.bot.application_id else ""
        await answer(self._services, ctx, partial(show_about, link=link))

    @commands.hybrid_command()
    async def ping(self, ctx: Context) -> None:
        """Show my latency."""
        await answer(self._services, ctx, lambda _, context: ping(context, ctx.bot.latency))
