"""Text as Discord shows it."""

from __future__ import annotations

from discord.utils import escape_markdown, escape_mentions

from bot.replies import Reply

MAX_MESSAGE = 2_000
"""Characters in a message, at most."""


def for_discord(reply: Reply) -> str:
    """Return a reply as the content of a message: nothing in it formats or mentions."""
    return escape_mentions(escape_markdown(reply.text))[:MAX_MESSAGE]
