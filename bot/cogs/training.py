"""Retraining, and the versions that come of it, on Discord."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

import discord
from discord import app_commands
from discord.ext import commands

from bot import features
from bot.client.attachments import attached_text
from bot.client.checks import check_place
from bot.client.responses import Context, answer, context_of, on_its_way, send
from bot.context import RequestContext
from bot.features import models as versions
from bot.features import training
from bot.features.options import RetrainOptions, parse_retrain_options
from bot.features.permissions import require_trainer
from bot.replies import Reply
from bot.services import Services
from bot.training.watcher import TrainingWatcher
from engine.models.registry import Network

log = logging.getLogger(__name__)

Interaction = discord.Interaction[commands.AutoShardedBot]
Passes = app_commands.Range[int, 1, 1_000]
Minutes = app_commands.Range[float, 0.1, 1_440.0]
Temperature = app_commands.Range[float, 0.1, 2.0]

_CHOICES = 25


class TrainingCog(commands.Cog):
    """Trains networks for a server, and tells how that goes."""

    retrain_group = app_commands.Group(
        name="retrain", description="Train a network for this server.", guild_only=True
    )

    def __init__(self, bot: commands.AutoShardedBot, services: Services) -> None:
        self._bot = bot
        self._services = services
        self._watchers = TrainingWatcher(bot, services)
        self._alarm: asyncio.Task[None] | None = None

    async def cog_load(self) -> None:
        """Go on showing what was shown before a restart."""
        await self._watchers.resume()
        self._alarm = asyncio.create_task(self._watchers.tell_damages())

    async def cog_unload(self) -> None:
        """Show nothing more; the trainings go on."""
        if self._alarm:
            self._alarm.cancel()
        await self._watchers.close()

    async def interaction_check(self, interaction: Interaction) -> bool:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Ask of slash commands what the bot asks of all others; raises what `check_place` does."""
        await check_place(self._services, interaction)
        return True

    @commands.command()
    async def retrain(self, ctx: Context, *, words: str = "") -> None:
        """Train a network for this server."""
        if words.strip().lower() == "forget":
            await answer(self._services, ctx, training.ask_to_forget)
            return
        async with on_its_way(ctx, is_slow=True):
            context = await context_of(self._services, ctx)
            reply = await features.attempt(
                context,
                lambda: self._order(
                    ctx, context, lambda: parse_retrain_options(words), _attachments(ctx)
                ),
                "try-retrain",
            )
        if reply.text:
            await send(ctx, reply)

    @retrain_group.command(name="dino")
    @app_commands.describe(
        corpus="Names, one a line, as a .txt; without it the usual genera",
        passes="Over the names, at most",
        minutes="At most",
        temperature="Of the samples that are shown",
        fresh="Start from scratch",
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
        wish = RetrainOptions("dino", passes, minutes, temperature, fresh)
        await self._order_by_slash(interaction, wish, corpus)

    @retrain_group.command(name="poem")
    @app_commands.describe(
        corpus="Verse or prose as a .txt; without it Shakespeare",
        passes="Over the text, at most",
        minutes="At most",
        temperature="Of the samples that are shown",
        fresh="Start from scratch",
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
        wish = RetrainOptions("poem", passes, minutes, temperature, fresh)
        await self._order_by_slash(interaction, wish, corpus)

    @retrain_group.command(name="forget")
    async def retrain_forget(self, interaction: Interaction) -> None:
        """Delete all texts that were uploaded here, and what was made of them."""
        ctx = await Context.from_interaction(interaction)

        async def act(services: Services, context: RequestContext) -> Reply:
            with services.cooldowns.slot(
                context, await services.guild_settings.of(context.guild), is_generation=False
            ):
                return await training.ask_to_forget(services, context)

        await answer(self._services, ctx, act, is_private=True)

    @commands.hybrid_group(fallback="list", case_insensitive=True)
    @app_commands.guild_only()
    async def models(self, ctx: Context) -> None:
        """List the versions that can answer here."""
        await answer(self._services, ctx, versions.list_versions)

    @models.command()
    @app_commands.describe(version="Which")
    async def use(self, ctx: Context, version: str) -> None:
        """Let a version answer from now on."""

        async def act(services: Services, context: RequestContext) -> Reply:
            return await versions.use(services, context, version)

        await answer(self._services, ctx, act, is_slow=True)

    @models.command()
    @app_commands.describe(network="Of which")
    async def rollback(self, ctx: Context, network: Network) -> None:
        """Let the version answer that did so before."""

        async def act(services: Services, context: RequestContext) -> Reply:
            return await versions.roll_back(services, context, network)

        await answer(self._services, ctx, act, is_slow=True)

    @models.command()
    @app_commands.describe(version="Which")
    async def delete(self, ctx: Context, version: str) -> None:
        """Delete a version that was made here."""

        async def act(services: Services, context: RequestContext) -> Reply:
            return await versions.delete(services, context, version)

        await answer(self._services, ctx, act, is_slow=True)

    @models.command(name="log")
    async def show_log(self, ctx: Context) -> None:
        """Tell who trained what, when, and with which result."""
        await answer(self._services, ctx, versions.read_log)

    @use.autocomplete("version")
    async def propose(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Propose the versions whose id has what is typed."""
        return _choices(await versions.known_versions(self._services, interaction.guild_id), typed)

    @delete.autocomplete("version")
    async def propose_deletable(
        self, interaction: Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        """Propose those of them that can be deleted."""
        return _choices(
            await versions.deletable_versions(self._services, interaction.guild_id), typed
        )

    async def _order_by_slash(
        self, interaction: Interaction, wish: RetrainOptions, corpus: discord.Attachment | None
    ) -> None:
        ctx = await Context.from_interaction(interaction)
        context = await context_of(self._services, ctx)
        await ctx.defer(ephemeral=True)
        attachments = [corpus] if corpus else []

        async def act() -> Reply:
            # What `Dinobard` asks of commands that can be had with a prefix as well.
            with self._services.cooldowns.slot(
                context, await self._services.guild_settings.of(context.guild), is_generation=False
            ):
                return await self._order(ctx, context, lambda: wish, attachments)

        await send(ctx, await features.attempt(context, act))

    async def _order(
        self,
        ctx: Context,
        context: RequestContext,
        wish: Callable[[], RetrainOptions],
        attachments: Sequence[discord.Attachment],
    ) -> Reply:
        """Order a training, which is then shown in the channel."""
        await require_trainer(self._services, context)
        wanted = wish()
        limit = self._services.trainings.limits.corpus_bytes
        upload = await attached_text(attachments, limit)
        member = ctx.author.display_name
        entry = await training.order(self._services, context, member, wanted, upload)
        self._watchers.follow(entry, None if ctx.interaction else ctx.message)
        text = context.texts("training-accepted") if ctx.interaction else ""
        return Reply(text, is_private=True)


def _choices(known: Sequence[str], typed: str) -> list[app_commands.Choice[str]]:
    fitting = [version for version in known if typed.lower() in version]
    return [app_commands.Choice(name=version, value=version) for version in fitting[:_CHOICES]]


def _attachments(ctx: Context) -> list[discord.Attachment]:
    """Return what is attached to a message, or to the one that it answers."""
    if ctx.message.attachments:
        return ctx.message.attachments
    reference = ctx.message.reference
    answered = reference.resolved if reference else None
    return answered.attachments if isinstance(answered, discord.Message) else []
