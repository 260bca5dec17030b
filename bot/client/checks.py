"""Where the bot may speak: everywhere, or in the channels that a guild's settings name.

A channel includes its threads, a category its channels.
"""

from __future__ import annotations

from collections.abc import Iterable

import discord
from discord import app_commands
from discord.ext import commands

from bot.client.context import Context, Source, context_of
from bot.i18n.texts import Texts
from bot.replies import Reply
from bot.services import Services

_MOST_NAMED = 5


class NotHereError(commands.CheckFailure, app_commands.CheckFailure):
    """The bot may not speak in this channel, but in `channels`, of those that the member sees."""

    def __init__(self, channels: Iterable[int]) -> None:
        self.channels = tuple(channels)
        super().__init__("The bot may not speak here.")


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
