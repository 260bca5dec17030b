"""The gateway: admits clients and sends each session the events it asked for."""

import json
import secrets
from collections.abc import Callable
from typing import Any

from aiohttp import WSMsgType, web

from tests.loopback.intents import PRIVILEGED, Intent
from tests.loopback.payloads import (
    application_flags,
    guild_create_payload,
    member_payload,
    own_user_payload,
)
from tests.loopback.permissions import Permission
from tests.loopback.records import JSON
from tests.loopback.sessions import CloseCode, Connection, Login, Op, Place, Session
from tests.loopback.snowflakes import shard_of
from tests.loopback.watch import Watch
from tests.loopback.world import Channel, Guild, Member, World

_MEMBERS_IN_CHUNK = 1000
_CLOSE_SECONDS = 2.0
_ENDS_SESSION = (1000, 1001)
# What a client sends is small; Discord closes on more.
_FRAME_LIMIT = 4096

Build = Callable[[Intent], JSON]


class Gateway:
    """Keeps the sessions and sends each the events it asked for."""

    def __init__(self, world: World, watch: Watch) -> None:
        self._world = world
        self._watch = watch
        self.url = ""
        self.heartbeat_interval_ms = 41_250
        self.granted_intents = PRIVILEGED
        self.sessions: dict[str, Session] = {}
        self.connections: set[Connection] = set()
        self.logins: list[Login] = []
        self.admits = True

    def ready_shards(self) -> int:
        return sum(
            session.is_ready and session.connection is not None and session.connection.is_open
            for session in self.sessions.values()
        )

    async def dispatch(self, event: str, place: Place, build: Build) -> None:
        """Send an event to whoever asked for events of this kind at this place."""
        sees = not isinstance(place, Channel) or self._bot_sees(place)
        for session in list(self.sessions.values()):
            if sees and session.wants(event, place):
                session.record(event, build(session.intents))
                await session.flush()

    def _bot_sees(self, channel: Channel) -> bool:
        return Permission.VIEW_CHANNEL in channel.permissions_of(self._world.bot)

    async def close(self) -> None:
        for connection in list(self.connections):
            await connection.close(1001)

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Speak with one client until either side leaves."""
        if not self.admits:
            raise web.HTTPServiceUnavailable
        # Pongs are for `_converse`: a test learns from them how far the client has read.
        socket = web.WebSocketResponse(
            timeout=_CLOSE_SECONDS, autoping=False, max_msg_size=_FRAME_LIMIT
        )
        await socket.prepare(request)
        compression = request.query.get("compress")
        is_compressed = compression == "zlib-stream"
        connection = Connection(socket, request, is_compressed=is_compressed)
        if compression and not is_compressed:
            self._watch.note(f"a client asked for {compression}, this server knows zlib-stream")
            await connection.close(CloseCode.INVALID_COMPRESSION)
            return socket
        self.connections.add(connection)
        try:
            await connection.send(Op.HELLO, {"heartbeat_interval": self.heartbeat_interval_ms})
            await self._converse(connection, socket)
        finally:
            self._part(connection, connection.closed_with or socket.close_code)
        return socket

    async def _converse(self, connection: Connection, socket: web.WebSocketResponse) -> None:
        async for frame in socket:
            if frame.type is WSMsgType.PONG:
                connection.pongs += 1
                self._watch.changed()
                continue
            if frame.type is not WSMsgType.TEXT:
                await connection.close(CloseCode.DECODE_ERROR)
                return
            try:
                given: JSON = json.loads(frame.data)
                op = Op(given["op"])
            except (KeyError, TypeError, ValueError):
                await connection.close(CloseCode.DECODE_ERROR)
                return
            await self._answer(connection, op, given.get("d"))

    def _part(self, connection: Connection, close_code: int | None) -> None:
        connection.is_leaving = True
        self.connections.discard(connection)
        session = connection.session
        if session is None or session.connection is not connection:
            return
        session.connection = None
        if close_code in _ENDS_SESSION:
            self.sessions.pop(session.id, None)
        self._watch.note(f"shard {session.shard_id} disconnected ({close_code})")

    async def _answer(self, connection: Connection, op: Op, payload: Any) -> None:
        if op is Op.HEARTBEAT:
            await self._acknowledge(connection)
        elif op in (Op.IDENTIFY, Op.RESUME):
            await self._admit(connection, op, payload)
        elif connection.session is None:
            await connection.close(CloseCode.NOT_AUTHENTICATED)
        elif op is Op.REQUEST_MEMBERS:
            await self._send_members(connection.session, payload)
        elif op is Op.PRESENCE:
            self._world.presence = payload
            self._watch.changed()
        elif op is not Op.VOICE_STATE:
            await connection.close(CloseCode.UNKNOWN_OPCODE)

    async def _acknowledge(self, connection: Connection) -> None:
        connection.heartbeats += 1
        if connection.acknowledges_heartbeats:
            await connection.send(Op.HEARTBEAT_ACK)
        self._watch.changed()

    async def _admit(self, connection: Connection, op: Op, payload: JSON) -> None:
        if connection.session is not None:
            await connection.close(CloseCode.ALREADY_AUTHENTICATED)
        elif payload.get("token") != self._world.token:
            self._watch.note(f"{op.name} with a wrong token")
            await connection.close(CloseCode.AUTHENTICATION_FAILED)
        elif op is Op.IDENTIFY:
            await self._identify(connection, payload)
        else:
            await self._resume(connection, payload)

    async def _identify(self, connection: Connection, payload: JSON) -> None:
        intents = Intent(payload["intents"])
        shard_id, shard_count = payload.get("shard", (0, 1))
        if intents & PRIVILEGED & ~self.granted_intents:
            self._watch.note("IDENTIFY with a privileged intent that was not granted")
            await connection.close(CloseCode.DISALLOWED_INTENTS)
            return
        if not 0 <= shard_id < shard_count:
            await connection.close(CloseCode.INVALID_SHARD)
            return
        session = Session(secrets.token_hex(16), intents, shard_id, shard_count)
        self._greet(session)
        await self._attach(session, connection, is_resume=False)

    def _greet(self, session: Session) -> None:
        guilds = [g for g in self._world.guilds.values() if session.wants("GUILD_CREATE", g)]
        session.record("READY", self._ready_payload(session))
        for guild in guilds:
            if guild.is_available and guild.is_listed:
                payload = guild_create_payload(guild, self._members_at_start(guild, session))
                session.record("GUILD_CREATE", payload | {"unavailable": False})

    def _ready_payload(self, session: Session) -> JSON:
        guilds = [g for g in self._world.guilds.values() if g.is_listed]
        mine = [g for g in guilds if shard_of(g.id, session.shard_count) == session.shard_id]
        bot = self._world.bot
        return {
            "v": 10,
            "user": own_user_payload(bot),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in mine],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "session_type": "normal",
            "private_channels": [],
            "shard": [session.shard_id, session.shard_count],
            "application": {"id": str(bot.id), "flags": application_flags(self.granted_intents)},
        }

    def _members_at_start(self, guild: Guild, session: Session) -> list[Member]:
        if Intent.GUILD_PRESENCES in session.intents:
            return list(guild.members.values())
        return [guild.members[self._world.bot.id]]

    async def _resume(self, connection: Connection, payload: JSON) -> None:
        session = self.sessions.get(payload["session_id"])
        sequence = payload["seq"] or 0
        if session is None or not session.oldest <= sequence <= session.sequence:
            self._watch.note("RESUME of a session that is gone")
            await connection.send(Op.INVALID_SESSION, payload=False)
            return
        connection.start_after(sequence)
        # The line may be up still on this side, when the client gave up on it.
        if session.connection is not None:
            session.connection.drop()
        session.record("RESUMED", {})
        await self._attach(session, connection, is_resume=True)

    async def _attach(self, session: Session, connection: Connection, *, is_resume: bool) -> None:
        connection.session, session.connection = session, connection
        self.sessions[session.id] = session
        login = Login(session.shard_id, session.shard_count, session.intents, is_resume)
        self.logins.append(login)
        await session.flush()
        session.is_ready = True
        self._watch.note(f"shard {session.shard_id} {'resumed' if is_resume else 'identified'}")

    async def _send_members(self, session: Session, payload: JSON) -> None:
        guild = self._world.guilds.get(int(payload["guild_id"]))
        if guild is None:
            return
        found = _find_members(guild, payload)
        chunks = [
            found[start : start + _MEMBERS_IN_CHUNK]
            for start in range(0, len(found), _MEMBERS_IN_CHUNK)
        ] or [[]]
        for index, chunk in enumerate(chunks):
            chunk_payload: JSON = {
                "guild_id": str(guild.id),
                "members": [member_payload(member) for member in chunk],
                "chunk_index": index,
                "chunk_count": len(chunks),
                "not_found": [],
            }
            if "nonce" in payload:
                chunk_payload["nonce"] = payload["nonce"]
            session.record("GUILD_MEMBERS_CHUNK", chunk_payload)
        await session.flush()


def _find_members(guild: Guild, payload: JSON) -> list[Member]:
    if "user_ids" in payload:
        given: list[str] = payload["user_ids"]
        ids = set(map(int, given))
        return [member for member in guild.members.values() if member.id in ids]
    query: str = payload.get("query", "").lower()
    found = [m for m in guild.members.values() if m.name.lower().startswith(query)]
    return found[: payload["limit"] or None]
