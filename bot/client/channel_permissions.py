"""What the bot may do in a channel, by the cached permissions: nothing is requested for it."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.client.context import Context, Source
from bot.client.rendering import Formats
from bot.i18n.texts import Texts
from bot.replies import Reply

_REFUSED_BY_DISCORD = {200_000: "automod", 160_005: "locked"}


class MissingPermissionError(commands.CheckFailure, app_commands.CheckFailure):
    """The bot may not do in this channel what a request needs.

    Attributes:
        channel: its id.
        obstacle: what is in the way; its text is `obstacle-` and this.
    """

    def __init__(self, channel: int, obstacle: str) -> None:
        self.channel = channel
        self.obstacle = obstacle
        super().__init__(f"The bot cannot do this in the channel: {obstacle}.")


def require_sending(channel: Any) -> None:
    """Check that the bot may send messages to a channel.

    Raises:
        MissingPermissionError: it may not.
    """
    if obstacle := obstacle_in(channel):
        raise MissingPermissionError(channel.id, obstacle)


def require_files(source: Source) -> None:
    """Check that the answer to a request may have a file.

    Raises:
        MissingPermissionError: it may not.
    """
    if not formats_for(source).files:
        raise MissingPermissionError(source.channel.id if source.channel else 0, "attach-files")


def obstacle_in(channel: object) -> str:
    """Return what keeps the bot from sending messages to a channel, or an empty string."""
    permissions = permissions_in(channel)
    is_thread = isinstance(channel, discord.Thread)
    if not permissions.view_channel:
        return "view-channel"
    may_send = permissions.send_messages_in_threads if is_thread else permissions.send_messages
    if not may_send:
        if _is_timed_out(channel):
            return "timed-out"
        return "send-messages-in-threads" if is_thread else "send-messages"
    if is_thread and channel.locked and not permissions.manage_threads:
        return "locked"
    return ""


def obstacle_of(error: Exception) -> str:
    """Return why Discord refused an answer for a reason that no permission tells, if so."""
    return _REFUSED_BY_DISCORD.get(getattr(error, "code", 0), "")


def permissions_in(channel: object) -> discord.Permissions:
    """Return what the bot may do in a channel; all where that is not known."""
    if not isinstance(channel, discord.abc.GuildChannel | discord.Thread):
        return discord.Permissions.all()
    try:
        return channel.permissions_for(channel.guild.me)
    except discord.ClientException:  # The channel of the thread is not cached.
        return discord.Permissions.all()


def formats_in(channel: object) -> Formats:
    """Return what a message to a channel may have."""
    return _formats(permissions_in(channel))


def formats_for(source: Source) -> Formats:
    """Return what the answer to a request may have."""
    interaction = source.interaction if isinstance(source, Context) else source
    if interaction is None:
        return formats_in(source.channel)
    return _formats(interaction.app_permissions)


def refusal(error: MissingPermissionError, texts: Texts) -> Reply:
    """Return the reply that says what is missing, and where."""
    text = texts(
        "missing-permission",
        channel=f"<#{error.channel}>",
        obstacle=texts(f"obstacle-{error.obstacle}"),
    )
    return Reply(text, is_refusal=True, is_private=True, channels=(error.channel,))


def _formats(permissions: discord.Permissions) -> Formats:
    return Formats(embeds=permissions.embed_links, files=permissions.attach_files)


def _is_timed_out(channel: object) -> bool:
    guild: discord.Guild | None = getattr(channel, "guild", None)
    return guild is not None and guild.me.is_timed_out()
