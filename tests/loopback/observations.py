"""What the bot did: waiting for it, taking its replies, proving its silence."""

import asyncio
from typing import Any

from tests.loopback.member_verbs import MemberVerbs
from tests.loopback.records import JSON, Message, MessageKind
from tests.loopback.rest import Call
from tests.loopback.sessions import Login
from tests.loopback.world import Channel, Guild, Member, Sync, User

# The client names the tasks of its event handlers so.
_CLIENT_TASKS = (
    "discord.py: ",
    "CommandTree-invoker",
    "discord-ui-view-dispatch",
    "discord-ui-dynamic-item",
)


class Observations(MemberVerbs):
    """The verbs that look at the bot."""

    @property
    def logins(self) -> list[Login]:
        """Sessions begun and resumed, in order."""
        return self._gateway.logins

    @property
    def syncs(self) -> list[Sync]:
        """Registrations of all commands of a place, in order."""
        return self._world.syncs

    @property
    def calls(self) -> list[Call]:
        """Requests to the REST part, in order."""
        return self._rest.calls

    @property
    def heartbeats(self) -> int:
        """Heartbeats received over the connections there are."""
        return sum(connection.heartbeats for connection in self._gateway.connections)

    @property
    def presence(self) -> dict[str, Any] | None:
        """The status and activity that the bot last set over the gateway."""
        return self._world.presence

    def commands(self, guild: Guild | None = None) -> list[JSON]:
        """Return what the bot registered, for everybody or for one guild."""
        return self._world.commands.get(guild.id if guild else None, [])

    async def connected(self, shards: int = 1, *, timeout_seconds: float | None = None) -> None:
        """Wait until this many shards are connected and have their guilds."""

        def find() -> bool | None:
            return self._gateway.ready_shards() >= shards or None

        await self._until(find, f"{shards} connected shards", timeout_seconds)

    async def disconnected(self, *, timeout_seconds: float | None = None) -> None:
        """Wait until no client is connected."""
        await self._until(
            lambda: not self._gateway.connections or None, "no connection", timeout_seconds
        )

    async def reply(
        self,
        *,
        to: Message | None = None,
        channel: Channel | None = None,
        timeout_seconds: float | None = None,
    ) -> Message:
        """Wait for the bot's next message that no earlier call returned.

        Args:
            to: only messages that answer this one: they refer to it or, when they refer to
                none, it was what a member last said in their channel.
            channel: only messages in this channel.
            timeout_seconds: how long to wait; `patience_seconds` unless given.
        """

        def find() -> Message | None:
            unseen = self._publisher.unseen
            for message in to.answers if to is not None else unseen.values():
                if message.id in unseen and channel in (None, message.channel):
                    return message
            return None

        wanted = f"a reply to {to.content!r}" if to else "a message of the bot"
        message = await self._until(find, wanted, timeout_seconds)
        del self._publisher.unseen[message.id]
        return message

    async def replies(
        self,
        count: int,
        *,
        to: Message | None = None,
        channel: Channel | None = None,
        timeout_seconds: float | None = None,
    ) -> list[Message]:
        """Wait for the next so many messages of the bot."""
        return [
            await self.reply(to=to, channel=channel, timeout_seconds=timeout_seconds)
            for _ in range(count)
        ]

    async def settled(self) -> None:
        """Wait until the client has handled every event sent so far.

        The client answers a ping after it has received all before; its handlers run as named
        tasks in this event loop and are waited for.
        """
        await self._all_received()
        async with asyncio.timeout(self.patience_seconds):
            while tasks := _client_tasks():
                await asyncio.wait(tasks)

    async def silence_after(
        self,
        content: str,
        *,
        author: Member | User | None = None,
        channel: Channel | None = None,
        kind: MessageKind | None = None,
    ) -> Message:
        """Write a message and make sure that the bot leaves it unanswered."""
        message = await self.say(content, author=author, channel=channel, kind=kind)
        await self.settled()
        assert not message.answers, f"{content!r} was answered: {message.answers}"
        return message


def _client_tasks() -> set["asyncio.Task[Any]"]:
    me = asyncio.current_task()
    return {
        task
        for task in asyncio.all_tasks()
        if task is not me and task.get_name().startswith(_CLIENT_TASKS)
    }
