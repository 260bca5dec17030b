"""The link that adds the bot to a guild."""

from __future__ import annotations

import discord

PERMISSIONS = (
    "view_channel",
    "send_messages",
    "send_messages_in_threads",
    "embed_links",
    "attach_files",
    "read_message_history",
)
"""All that the bot needs in a guild."""


def invite_link(application: int) -> str:
    """Return the link that adds an application to a guild, with the least permissions."""
    permissions = discord.Permissions(**dict.fromkeys(PERMISSIONS, True))
    scopes = ("bot", "applications.commands")
    return discord.utils.oauth_url(application, permissions=permissions, scopes=scopes)
