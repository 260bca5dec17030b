"""What members and the bot wrote and pressed: messages, files, interactions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from tests.loopback.snowflakes import created_at

if TYPE_CHECKING:
    from tests.loopback.world import Channel, Member, Role, User

JSON = dict[str, Any]

EPHEMERAL = 1 << 6
LOADING = 1 << 7
IS_COMPONENTS_V2 = 1 << 15

_BUTTON = 2


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way into a message."""

    filename: str
    content: bytes
    content_type: str = "application/octet-stream"
    description: str | None = None


@dataclass(eq=False, slots=True)
class Attachment:
    """A file in a message, kept by the server's CDN."""

    id: int
    upload: Upload
    url: str

    @property
    def filename(self) -> str:
        return self.upload.filename

    @property
    def content(self) -> bytes:
        return self.upload.content


@dataclass(frozen=True, slots=True)
class Pings:
    """Whom a message really notified; false when nobody."""

    users: tuple[User, ...] = ()
    roles: tuple[Role, ...] = ()
    everyone: bool = False

    def __bool__(self) -> bool:
        return bool(self.users or self.roles or self.everyone)


@dataclass(slots=True)
class Body:
    """The parts of a message that an edit can change."""

    content: str = ""
    embeds: list[JSON] = field(default_factory=list[JSON])
    components: list[JSON] = field(default_factory=list[JSON])
    attachments: list[Attachment] = field(default_factory=list[Attachment])


@dataclass(frozen=True, slots=True)
class Reaction:
    """An emoji that someone put under a message."""

    emoji: str
    user: User


class MessageKind(IntEnum):
    """Discord's message types that the server makes."""

    DEFAULT = 0
    THREAD_CREATED = 18
    REPLY = 19
    COMMAND = 20


@dataclass(eq=False, slots=True)
class Message:
    """A message as everybody sees it, with what a test wants to know about it."""

    id: int
    channel: Channel
    author: User
    body: Body
    kind: MessageKind = MessageKind.DEFAULT
    reference: Message | None = None
    mentions: tuple[User, ...] = ()
    pings: Pings = field(default_factory=Pings)
    flags: int = 0
    nonce: str | None = None
    interaction: Interaction | None = None
    edits: list[Body] = field(default_factory=list[Body])
    edited_at: datetime | None = None
    reactions: list[Reaction] = field(default_factory=list[Reaction])
    answers: list[Message] = field(default_factory=list["Message"])
    is_deleted: bool = False

    @property
    def content(self) -> str:
        return self.body.content

    @property
    def embeds(self) -> list[JSON]:
        return self.body.embeds

    @property
    def attachments(self) -> list[Attachment]:
        return self.body.attachments

    @property
    def components(self) -> list[JSON]:
        return self.body.components

    @property
    def created_at(self) -> datetime:
        return created_at(self.id)

    @property
    def is_ephemeral(self) -> bool:
        return bool(self.flags & EPHEMERAL)

    @property
    def is_thinking(self) -> bool:
        return bool(self.flags & LOADING)

    @property
    def buttons(self) -> list[str]:
        """The buttons' labels, or their emoji, in reading order."""
        return [button_name(part) for part in self.parts() if part["type"] == _BUTTON]

    def parts(self) -> Iterator[JSON]:
        """Yield every component, those inside rows and containers too."""
        return _flattened(self.components)

    def __repr__(self) -> str:
        return f"<Message {self.content!r} by {self.author.name} in {self.channel}>"


def button_name(button: JSON) -> str:
    return button.get("label") or button.get("emoji", {}).get("name") or ""


def _flattened(components: list[JSON]) -> Iterator[JSON]:
    for component in components:
        yield component
        yield from _flattened(component.get("components", []))
        if "accessory" in component:
            yield from _flattened([component["accessory"]])


class InteractionKind(IntEnum):
    """Discord's interaction types."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL_SUBMIT = 5


class ResponseKind(IntEnum):
    """Discord's types of first response to an interaction."""

    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    MODAL = 9


@dataclass(eq=False, slots=True)
class Interaction:
    """Something a member pressed or called, and what came back."""

    id: int
    token: str
    kind: InteractionKind
    invoker: Member | User
    channel: Channel
    arguments: JSON
    message: Message | None = None
    sent_at: float = 0.0
    is_expired: bool = False
    is_token_expired: bool = False
    response_kind: ResponseKind | None = None
    response: JSON = field(default_factory=dict[str, Any])
    original: Message | None = None
    answer: Message | None = None
    followups: list[Message] = field(default_factory=list[Message])
