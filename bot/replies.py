"""Replies, independent of where they are shown."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

BOLD = f"\x02{secrets.token_hex(4)}\x02"
"""Begins and ends bold text; random for each process, so that no member can write it."""


@dataclass(frozen=True, slots=True)
class Field:
    """A titled part of a reply, plain text."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that is sent with a reply; its description is the alternative text."""

    name: str
    content: bytes
    description: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a reply.

    Its custom id names the action and its arguments, so that it works after a restart; of a link
    it is the address. Its style is "plain", "good", "bad" or "link".
    """

    label: str
    custom_id: str
    style: str = "plain"


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply.

    Attributes:
        text: what it says, plain; in a poem, the line that a member gave as well.
        is_refusal: whether it says why a request was refused.
        is_private: whether only the member sees it, where that is possible.
        is_busy: whether it says that too much is going on.
        title: above the text, plain; a reply with a title, fields or footer is an embed.
        fields: below it.
        footer: at the end, small, plain.
        buttons: below it; a terminal omits them.
        attachments: files sent with it; a terminal omits them.
        bare: the generated text alone, for a program to read.
        number: of the stored answer, if any.
        channels: ids of channels that the text mentions as <#ID>.
    """

    text: str
    is_refusal: bool = False
    is_private: bool = False
    is_busy: bool = False
    title: str = ""
    fields: tuple[Field, ...] = ()
    footer: str = ""
    buttons: tuple[Button, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    bare: str = ""
    number: int | None = None
    channels: tuple[int, ...] = ()


def as_text(reply: Reply) -> str:
    """Return a reply as plain text."""
    fields = [f"{field.name}\n{field.value}" for field in reply.fields]
    parts = filter(None, [reply.title, reply.text, *fields, reply.footer])
    return "\n\n".join(parts).replace(BOLD, "")


def as_lines(reply: Reply) -> str:
    """Return the generated text and the footer, for a program to read."""
    return "\n".join([reply.bare, reply.footer]).strip() if reply.bare else as_text(reply)
