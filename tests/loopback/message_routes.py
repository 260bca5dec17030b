"""REST routes for messages: send, edit, delete, read, react, type."""

from aiohttp import web

from tests.loopback import errors
from tests.loopback.answers import json_answer
from tests.loopback.drafts import draft, required_permissions, resolve_reference
from tests.loopback.forms import Form, read_form
from tests.loopback.payloads import message_payload
from tests.loopback.permissions import Permission
from tests.loopback.publishing import Publisher
from tests.loopback.records import JSON, Message
from tests.loopback.rest import API, find_channel
from tests.loopback.world import Channel

_LISTED = 50


class MessageRoutes:
    """What the bot does in channels, with the bot's permissions there."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._world = publisher.world

    def routes(self) -> list[web.RouteDef]:
        channel = API + "/channels/{channel}"
        messages = channel + "/messages"
        reaction = messages + "/{message}/reactions/{emoji}/@me"
        return [
            web.post(messages, self._send),
            web.get(messages, self._list),
            web.get(messages + "/{message}", self._get),
            web.patch(messages + "/{message}", self._edit),
            web.delete(messages + "/{message}", self._delete),
            web.post(channel + "/typing", self._type),
            web.put(reaction, self._react),
            web.delete(reaction, self._unreact),
        ]

    async def _send(self, request: web.Request) -> web.Response:
        channel = self._channel(request)
        form = await read_form(request)
        self._require(channel, required_permissions(channel, form))
        self._check_lock(channel)
        _check_automod(channel, form)
        if channel.recipient is not None and not channel.recipient.accepts_direct_messages:
            raise errors.cannot_message_user()
        bot = self._world.bot
        reply_to = resolve_reference(channel, bot, form.payload)
        message = self._sent_before(channel, form)
        if message is None:
            message = draft(self._world, channel, bot, form, reply_to)
            await self._publisher.reopen(channel)
            await self._publisher.publish(message)
        return self._shown(message)

    def _sent_before(self, channel: Channel, form: Form) -> Message | None:
        """Find the message of an earlier try, when the bot asked to be guarded against two."""
        if not form.payload.get("enforce_nonce"):
            return None
        return channel.nonces.get(form.payload.get("nonce", ""))

    async def _list(self, request: web.Request) -> web.Response:
        channel = self._channel(request)
        self._require(channel, Permission.READ_MESSAGE_HISTORY)
        before = int(request.query.get("before", 1 << 63))
        after = int(request.query.get("after", 0))
        found = [m for m in channel.messages.values() if after < m.id < before]
        limit = int(request.query.get("limit", _LISTED))
        chosen = found[:limit] if after else found[-limit:]
        return json_answer([self._payload(message) for message in reversed(chosen)])

    async def _get(self, request: web.Request) -> web.Response:
        self._require(self._channel(request), Permission.READ_MESSAGE_HISTORY)
        return self._shown(self._message(request))

    async def _edit(self, request: web.Request) -> web.Response:
        message = self._message(request)
        if message.author is not self._world.bot:
            raise errors.not_your_message()
        if message.channel.is_archived:
            raise errors.thread_archived()
        form = await read_form(request)
        _check_automod(message.channel, form)
        await self._publisher.revise(message, form)
        return self._shown(message)

    async def _delete(self, request: web.Request) -> web.Response:
        message = self._message(request)
        if message.author is not self._world.bot:
            self._require(message.channel, Permission.MANAGE_MESSAGES)
        await self._publisher.withdraw(message)
        return web.Response(status=204)

    async def _type(self, request: web.Request) -> web.Response:
        channel = self._channel(request)
        self._require(channel, channel.needed_to_write)
        await self._publisher.type(channel, self._world.bot)
        return web.Response(status=204)

    async def _react(self, request: web.Request) -> web.Response:
        message = self._message(request)
        self._require(message.channel, Permission.ADD_REACTIONS)
        emoji = request.match_info["emoji"]
        await self._publisher.react(message, emoji, self._world.bot)
        return web.Response(status=204)

    async def _unreact(self, request: web.Request) -> web.Response:
        message = self._message(request)
        await self._publisher.unreact(message, request.match_info["emoji"], self._world.bot)
        return web.Response(status=204)

    def _channel(self, request: web.Request) -> Channel:
        channel = find_channel(self._world, request)
        if Permission.VIEW_CHANNEL not in channel.permissions_of(self._world.bot):
            raise errors.missing_access()
        return channel

    def _message(self, request: web.Request) -> Message:
        message = self._channel(request).messages.get(int(request.match_info["message"]))
        if message is None:
            raise errors.unknown("message")
        return message

    def _require(self, channel: Channel, permissions: Permission) -> None:
        if permissions not in channel.permissions_of(self._world.bot):
            raise errors.missing_permissions()

    def _check_lock(self, channel: Channel) -> None:
        may_write = Permission.MANAGE_THREADS in channel.permissions_of(self._world.bot)
        if channel.is_locked and not may_write:
            raise errors.thread_locked()

    def _shown(self, message: Message) -> web.Response:
        return json_answer(self._payload(message))

    def _payload(self, message: Message) -> JSON:
        granted = self._publisher.gateway.granted_intents
        return message_payload(message, granted, self._world.bot.id)


def _check_automod(channel: Channel, form: Form) -> None:
    written = f"{form.payload.get('content')} {form.payload.get('embeds')}".lower()
    if channel.guild and any(word in written for word in channel.guild.blocked_words):
        raise errors.blocked_by_automod()
