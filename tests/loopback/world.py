"""Who and what exists: users, guilds, channels, members. No input or output here."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.loopback.permissions import (
    ALL,
    LEFT_IN_TIMEOUT,
    USUAL,
    Overwrite,
    Permission,
    combined,
)
from tests.loopback.records import JSON, Attachment, Interaction, Message, Upload
from tests.loopback.snowflakes import Snowflakes, created_at

GUILD_TEXT = 0
DIRECT_MESSAGE = 1
CATEGORY = 4
PUBLIC_THREAD = 11


@dataclass(eq=False, slots=True)
class User:
    """An account."""

    id: int
    name: str
    is_bot: bool = False
    accepts_direct_messages: bool = True
    locale: str = "en-US"

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"


@dataclass(eq=False, slots=True)
class Role:
    """A role of a guild."""

    id: int
    name: str
    permissions: Permission
    is_mentionable: bool = False

    @property
    def mention(self) -> str:
        return f"<@&{self.id}>"


@dataclass(eq=False, slots=True)
class Member:
    """A user in a guild."""

    user: User
    guild: Guild
    roles: list[Role]
    joined_at: datetime
    nick: str | None = None
    timed_out_until: datetime | None = None

    @property
    def id(self) -> int:
        return self.user.id

    @property
    def name(self) -> str:
        return self.user.name

    @property
    def mention(self) -> str:
        return self.user.mention

    @property
    def permissions(self) -> Permission:
        """What the roles give in the whole guild, before any channel's overwrites."""
        if self.user is self.guild.owner:
            return ALL
        total = self.guild.everyone.permissions
        for role in self.roles:
            total |= role.permissions
        return ALL if Permission.ADMINISTRATOR in total else total

    @property
    def is_timed_out(self) -> bool:
        return self.timed_out_until is not None and self.timed_out_until > datetime.now(UTC)


@dataclass(eq=False, slots=True)
class Channel:
    """A text channel of a guild, a thread of one, a direct message without a guild, a category."""

    id: int
    name: str
    guild: Guild | None = None
    parent: Channel | None = None
    category: Channel | None = None
    is_category: bool = False
    recipient: User | None = None
    is_adult: bool = False
    is_archived: bool = False
    is_locked: bool = False
    overwrites: dict[int, Overwrite] = field(default_factory=dict[int, Overwrite])
    messages: dict[int, Message] = field(default_factory=dict[int, Message])
    nonces: dict[str, Message] = field(default_factory=dict[str, Message])
    typing: list[User] = field(default_factory=list[User])

    @property
    def kind(self) -> int:
        if self.parent is not None:
            return PUBLIC_THREAD
        if self.is_category:
            return CATEGORY
        return DIRECT_MESSAGE if self.guild is None else GUILD_TEXT

    @property
    def mention(self) -> str:
        return f"<#{self.id}>"

    @property
    def needed_to_write(self) -> Permission:
        is_thread = self.parent is not None
        return Permission.SEND_MESSAGES_IN_THREADS if is_thread else Permission.SEND_MESSAGES

    def add(self, message: Message) -> None:
        self.messages[message.id] = message
        if message.nonce is not None:
            self.nonces[message.nonce] = message

    def allow(self, whom: Member | Role, permission: Permission) -> None:
        self.overwrites[whom.id] = Overwrite(allow=permission)

    def deny(self, whom: Member | Role, permission: Permission) -> None:
        self.overwrites[whom.id] = Overwrite(deny=permission)

    def permissions_of(self, user: User) -> Permission:
        """Apply the overwrites in Discord's order: everyone, roles, the member.

        A thread has those of its channel.
        """
        if self.parent is not None:
            return self.parent.permissions_of(user)
        if self.guild is None:
            return USUAL
        member = self.guild.members.get(user.id)
        if member is None:
            return Permission.NONE
        permissions = member.permissions
        if Permission.ADMINISTRATOR in permissions:
            return permissions
        of_roles = combined(self._overwrite(role.id) for role in member.roles)
        for overwrite in (self._overwrite(self.guild.id), of_roles, self._overwrite(user.id)):
            permissions = overwrite.applied_to(permissions)
        return permissions & LEFT_IN_TIMEOUT if member.is_timed_out else permissions

    def _overwrite(self, target_id: int) -> Overwrite:
        return self.overwrites.get(target_id, Overwrite())

    def __str__(self) -> str:
        if self.recipient is not None:
            return f"the direct messages with {self.recipient.name}"
        return f"#{self.name}"


@dataclass(eq=False, slots=True)
class Teammate:
    """A member of the team that the bot belongs to."""

    user: User
    role: str
    has_accepted: bool = True


