"""What the bot tells about itself, on Discord."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.client.invite import invite_link
from bot.client.responses import Context, answer
from bot.context import RequestContext
from bot.features.about import HELP, ping, show_about, show_help
from bot.replies import Reply
from bot.services import Services


class AboutCog(commands.Cog):
    """Says what can be asked, who answers, and how fast."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @commands.hybrid_command()
    @app_commands.describe(topic="A command to hear more about")
    @app_commands.choices(topic=[app_commands.Choice(name=name, value=name) for name in HELP])
    async def help(self, ctx: Context, *, topic: str = "") -> None:
        """Say what can be asked."""

        async def act(services: Services, context: RequestContext) -> Reply:
            return await show_help(services, context, topic)

        await answer(self._services, ctx, act)

    @commands.hybrid_command()
    async def about(self, ctx: Context) -> None:
        """Say which program this is and which models it serves."""
        link = invite_link(ctx.bot.application_id) if ctx.bot.application_id else ""

        async def act(services: Services, context: RequestContext) -> Reply:
            return await show_about(services, context, link)

        await answer(self._services, ctx, act)

    @commands.hybrid_command()
    async def ping(self, ctx: Context) -> None:
        """Say how long Discord takes to answer."""

        async def act(_services: Services, context: RequestContext) -> Reply:
            return await ping(context, ctx.bot.latency)

        await answer(self._services, ctx, act)
