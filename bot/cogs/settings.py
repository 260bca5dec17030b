"""`settings`, for those who manage the guild."""

from __future__ import annotations

from functools import partial

from discord import app_commands
from discord.ext import commands

from bot.client.context import Context, Interaction
from bot.client.responses import answer
from bot.features.setting_types import SETTINGS, Known
from bot.features.settings import Change, change, reset, show
from bot.services import Services

_MOST_CHOICES = 25
_NAMES = [app_commands.Choice(name=name, value=name) for name in SETTINGS]


class SettingsCog(commands.Cog):
    """Commands that show, change and reset the settings of a guild."""

    def __init__(self, _bot: commands.AutoShardedBot, services: Services) -> None:
        self._services = services

    @commands.hybrid_group(fallback="show", case_insensitive=True)
    @commands.guild_only()
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    @app_commands.default_permissions(manage_guild=True)
    async def settings(self, ctx: Context) -> None:
        """Show the settings of this server."""
        await answer(self._services, ctx, partial(show, known=_known(ctx)), is_private=True)

    @settings.command(name="set")
    @commands.guild_only()
    @app_commands.describe(name="Which setting", value="Its new value; without it the default")
    @app_commands.choices(name=_NAMES)
    async def change(self, ctx: Context, name: str, *, value: str = "") -> None:
        """Change a setting of this server."""
        action = partial(change, known=_known(ctx), request=Change(name, value))
        await answer(self._services, ctx, action, is_private=True)

    @settings.command()
    @commands.guild_only()
    async def reset(self, ctx: Context) -> None:
        """Restore the defaults of all settings of this server."""
        await answer(self._services, ctx, reset, is_private=True)

    @change.autocomplete("value")
    async def _propose(
        self, interaction: Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        name: object = interaction.namespace.name
        choices = SETTINGS[name].choices if isinstance(name, str) and name in SETTINGS else ()
        fitting = [choice for choice in choices if choice.startswith(typed.lower())]
        return [app_commands.Choice(name=fit, value=fit) for fit in fitting[:_MOST_CHOICES]]


def _known(ctx: Context) -> Known:
    if ctx.guild is None:
        return Known()
    channels = {channel.id: channel.name for channel in ctx.guild.channels}
    roles = {role.id: role.name for role in ctx.guild.roles if not role.is_default()}
    return Known(channels, roles)
