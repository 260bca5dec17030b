"""What members do: they write, press buttons, call commands, fill in modals."""

import asyncio
import secrets
from collections.abc import Sequence

from tests.loopback.base import Server
from tests.loopback.drafts import draft
from tests.loopback.exchange import Exchange
from tests.loopback.forms import Form
from tests.loopback.offers import CommandCall, Value, choose, fill_modal, press
from tests.loopback.payloads import interaction_payload
from tests.loopback.records import (
    JSON,
    Interaction,
    InteractionKind,
    Message,
    MessageKind,
    Upload,
)
from tests.loopback.world import Channel, Member, User, user_of

_ROUNDS_OF_A_HAND = 4


class MemberVerbs(Server):
    """The verbs of members; without an author it is `server.member` who acts."""

    async def say(
        self,
        content: str = "",
        *,
        author: Member | User | None = None,
        channel: Channel | None = None,
        attachments: Sequence[Upload] = (),
        reply_to: Message | None = None,
        kind: MessageKind | None = None,
    ) -> Message:
        """Write a message, or do what Discord tells of by a message of another kind."""
        channel = channel or self.channel
        writer = user_of(author or channel.recipient or self.member)
        files = {str(index): upload for index, upload in enumerate(attachments)}
        message = draft(self._world, channel, writer, Form({"content": content}, files), reply_to)
        message.kind = message.kind if kind is None else kind
        await self._publisher.publish(message)
        return message

    async def edit(self, message: Message, content: str) -> None:
        await self._publisher.revise(message, Form({"content": content}))

    async def delete(self, message: Message) -> None:
        await self._publisher.withdraw(message)

    async def purge(self, messages: Sequence[Message]) -> None:
        """Delete several messages of a channel at once, as bots of moderators do."""
        await self._publisher.withdraw_many(messages[0].channel, messages)

    async def react(
        self, message: Message, emoji: str, *, author: Member | User | None = None
    ) -> None:
        await self._publisher.react(message, emoji, user_of(author or self.member))

    async def type(
        self, channel: Channel | None = None, *, author: Member | User | None = None
    ) -> None:
        channel = channel or self.channel
        await self._publisher.type(channel, user_of(author or self.member))

    async def slash(
        self,
        command: str,
        /,
        *,
        author: Member | User | None = None,
        channel: Channel | None = None,
        **options: Value,
    ) -> Exchange:
        """Call a registered command; subcommands follow after a space: `"retrain start"`.

        A client that has just connected is waited for until it has registered something.
        """
        await self.until(lambda: any(self._world.commands.values()), "registered commands")
        channel, author = self._setting(channel, author)
        call = CommandCall(self._world, channel, author)
        arguments = call.fill_in(command, options)
        return await self._interact(InteractionKind.COMMAND, author, channel, arguments)

    async def autocomplete(
        self,
        command: str,
        focused: str,
        typed: Value,
        /,
        *,
        author: Member | User | None = None,
        channel: Channel | None = None,
        **options: Value,
    ) -> list[JSON]:
        """Type into an option and return what the bot proposes for it."""
        channel, author = self._setting(channel, author)
        call = CommandCall(self._world, channel, author, focused)
        arguments = call.fill_in(command, {**options, focused: typed})
        exchange = await self._interact(InteractionKind.AUTOCOMPLETE, author, channel, arguments)
        return await exchange.choices()

    async def click(
        self, message: Message, button: str, *, author: Member | User | None = None
    ) -> Exchange:
        """Press the button with this label, emoji or custom id."""
        return await self._use(message, press(message, button), author)

    async def choose(
        self, message: Message, *values: str, author: Member | User | None = None
    ) -> Exchange:
        """Choose from the menu that offers these values."""
        return await self._use(message, choose(message, values), author)

    async def submit(self, opened: Exchange, /, **texts: str) -> Exchange:
        """Fill in and send off the modal that an interaction opened."""
        arguments = fill_modal(await opened.modal(), texts)
        await self._let_client_catch_up()
        origin = opened.record
        return await self._interact(
            InteractionKind.MODAL_SUBMIT, origin.invoker, origin.channel, arguments, origin.message
        )

    async def interact(
        self,
        kind: InteractionKind,
        arguments: JSON,
        *,
        author: Member | User | None = None,
        channel: Channel | None = None,
        message: Message | None = None,
    ) -> Exchange:
        """Send any interaction, also one that Discord's own client would not make."""
        channel, author = self._setting(channel, author)
        return await self._interact(kind, author, channel, arguments, message)

    async def _use(
        self, message: Message, arguments: JSON, author: Member | User | None
    ) -> Exchange:
        await self._let_client_catch_up()
        channel, author = self._setting(message.channel, author)
        return await self._interact(InteractionKind.COMPONENT, author, channel, arguments, message)

    def _setting(
        self, channel: Channel | None, author: Member | User | None
    ) -> tuple[Channel, Member | User]:
        channel = channel or self.channel
        return channel, author or channel.recipient or self.member

    async def _interact(
        self,
        kind: InteractionKind,
        author: Member | User,
        channel: Channel,
        arguments: JSON,
        message: Message | None = None,
    ) -> Exchange:
        interaction = Interaction(
            id=self._world.snowflakes.next(),
            token=secrets.token_urlsafe(48),
            kind=kind,
            invoker=author,
            channel=channel,
            arguments=arguments,
            message=message,
            sent_at=asyncio.get_running_loop().time(),
        )
        self._world.interactions[interaction.token] = interaction
        payload = interaction_payload(interaction, self.bot.id)
        self._watch.note(f"{author.name} in {channel}: {kind.name.lower()}")
        await self._gateway.dispatch("INTERACTION_CREATE", channel.guild, lambda _: payload)
        return Exchange(interaction, self._watch, self.patience_seconds)

    async def _let_client_catch_up(self) -> None:
        """Give the client the time that a member's eyes and hand would give it.

        A test hears of a message before the answer to the client's request is read, and only
        then does the client listen to the buttons. Some rounds over the gateway take longer.
        """
        for _ in range(_ROUNDS_OF_A_HAND):
            await self._all_received()
