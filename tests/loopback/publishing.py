"""Puts messages into channels, changes and removes them, and tells the gateway."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.loopback.drafts import revise
from tests.loopback.forms import Form
from tests.loopback.gateway import Gateway
from tests.loopback.intents import Intent
from tests.loopback.payloads import (
    channel_payload,
    member_payload,
    message_event_payload,
    place_payload,
    user_payload,
)
from tests.loopback.records import JSON, Message, Reaction
from tests.loopback.watch import Watch
from tests.loopback.world import Channel, Member, User, World


@dataclass(eq=False, slots=True)
class Publisher:
    """What REST calls and the test's verbs do alike, seen by everybody."""

    world: World
    gateway: Gateway
    watch: Watch
    # The bot's messages that no test has taken as a reply yet, in order.
    unseen: dict[int, Message] = field(default_factory=dict[int, Message])

    async def publish(self, message: Message) -> None:
        if message.author is self.world.bot and message.interaction is None:
            self._count_as_answer(message)
        if not message.is_ephemeral:
            message.channel.add(message)
        self.watch.note(f"{message.author.name} in {message.channel}: {message.content!r}")
        if not message.is_ephemeral:
            await self._send("MESSAGE_CREATE", message)

    def _count_as_answer(self, message: Message) -> None:
        self.unseen[message.id] = message
        answered = self._answered(message)
        if answered is not None:
            answered.answers.append(message)

    def _answered(self, message: Message) -> Message | None:
        """Return what a message answers: what it refers to, or else what was said last."""
        if message.reference is not None:
            return message.reference
        earlier = reversed(message.channel.messages.values())
        return next((other for other in earlier if other.author is not self.world.bot), None)

    async def revise(self, message: Message, form: Form) -> None:
        """Change a message.

        Raises:
            ApiError: as Discord refuses it.
        """
        revise(self.world, message, form)
        self.watch.note(f"{message.author.name} edited in {message.channel}: {message.content!r}")
        if not message.is_ephemeral:
            await self._send("MESSAGE_UPDATE", message)

    async def reopen(self, channel: Channel) -> None:
        """Take a thread out of the archive, as every new message does."""
        if channel.is_archived:
            channel.is_archived = False
            payload = channel_payload(channel)
            await self.gateway.dispatch("THREAD_UPDATE", channel, lambda _: payload)

    async def withdraw(self, message: Message) -> None:
        self._remove(message)
        if not message.is_ephemeral:
            payload = place_payload(message.channel) | {"id": str(message.id)}
            await self.gateway.dispatch("MESSAGE_DELETE", message.channel, lambda _: payload)

    async def withdraw_many(self, channel: Channel, messages: Sequence[Message]) -> None:
        for message in messages:
            self._remove(message)
        payload = place_payload(channel) | {"ids": [str(message.id) for message in messages]}
        await self.gateway.dispatch("MESSAGE_DELETE_BULK", channel, lambda _: payload)

    def _remove(self, message: Message) -> None:
        message.is_deleted = True
        message.channel.messages.pop(message.id, None)
        self.watch.note(f"deleted in {message.channel}: {message.content!r}")

    async def type(self, channel: Channel, user: User) -> None:
        channel.typing.append(user)
        self.watch.note(f"{user.name} is typing in {channel}")
        payload = place_payload(channel) | {
            "user_id": str(user.id),
            "timestamp": int(datetime.now(UTC).timestamp()),
        }
        member = _member(channel, user)
        if member is not None:
            payload["member"] = member_payload(member)
        await self.gateway.dispatch("TYPING_START", channel, lambda _: payload)

    async def react(self, message: Message, emoji: str, user: User) -> None:
        message.reactions.append(Reaction(emoji, user))
        self.watch.note(f"{user.name} reacted with {emoji} to {message.content!r}")
        await self._send_reaction("MESSAGE_REACTION_ADD", message, emoji, user)

    async def unreact(self, message: Message, emoji: str, user: User) -> None:
        message.reactions.remove(Reaction(emoji, user))
        self.watch.changed()
        await self._send_reaction("MESSAGE_REACTION_REMOVE", message, emoji, user)

    async def _send_reaction(self, event: str, message: Message, emoji: str, user: User) -> None:
        payload: JSON = place_payload(message.channel) | {
            "message_id": str(message.id),
            "message_author_id": str(message.author.id),
            "user_id": str(user.id),
            "emoji": {"id": None, "name": emoji},
            "burst": False,
            "type": 0,
        }
        member = _member(message.channel, user)
        if member is not None and event == "MESSAGE_REACTION_ADD":
            payload |= {"member": member_payload(member) | {"user": user_payload(user)}}
        await self.gateway.dispatch(event, message.channel, lambda _: payload)

    async def _send(self, event: str, message: Message) -> None:
        def build(intents: Intent) -> JSON:
            return message_event_payload(message, intents, self.world.bot.id)

        await self.gateway.dispatch(event, message.channel, build)


def _member(channel: Channel, user: User) -> Member | None:
    return channel.guild.members.get(user.id) if channel.guild else None