@dataclass(eq=False, slots=True)
class Guild:
    """A server with its channels, roles and members; the bot is one of them."""

    id: int
    name: str
    owner: User
    everyone: Role
    snowflakes: Snowflakes
    channels: list[Channel] = field(default_factory=list[Channel])
    threads: list[Channel] = field(default_factory=list[Channel])
    roles: list[Role] = field(default_factory=list[Role])
    members: dict[int, Member] = field(default_factory=dict[int, Member])
    is_available: bool = True
    is_listed: bool = True
    locale: str = "en-US"
    # What the guild's AutoMod lets nobody write.
    blocked_words: set[str] = field(default_factory=set[str])
    # Who may use a command, set under Integrations: by its name, and by id of a member or role.
    command_overwrites: dict[str, dict[int, bool]] = field(
        default_factory=dict[str, dict[int, bool]]
    )

    def add_channel(self, name: str = "general", *, category: Channel | None = None) -> Channel:
        channel = Channel(self.snowflakes.next(), name, guild=self, category=category)
        self.channels.append(channel)
        return channel

    def add_category(self, name: str) -> Channel:
        category = Channel(self.snowflakes.next(), name, guild=self, is_category=True)
        self.channels.append(category)
        return category

    def add_thread(self, channel: Channel, name: str = "thread") -> Channel:
        thread = Channel(self.snowflakes.next(), name, guild=self, parent=channel)
        self.threads.append(thread)
        return thread

    def add_role(
        self,
        name: str,
        permissions: Permission = Permission.NONE,
        *,
        is_mentionable: bool = False,
    ) -> Role:
        role = Role(self.snowflakes.next(), name, permissions, is_mentionable)
        self.roles.append(role)
        return role

    def add_member(
        self,
        name: str = "visitor",
        permissions: Permission = Permission.NONE,
        *,
        user: User | None = None,
        nick: str | None = None,
    ) -> Member:
        """Let someone in; permissions come on top of what everyone has."""
        user = user or User(self.snowflakes.next(), name)
        roles = [self.add_role(f"{user.name}'s role", permissions)] if permissions else []
        joined_at = created_at(self.snowflakes.next())
        member = Member(user, self, roles, joined_at, nick)
        self.members[user.id] = member
        return member


@dataclass(frozen=True, slots=True)
class Sync:
    """One registration of commands by the bot; of one guild or, without, for all."""

    guild_id: int | None
    names: tuple[str, ...]


@dataclass(eq=False)
class World:
    """Everything that a Discord knows."""

    snowflakes: Snowflakes = field(default_factory=Snowflakes)
    guilds: dict[int, Guild] = field(default_factory=dict[int, Guild])
    direct_messages: dict[int, Channel] = field(default_factory=dict[int, Channel])
    interactions: dict[str, Interaction] = field(default_factory=dict[str, Interaction])
    attachments: dict[int, Attachment] = field(default_factory=dict[int, Attachment])
    commands: dict[int | None, list[JSON]] = field(default_factory=dict[int | None, list[JSON]])
    syncs: list[Sync] = field(default_factory=list[Sync])
    team: list[Teammate] = field(default_factory=list[Teammate])
    presence: dict[str, Any] | None = None
    cdn_url: str = ""

    def __post_init__(self) -> None:
        self.bot = User(self.snowflakes.next(), "Dinobard", is_bot=True)
        self.owner = User(self.snowflakes.next(), "Gideon Mantell")
        self.token = _token(self.bot.id)

    def add_guild(self, name: str, guild_id: int | None = None) -> Guild:
        guild_id = guild_id or self.snowflakes.next_on_shard(0, 1)
        everyone = Role(guild_id, "@everyone", USUAL)
        guild = Guild(guild_id, name, self.owner, everyone, self.snowflakes, roles=[everyone])
        guild.add_member(user=self.owner)
        guild.add_member(user=self.bot)
        self.guilds[guild.id] = guild
        return guild

    def direct_message(self, user: User) -> Channel:
        """Return the direct messages between the bot and a user, opened if need be."""
        for channel in self.direct_messages.values():
            if channel.recipient is user:
                return channel
        channel = Channel(self.snowflakes.next(), "", recipient=user)
        self.direct_messages[channel.id] = channel
        return channel

    def channel(self, channel_id: int) -> Channel | None:
        return next((channel for channel in self.channels() if channel.id == channel_id), None)

    def channels(self) -> Iterator[Channel]:
        of_guilds = ([*guild.channels, *guild.threads] for guild in self.guilds.values())
        yield from itertools.chain.from_iterable(of_guilds)
        yield from self.direct_messages.values()

    def user(self, user_id: int) -> User | None:
        for guild in self.guilds.values():
            if user_id in guild.members:
                return guild.members[user_id].user
        recipients = (channel.recipient for channel in self.direct_messages.values())
        return next((user for user in recipients if user and user.id == user_id), None)

    def attach(self, channel: Channel, upload: Upload) -> Attachment:
        number = self.snowflakes.next()
        url = f"{self.cdn_url}/attachments/{channel.id}/{number}/{upload.filename}"
        attachment = Attachment(number, upload, url)
        self.attachments[number] = attachment
        return attachment


def user_of(person: Member | User) -> User:
    return person.user if isinstance(person, Member) else person


def _token(bot_id: int) -> str:
    # The form of a real one (id, time, signature), so that checks of the form accept it.
    name = base64.urlsafe_b64encode(str(bot_id).encode()).decode().rstrip("=")
    return f"{name}.Gloop1.loopback-signature-that-opens-no-door"
