"""Where the bot may speak: everywhere, or in the channels that a guild's settings name.

A channel includes its threads, a category its channels.
"""

from __future__ import annotations

from collections.abc import Iterable

import discord
from discord import app_commands
from discord.ext import commands

from bot.client.context import Context, Interaction, Source, context_of
from bot.client.invite import invite_link
from bot.i18n.texts import Texts
from bot.replies import Button, Reply
from bot.services import Services

_MOST_NAMED = 5


class NotHereError(commands.CheckFailure, app_commands.CheckFailure):
    """The bot may not speak in this channel, but in `channels`, of those that the member sees."""

    def __init__(self, channels: Iterable[int]) -> None:
        self.channels = tuple(channels)
        super().__init__("The bot may not speak here.")


class ForeignGuildError(app_commands.CheckFailure):
    """The application is authorised in this guild, but the bot is not a member of it.

    Attributes:
        application: its id.
    """

    def __init__(self, application: int) -> None:
        self.application = application
        super().__init__("The bot is not a member of this guild.")


def check_membership(interaction: Interaction) -> None:
    """Check that the bot is a member of the guild: of another one nothing is to be stored.

    Raises:
        ForeignGuildError: it is not.
    """
    guild = interaction.guild_id
    if guild is not None and interaction.client.get_guild(guild) is None:
        raise ForeignGuildError(interaction.application_id)


async def check_channel(services: Services, source: Source) -> None:
    """Check that the bot may speak where a request is made.

    Raises:
        NotHereError: it may not.
    """
    allowed = (await context_of(services, source)).settings.channels
    if not is_among(source.channel, allowed):
        person = source.author if isinstance(source, Context) else source.user
        raise NotHereError(_seen_by(person, source.guild, allowed))


def is_among(channel: object, allowed: frozenset[int]) -> bool:
    """Tell whether the bot may speak in a channel; no ids allow all."""
    return not allowed or not allowed.isdisjoint(_ids_of(channel))


def refusal(error: NotHereError, texts: Texts) -> Reply:
    """Return the reply where the bot may not speak: it names the channels where it may."""
    named = error.channels[:_MOST_NAMED]
    if not named:
        return Reply(texts("not-here"), is_refusal=True, is_private=True)
    text = texts(
        "not-here-but-there",
        channels=texts("list-separator").join(f"<#{channel}>" for channel in named),
        more=len(error.channels) - len(named),
    )
    return Reply(text, is_refusal=True, is_private=True, channels=named)


def foreign_refusal(error: ForeignGuildError, texts: Texts) -> Reply:
    """Return the reply where the bot is not a member, with a link that invites it."""
    invitation = Button(texts("invite-me"), invite_link(error.application), "link")
    text = texts("not-a-member")
    return Reply(text, is_refusal=True, is_private=True, buttons=(invitation,))


def _ids_of(channel: object) -> set[int]:
    """Return the ids of a channel, of the parent of a thread, and of their category."""
    outer = channel.parent if isinstance(channel, discord.Thread) else channel
    ids = (
        getattr(channel, "id", None),
        getattr(channel, "parent_id", None),
        getattr(outer, "category_id", None),
    )
    return set(filter(None, ids))


def _seen_by(
    person: discord.User | discord.Member, guild: discord.Guild | None, channels: Iterable[int]
) -> list[int]:
    """Return those channels that exist and that a person can see."""
    if guild is None or not isinstance(person, discord.Member):
        return []
    found = filter(None, map(guild.get_channel, sorted(channels)))
    return [channel.id for channel in found if channel.permissions_for(person).view_channel]
