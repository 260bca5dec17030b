"""`retrain`, and `models` for the versions that come of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import discord
from discord import app_commands
from discord.ext import commands

from bot import features
from bot.client.attachments import attached_text
from bot.client.channel_permissions import require_sending
from bot.client.checks import check_channel
from bot.client.context import Context, context_of
from bot.client.responses import answer, in_progress, send
from bot.context import RequestContext
from bot.features import models as versions
from bot.features import training
from bot.features.options import RetrainOptions, parse_retrain_options
from bot.features.permissions import require_trainer
from bot.replies import Reply
from bot.services import Services
from bot.training.watcher import TrainingWatcher
from engine import EngineError
from engine.families import FAMILIES

Interaction = discord.Interaction[commands.AutoShardedBot]
Passes = app_commands.Range[int, 1, 1_000]
Minutes = app_commands.Range[float, 0.1, 1_440.0]
Temperature = app_commands.Range[float, 0.1, 2.0]

_CHOICES = 25
_IN_GUILDS = app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False)
_DESCRIPTIONS = {
    "minutes": "Minutes, at most",
    "temperature": "Of the samples shown; higher is bolder",
    "fresh": "Start from scratch",
}


class TrainingCog(commands.Cog):
    """Commands that train networks for a guild and choose the version that answers.

    `retrain` has two entries, for words after a prefix and for slash options: discord.py's hybrid
    commands read no bare word such as "fresh", and no options in any order.
    """

    retrain_group = app_commands.Group(
        name="retrain",
        description="Train a network for this server.",
        allowed_contexts=_IN_GUILDS,
        default_permissions=discord.Permissions(manage_guild=True),
    )

    def __init__(self, bot: commands.AutoShardedBot, services: Services) -> None:
        self._services = services
        self._watchers = TrainingWatcher(bot, services)
        self._alerts: asyncio.Task[None] | None = None

    async def cog_load(self) -> None:
        """Resume the messages of running trainings."""
        await self._watchers.resume()
        self._alerts = asyncio.create_task(self._watchers.tell_damages())

    async def cog_unload(self) -> None:
        """Stop updating messages; the trainings go on."""
        if self._alerts:
            self._alerts.cancel()
        await self._watchers.close()

    async def interaction_check(self, interaction: Interaction) -> bool:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Check the channel of slash commands that are not hybrid."""
        await check_channel(self._services, interaction)
        return True

    @commands.command()
    async def retrain(self, ctx: Context, *, words: str = "") -> None:
        """Train a network for this server."""
        if words.strip().lower() == "forget":
            await answer(self._services, ctx, training.ask_to_forget)
            return
        async with in_progress(self._services, ctx, is_slow=True):
            context = await context_of(self._services, ctx)
            reply = await features.attempt(
                context,
                lambda: self._submit(
                    ctx, context, lambda: parse_retrain_options(words), _attachments(ctx)
                ),
                "try-retrain",
            )
        if reply.text:
            await send(ctx, reply)

    @retrain_group.command(name="dino")
    @app_commands.describe(
        corpus="A .txt file with one name a line; without it the usual names",
        passes="Passes over the names, at most",
        **_DESCRIPTIONS,
    )
    async def retrain_dino(
        self,
        interaction: Interaction,
        corpus: discord.Attachment | None = None,
        passes: Passes | None = None,
        minutes: Minutes | None = None,
        temperature: Temperature | None = None,
        fresh: bool = False,
    ) -> None:
        """Train dinosaur names for this server."""
        options = RetrainOptions("dino", passes, minutes, temperature, fresh)
        await self._submit_by_slash(interaction, options, corpus)

    @retrain_group.command(name="poem")
    @app_commands.describe(
        corpus="A .txt file with verse or prose; without it Shakespeare",
        passes="Passes over the text, at most",
        **_DESCRIPTIONS,
    )
    async def retrain_poem(
        self,
        interaction: Interaction,
        corpus: discord.Attachment | None = None,
        passes: Passes | None = None,
        minutes: Minutes | None = None,
        temperature: Temperature | None = None,
        fresh: bool = False,
    ) -> None:
        """Train poems for this server."""
        options = RetrainOptions("poem", passes, minutes, temperature, fresh)
        await self._submit_by_slash(interaction, options, corpus)

    @retrain_group.command(name="forget")
    async def retrain_forget(self, interaction: Interaction) -> None:
        """Delete all texts uploaded here and the models trained on them."""
        ctx = await Context.from_interaction(interaction)

        async def act(services: Services, context: RequestContext) -> Reply:
            with services.cooldowns.slot(context, is_generation=False):
                return await training.ask_to_forget(services, context)

        await answer(self._services, ctx, act, is_private=True)

    @commands.hybrid_group(fallback="list", case_insensitive=True)
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    async def models(self, ctx: Context) -> None:
        """List the models available here, with their scores."""
        await answer(self._services, ctx, versions.list_versions)

    @models.command()
    @app_commands.describe(version="ID of the model")
    async def use(self, ctx: Context, version: str) -> None:
        """Switch to this model."""
        action = partial(versions.use, version=version)
        await answer(self._services, ctx, action, is_slow=True)

    @models.command()
    @app_commands.describe(network="Names or poems")
    @app_commands.choices(network=[app_commands.Choice(name=name, value=name) for name in FAMILIES])
    async def rollback(self, ctx: Context, network: str) -> None:
        """Go back to the previous model."""
        if network not in FAMILIES:
            raise commands.BadArgument(network)
        action = partial(versions.roll_back, network=network)
        await answer(self._services, ctx, action, is_slow=True)

    @models.command()
    @app_commands.describe(version="ID of the model")
    async def delete(self, ctx: Context, version: str) -> None:
        """Delete a model trained here."""
        action = partial(versions.delete, version=version)
        await answer(self._services, ctx, action, is_slow=True)

    @models.command(name="log")
    async def show_log(self, ctx: Context) -> None:
        """Show who trained what, and the result."""
        await answer(self._services, ctx, versions.read_log)

    @use.autocomplete("version")
    async def propose(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Suggest versions whose id contains the typed text."""
        return await self._choices(versions.known_versions, interaction, typed)

    @delete.autocomplete("version")
    async def propose_deletable(
        self, interaction: Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        """Suggest those of them that can be deleted."""
        return await self._choices(versions.deletable_versions, interaction, typed)

    async def _choices(
        self,
        find: Callable[[Services, int | None], Awaitable[list[str]]],
        interaction: Interaction,
        typed: str,
    ) -> list[app_commands.Choice[str]]:
        try:
            known = await find(self._services, interaction.guild_id)
        except EngineError:
            # Too busy to suggest any; what is typed is still accepted.
            return []
        fitting = [version for version in known if typed.lower() in version]
        return [app_commands.Choice(name=version, value=version) for version in fitting[:_CHOICES]]

    async def _submit_by_slash(
        self, interaction: Interaction, options: RetrainOptions, corpus: discord.Attachment | None
    ) -> None:
        # Progress and result are messages in the channel.
        require_sending(interaction.channel)
        ctx = await Context.from_interaction(interaction)
        context = await context_of(self._services, ctx)
        await ctx.defer(ephemeral=True)
        attachments = [corpus] if corpus else []

        async def act() -> Reply:
            with self._services.cooldowns.slot(context, is_generation=False):
                return await self._submit(ctx, context, lambda: options, attachments)

        await send(ctx, await features.attempt(context, act))

    async def _submit(
        self,
        ctx: Context,
        context: RequestContext,
        read_options: Callable[[], RetrainOptions],
        attachments: Sequence[discord.Attachment],
    ) -> Reply:
        """Submit a training, which a message in the channel then shows."""
        await require_trainer(self._services, context)
        options = read_options()
        limit = self._services.trainings.limits.corpus_bytes
        upload = await attached_text(attachments, limit)
        member = ctx.author.display_name
        entry = await training.order(self._services, context, member, options, upload)
        self._watchers.follow(entry, None if ctx.interaction else ctx.message)
        text = context.texts("training-accepted") if ctx.interaction else ""
        return Reply(text, is_private=True)


def _attachments(ctx: Context) -> list[discord.Attachment]:
    """Return the attachments of a message, or of the one that it replies to."""
    if ctx.message.attachments:
        return ctx.message.attachments
    reference = ctx.message.reference
    answered = reference.resolved if reference else None
    return answered.attachments if isinstance(answered, discord.Message) else []
