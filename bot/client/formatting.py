"""Text as Discord shows it."""

from __future__ import annotations

import re
import unicodedata

from discord.utils import escape_mentions

from bot.replies import BOLD, Reply

MAX_MESSAGE = 2_000
"""Characters in a message, at most."""

# The library's own escaping lets through what stands inside a masked link, and ordered lists.
_SPECIAL = re.compile(r"[\\*_~|`\[\]<>#]|^[ \t]*[-+]|(?<=:)//|(?<=\d)[.)](?=\s)", re.MULTILINE)


def for_discord(reply: Reply) -> str:
    """Return a reply as the content of a message: nothing in it formats or mentions anybody.

    Nothing links either, but for the channels that the reply names.
    """
    text = escape(reply.text)
    for channel in reply.channels:
        mention = f"<#{channel}>"
        text = text.replace(escape(mention), mention)
    return shorten(text)


def escape(text: str) -> str:
    """Return a text that mentions nobody, and in which only `BOLD` formats anything."""
    parts = text.split(BOLD)
    return "**".join(escape_mentions(escape_markdown(visible(part))) for part in parts)


def visible(text: str) -> str:
    r"""Return a text without what cannot be seen, or turns round what stands beside it.

    >>> visible("Rex\u202e\x1b\nDino")
    'Rex\nDino'
    """
    return "".join(filter(_is_visible, text))


def escape_markdown(text: str) -> str:
    r"""Return a text that Discord shows as it is.

    >>> escape("1. [*Rose*](https://rose.example)")
    '1\\. \\[\\*Rose\\*\\](https:\\//rose.example)'
    """
    return _SPECIAL.sub(_escaped, text)


def shorten(text: str) -> str:
    """Return as many lines of a text as fit a message; of the first, as much as fits."""
    if len(text) <= MAX_MESSAGE:
        return text
    lines = text[:MAX_MESSAGE].rpartition("\n")[0]
    return lines.rstrip() or text[:MAX_MESSAGE].rstrip("\\")


def _is_visible(symbol: str) -> bool:
    # The joiner holds families of emoji together.
    return symbol in "\n\u200d" or unicodedata.category(symbol) not in {"Cc", "Cf", "Cs"}


def _escaped(special: re.Match[str]) -> str:
    # A list's mark may be indented: the backslash goes right before the mark.
    blanks, mark = re.split(r"(?=\S)", special[0], maxsplit=1)
    return f"{blanks}\\{mark}"
