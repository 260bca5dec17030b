"""Where the bot may speak: everywhere, or in the channels that the admins of a server name.

A channel stands for its threads as well, a category for its channels.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.client.responses import Context
from bot.i18n.texts import Texts
from bot.replies import Reply
from bot.services import Services

_MOST_NAMED = 5


class NotHereError(commands.CheckFailure, app_commands.CheckFailure):
    """The admins of the server do not let the bot speak in this channel.

    Attributes:
        channels: ids of those that it may speak in, as far as the asker sees them.
    """

    def __init__(self, channels: Iterable[int]) -> None:
        self.channels = tuple(channels)
        super().__init__("The bot may not speak here.")


async def check_place(services: Services, source: Context | discord.Interaction[Any]) -> None:
    """Let pass what is asked, by a command or a button, where the bot may speak.

    Raises:
        NotHereError: it may not here.
        DatabaseError: the settings of the server cannot be read.
    """
    if not await may_speak(services, source):
        person = source.author if isinstance(source, commands.Context) else source.user
        allowed = await _allowed(services, source)
        raise NotHereError(_seen_by(person, source.guild, allowed))


async def may_speak(services: Services, source: Context | discord.Interaction[Any]) -> bool:
    """Tell whether the bot may speak where something is asked.

    Raises:
        DatabaseError: the settings of the server cannot be read.
    """
    return is_among(source.channel, await _allowed(services, source))


def is_among(channel: object, allowed: frozenset[int]) -> bool:
    """Tell whether a channel is one of those that the bot may speak in; none stands for all."""
    return not allowed or not allowed.isdisjoint(_places(channel))


def refusal(error: NotHereError, texts: Texts) -> Reply:
    """Return what an asker is told where the bot may not speak: where it may."""
    named = error.channels[:_MOST_NAMED]
    if not named:
        return Reply(texts("not-here"), is_refusal=True, is_private=True)
    text = texts(
        "not-here-but-there",
        channels=texts("list-separator").join(f"<#{channel}>" for channel in named),
        more=len(error.channels) - len(named),
    )
    return Reply(text, is_refusal=True, is_private=True, channels=named)


def _places(channel: object) -> set[int]:
    """Return the ids of a channel, of what it is a thread of, and of their category."""
    outer = channel.parent if isinstance(channel, discord.Thread) else channel
    ids = (
        getattr(channel, "id", None),
        getattr(channel, "parent_id", None),
        getattr(outer, "category_id", None),
    )
    return set(filter(None, ids))


async def _allowed(
    services: Services, source: Context | discord.Interaction[Any]
) -> frozenset[int]:
    return (await services.guild_settings.of(source.guild.id if source.guild else None)).channels


def _seen_by(
    person: discord.User | discord.Member, guild: discord.Guild | None, channels: Iterable[int]
) -> list[int]:
    """Return those channels that are there still, and that a person can see."""
    if guild is None or not isinstance(person, discord.Member):
        return []
    found = filter(None, map(guild.get_channel, sorted(channels)))
    return [channel.id for channel in found if channel.permissions_for(person).view_channel]
