"""Renders a reply as arguments of a Discord message: escaped, within the limits, with buttons."""

from __future__ import annotations

import dataclasses
import io
import re
from dataclasses import dataclass
from typing import Any

import discord
from discord.utils import escape_mentions

from bot.replies import BOLD, Attachment, Button, Reply, as_text
from engine.text.characters import drop_unseen

MAX_MESSAGE = 2_000
"""Characters in a message, at most."""

FILE = "answer.txt"
"""Name of the file that holds all of a reply that is too long for a message."""

_MAX_DESCRIPTION = 4_096
_MAX_FIELD = 1_024
_MAX_FIELDS = 25
_MAX_EMBED = 6_000
_HALF = MAX_MESSAGE // 2 - len("\n…")

# discord.py's own escaping misses what stands inside a masked link, and ordered lists.
_SPECIAL = re.compile(r"[\\*_~|`\[\]<>#]|^[ \t]*[-+]|(?<=:)//|(?<=\d)[.)](?=\s)", re.MULTILINE)

_COLOUR = discord.Colour(0x57A773)
_STYLES = {
    "plain": discord.ButtonStyle.secondary,
    "good": discord.ButtonStyle.success,
    "bad": discord.ButtonStyle.danger,
}


@dataclass(frozen=True, slots=True)
class Formats:
    """What a message may have beside text."""

    embeds: bool = True
    files: bool = True


ALL_FORMATS = Formats()


def message_of(reply: Reply, formats: Formats = ALL_FORMATS) -> dict[str, Any]:
    """Return a reply as arguments of `send`: nothing in it formats, links or mentions."""
    if not formats.embeds and _is_embed(reply):
        reply = _without_embed(reply)
    reply = fit_limits(reply)
    if not formats.files:
        reply = dataclasses.replace(reply, attachments=())
    arguments: dict[str, Any] = {}
    if _is_embed(reply):
        arguments["embed"] = _embed(reply)
    else:
        arguments |= {"content": for_discord(reply), "suppress_embeds": True}
    if reply.buttons:
        arguments["view"] = buttons_of(reply.buttons)
    if reply.attachments:
        arguments["files"] = [
            discord.File(io.BytesIO(file.content), file.name, description=file.description or None)
            for file in reply.attachments
        ]
    return arguments


def edit_of(reply: Reply, formats: Formats = ALL_FORMATS) -> dict[str, Any]:
    """Return a reply as arguments of `edit`, which replace all of the message."""
    arguments = message_of(reply, formats)
    arguments.pop("suppress_embeds", None)
    files = arguments.pop("files", [])
    return {"content": None, "embed": None, "view": None, "attachments": files, **arguments}


def with_note(content: str, reply: Reply) -> str:
    """Return the content of a message with the text of a reply after it."""
    note = for_discord(reply)
    before = content[: MAX_MESSAGE - len(note) - 2].rstrip("\\")
    return f"{before}\n\n{note}" if before else note


def buttons_of(buttons: tuple[Button, ...]) -> discord.ui.View:
    """Return a view of buttons, which any process dispatches by their custom ids."""
    view = discord.ui.View(timeout=None)
    for button in buttons:
        if button.style == "link":
            item = discord.ui.Button[discord.ui.View](label=button.label, url=button.custom_id)
        else:
            item = discord.ui.Button[discord.ui.View](
                label=button.label, custom_id=button.custom_id, style=_STYLES[button.style]
            )
        view.add_item(item)
    # Dispatched by custom id: the library need not remember the view.
    view.stop()
    return view


def fit_limits(reply: Reply) -> Reply:
    """Return a reply within Discord's limits; one that is too long has all of it in a file."""
    if _fits(reply):
        return reply
    whole = Attachment(FILE, as_text(reply).encode())
    text = _beginning(reply.text or as_text(reply))
    return dataclasses.replace(reply, text=text, fields=(), attachments=(*reply.attachments, whole))


def for_discord(reply: Reply) -> str:
    """Return the text of a reply, escaped and shortened; only its own channels become links."""
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
    r"""Return a text without invisible characters and those that change the writing direction.

    >>> visible("Rex\u202e\x1b\nDino")
    'Rex\nDino'
    """
    return drop_unseen(text, keep="\n")


def escape_markdown(text: str) -> str:
    r"""Return a text that Discord shows as it is.

    >>> escape_markdown("1. [*Rose*](https://rose.example)")
    '1\\. \\[\\*Rose\\*\\](https:\\//rose.example)'
    """
    return _SPECIAL.sub(_escaped, text)


def shorten(text: str) -> str:
    """Return as many lines of a text as fit a message; of the first, as much as fits."""
    if len(text) <= MAX_MESSAGE:
        return text
    lines = text[:MAX_MESSAGE].rpartition("\n")[0]
    return lines.rstrip() or text[:MAX_MESSAGE].rstrip("\\")


def _is_embed(reply: Reply) -> bool:
    return bool(reply.title or reply.fields or reply.footer)


def _without_embed(reply: Reply) -> Reply:
    fields = (f"{field.name}\n{field.value}" for field in reply.fields)
    text = "\n\n".join(filter(None, [reply.title, reply.text, *fields, reply.footer]))
    return dataclasses.replace(reply, text=text, title="", fields=(), footer="")


def _embed(reply: Reply) -> discord.Embed:
    embed = discord.Embed(
        title=escape(reply.title) or None, description=escape(reply.text), colour=_COLOUR
    )
    for field in reply.fields:
        embed.add_field(name=escape(field.name), value=escape(field.value), inline=False)
    if reply.footer:
        embed.set_footer(text=visible(reply.footer.replace(BOLD, "")))
    return embed


def _fits(reply: Reply) -> bool:
    if not _is_embed(reply):
        # Escaping at most doubles a text.
        return 2 * len(reply.text) <= MAX_MESSAGE or len(escape(reply.text)) <= MAX_MESSAGE
    return (
        len(escape(reply.text)) <= _MAX_DESCRIPTION
        and len(reply.fields) <= _MAX_FIELDS
        and all(len(escape(field.value)) <= _MAX_FIELD for field in reply.fields)
        and len(escape(as_text(reply))) <= _MAX_EMBED
    )


def _beginning(text: str) -> str:
    """Return the lines that fit half a message: escaping at most doubles them."""
    if len(text) <= _HALF:
        return text
    lines = text[:_HALF].rpartition("\n")[0]
    return f"{lines.rstrip() or text[:_HALF]}\n…"


def _escaped(special: re.Match[str]) -> str:
    # A list's mark may be indented: the backslash goes right before the mark.
    blanks, mark = re.split(r"(?=\S)", special[0], maxsplit=1)
    return f"{blanks}\\{mark}"
