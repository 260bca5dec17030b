"""What the bot tells about itself, on Discord."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot import actions
from bot.actions.about import HELP, about, ping
from bot.house import House
from bot.inviting import invite_link
from bot.sending import Context, asker_of, send


class About(commands.Cog):
    """Says what can be asked, who answers, and how fast."""

    def __init__(self, house: House) -> None:
        self._house = house

    @commands.hybrid_command()
    @app_commands.describe(topic="A command to hear more about")
    @app_commands.choices(topic=[app_commands.Choice(name=name, value=name) for name in HELP])
    async def help(self, ctx: Context, *, topic: str = "") -> None:
        """Say what can be asked."""
        asker = await asker_of(self._house, ctx)
        await send(ctx, await actions.perform("help", self._house, asker, topic))

    @commands.hybrid_command()
    async def about(self, ctx: Context) -> None:
        """Say which program this is and which models it serves."""
        asker = await asker_of(self._house, ctx)
        link = invite_link(ctx.bot.application_id) if ctx.bot.application_id else ""
        await send(ctx, await actions.attempt(asker, lambda: about(self._house, asker, link)))

    @commands.hybrid_command()
    async def ping(self, ctx: Context) -> None:
        """Say how long Discord takes to answer."""
        asker = await asker_of(self._house, ctx)
        await send(ctx, await actions.attempt(asker, lambda: ping(asker, ctx.bot.latency)))
