"""What the bot tells about itself, on Discord."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.client.invite import invite_link
from bot.client.responses import Context, answer
from bot.context import Asker
from bot.features.about import HELP, about, list_commands, ping
from bot.replies import Reply
from bot.services import House


class About(commands.Cog):
    """Says what can be asked, who answers, and how fast."""

    def __init__(self, house: House) -> None:
        self._house = house

    @commands.hybrid_command()
    @app_commands.describe(topic="A command to hear more about")
    @app_commands.choices(topic=[app_commands.Choice(name=name, value=name) for name in HELP])
    async def help(self, ctx: Context, *, topic: str = "") -> None:
        """Say what can be asked."""

        async def act(house: House, asker: Asker) -> Reply:
            return await list_commands(house, asker, topic)

        await answer(self._house, ctx, act)

    @commands.hybrid_command()
    async def about(self, ctx: Context) -> None:
        """Say which program this is and which models it serves."""
        link = invite_link(ctx.bot.application_id) if ctx.bot.application_id else ""

        async def act(house: House, asker: Asker) -> Reply:
            return await about(house, asker, link)

        await answer(self._house, ctx, act)

    @commands.hybrid_command()
    async def ping(self, ctx: Context) -> None:
        """Say how long Discord takes to answer."""

        async def act(_house: House, asker: Asker) -> Reply:
            return await ping(asker, ctx.bot.latency)

        await answer(self._house, ctx, act)
