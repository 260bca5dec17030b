"""discord.py's command context with the request context, built once for each request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import discord
from discord.ext import commands

from bot.context import RequestContext
from bot.i18n.texts import locale_of
from bot.services import Services
from bot.storage.database import DatabaseError
from bot.storage.guild_settings import GuildSettings

Interaction: TypeAlias = discord.Interaction[Any]

_KEY = "request"


class Context(commands.Context[commands.AutoShardedBot]):
    """Context of a command.

    Attributes:
        settings: of the guild, where they were read to find the prefix.
        holds_slot: whether the command counts as one of its member's running requests.
        is_admitted: whether its answer was counted beforehand; see `SendBudget`.
    """

    settings: GuildSettings | None = None
    holds_slot = False
    is_admitted = False
    _extras: dict[Any, Any] | None = None

    @property
    def extras(self) -> dict[Any, Any]:
        """What is kept for the request; of a slash command, with the interaction."""
        if self.interaction:
            return self.interaction.extras
        if self._extras is None:
            self._extras = {}
        return self._extras


Source: TypeAlias = Context | Interaction


async def context_of(services: Services, source: Source) -> RequestContext:
    """Return the context of a request, built at the first call."""
    context: RequestContext | None = source.extras.get(_KEY)
    if context is None:
        settings = source.settings if isinstance(source, Context) else None
        if settings is None:
            guild = source.guild.id if source.guild else None
            settings = await services.guild_settings.of(guild)
        context = source.extras[_KEY] = _build(source, settings)
    return context


async def context_or_anonymous(services: Services, source: Source) -> RequestContext:
    """Return the context of a request, or an empty one where the database cannot be read."""
    try:
        return await context_of(services, source)
    except DatabaseError:
        return RequestContext()


def _build(source: Source, settings: GuildSettings) -> RequestContext:
    interaction = source.interaction if isinstance(source, Context) else source
    person = source.author if isinstance(source, Context) else source.user
    guild, channel, permissions = source.guild, source.channel, source.permissions
    own = str(interaction.locale) if interaction else None
    common = str(guild.preferred_locale) if guild else None
    is_member = isinstance(person, discord.Member)
    return RequestContext(
        user=person.id,
        member=person.display_name,
        guild=guild.id if guild else None,
        channel=channel.id if channel else 0,
        locale=locale_of(settings.locale, own, common),
        is_manager=permissions.manage_guild if guild else True,
        is_moderator=permissions.manage_messages if guild else True,
        allows_indecent=settings.allows_indecent and _is_age_restricted(channel),
        roles=frozenset(role.id for role in person.roles) if is_member else frozenset(),
        is_permitted=interaction is not None and _is_permitted(interaction),
        is_owner=person.id in _owners(source),
        settings=settings,
    )


def _is_permitted(interaction: Interaction) -> bool:
    # Before that, Discord goes by the commands of an earlier version.
    if not interaction.client.command_sync.is_done:
        return False
    if interaction.type is not discord.InteractionType.application_command:
        return False
    try:
        command = interaction.command
    except Exception:
        return False  # Its options cannot be read at all.
    root = getattr(command, "root_parent", None) or command
    return getattr(root, "default_permissions", None) is not None


def _owners(source: Source) -> frozenset[int]:
    client = source.bot if isinstance(source, Context) else source.client
    application = client.application
    if application is None:
        return frozenset()
    if application.team is None:
        return frozenset({application.owner.id})
    return frozenset({person.id for person in application.team.members if _may_develop(person)})


def _may_develop(person: discord.TeamMember) -> bool:
    """Tell whether a member has accepted the team's invitation, with more than a read-only role."""
    has_accepted = person.membership_state is discord.TeamMembershipState.accepted
    is_owner = person.id == person.team.owner_id
    return has_accepted and (is_owner or person.role is not discord.TeamMemberRole.read_only)


def _is_age_restricted(channel: object) -> bool:
    # Direct messages and groups have no such mark.
    is_nsfw: Callable[[], bool] | None = getattr(channel, "is_nsfw", None)
    return is_nsfw is not None and is_nsfw()
