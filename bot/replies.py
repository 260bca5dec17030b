"""What the bot answers, wherever it is asked."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

BOLD = f"\x02{secrets.token_hex(4)}\x02"
"""Begins and ends what is bold in a text; drawn at each start, so that no member can write it."""


@dataclass(frozen=True, slots=True)
class Field:
    """A titled part of an answer.

    Attributes:
        name: its title, plain.
        value: what it says, plain.
    """

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A picture or another file that goes with an answer.

    Attributes:
        name: of the file.
        content: its bytes.
        description: what it shows, for those who cannot see it; plain.
    """

    name: str
    content: bytes
    description: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """A button under an answer.

    Attributes:
        label: what it says.
        custom_id: what is done when it is pressed, and all that is needed to do it: it works as
            long as the message is there, whether or not the bot was restarted; of a link, its
            address.
        style: "plain", "good", "bad" or "link".
    """

    label: str
    custom_id: str
    style: str = "plain"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer.

    Attributes:
        text: what it says, plain; in a poem, the line that a member gave as well.
        is_refusal: whether it says why the request was not granted.
        is_private: whether it is for the member alone, where that is possible.
        title: above the text, plain; an answer with a title or fields is shown as a card.
        fields: below it.
        footer: at the end, small, plain.
        buttons: under the answer; a terminal leaves them out.
        pictures: files that go with it; a terminal leaves them out.
        bare: what was asked for without a word about it, for a program to read.
        number: of the answer that it gives, where one is kept.
        channels: ids of channels that the text names as <#ID>, which Discord shows by their names.
    """

    text: str
    is_refusal: bool = False
    is_private: bool = False
    title: str = ""
    fields: tuple[Field, ...] = ()
    footer: str = ""
    buttons: tuple[Button, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    bare: str = ""
    number: int | None = None
    channels: tuple[int, ...] = ()


def as_text(reply: Reply) -> str:
    """Return all of a reply that a terminal can show."""
    fields = [f"{field.name}\n{field.value}" for field in reply.fields]
    parts = filter(None, [reply.title, reply.text, *fields, reply.footer])
    return "\n\n".join(parts).replace(BOLD, "")


def as_lines(reply: Reply) -> str:
    """Return a reply for a program to read: what was asked for, and what is missing of it."""
    return "\n".join([reply.bare, reply.footer]).strip() if reply.bare else as_text(reply)
