"""Answers that are too long for a message: their beginning, and all of it as a file; pure."""

from __future__ import annotations

from dataclasses import replace

from bot.client.formatting import MAX_MESSAGE, escape
from bot.replies import Attachment, Reply, as_text

_MAX_CARD = 4_096
_MAX_FIELD = 1_024
_MAX_FIELDS = 25
_MAX_IN_ALL = 6_000
_HALF = MAX_MESSAGE // 2 - len("\n…")
FILE = "answer.txt"
"""What the file is called."""


def fit_limits(reply: Reply) -> Reply:
    """Return an answer that Discord takes; one that is too long goes with all of it in a file."""
    if _fits(reply):
        return reply
    whole = Attachment(FILE, as_text(reply).encode())
    text = _beginning(reply.text or as_text(reply))
    return replace(reply, text=text, fields=(), attachments=(*reply.attachments, whole))


def _fits(reply: Reply) -> bool:
    if not (reply.title or reply.fields or reply.footer):
        return len(escape(reply.text)) <= MAX_MESSAGE
    values = [escape(field.value) for field in reply.fields]
    in_all = len(escape(as_text(reply)))
    return (
        len(escape(reply.text)) <= _MAX_CARD
        and len(values) <= _MAX_FIELDS
        and all(len(value) <= _MAX_FIELD for value in values)
        and in_all <= _MAX_IN_ALL
    )


def _beginning(text: str) -> str:
    """Return the lines of a text that fit half a message, whatever has to be escaped in them."""
    if len(text) <= _HALF:
        return text
    lines = text[:_HALF].rpartition("\n")[0]
    return f"{lines.rstrip() or text[:_HALF]}\n…"
