"""A client's session and its websockets: events numbered, in order, kept for resuming."""

import asyncio
import json
import zlib
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from aiohttp import web

from tests.loopback.intents import Intent, required
from tests.loopback.snowflakes import shard_of
from tests.loopback.world import Channel, Guild

_EVENTS_KEPT = 20_000

Place = Channel | Guild | None


class Op(IntEnum):
    """The gateway's opcodes."""

    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    PRESENCE = 3
    VOICE_STATE = 4
    RESUME = 6
    RECONNECT = 7
    REQUEST_MEMBERS = 8
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11


class CloseCode(IntEnum):
    """The gateway's own reasons for closing."""

    UNKNOWN_ERROR = 4000
    UNKNOWN_OPCODE = 4001
    DECODE_ERROR = 4002
    NOT_AUTHENTICATED = 4003
    AUTHENTICATION_FAILED = 4004
    ALREADY_AUTHENTICATED = 4005
    INVALID_SHARD = 4010
    INVALID_COMPRESSION = 4012
    DISALLOWED_INTENTS = 4014


@dataclass(frozen=True, slots=True)
class Login:
    """A client that began a session or resumed one."""

    shard_id: int
    shard_count: int
    intents: Intent
    is_resume: bool


@dataclass(eq=False, slots=True)
class Session:
    """A client's place in the stream of events; it outlives a lost connection."""

    id: str
    intents: Intent
    shard_id: int
    shard_count: int
    sequence: int = 0
    events: list[str] = field(default_factory=list[str])
    connection: "Connection | None" = None
    is_ready: bool = False

    @property
    def oldest(self) -> int:
        """The sequence number before that of the oldest event kept."""
        return self.sequence - len(self.events)

    def wants(self, event: str, place: Place) -> bool:
        guild = place.guild if isinstance(place, Channel) else place
        needed = required(event, in_guild=guild is not None)
        shard_id = shard_of(guild.id, self.shard_count) if guild else 0
        return shard_id == self.shard_id and needed in self.intents

    def record(self, event: str, payload: Any) -> None:
        self.sequence += 1
        frame = {"op": Op.DISPATCH, "t": event, "s": self.sequence, "d": payload}
        self.events.append(json.dumps(frame))
        if len(self.events) > 2 * _EVENTS_KEPT:
            del self.events[:_EVENTS_KEPT]

    async def flush(self) -> None:
        """Send what the connection has not had yet: new events, or those missed meanwhile."""
        if self.connection is not None:
            await self.connection.catch_up(self)


class Connection:
    """One websocket of a client."""

    def __init__(
        self, socket: web.WebSocketResponse, request: web.Request, *, is_compressed: bool
    ) -> None:
        self._socket = socket
        self._transport = request.transport
        self._compressor = zlib.compressobj() if is_compressed else None
        self._order = asyncio.Lock()
        self._sent_sequence = 0
        self.session: Session | None = None
        self.acknowledges_heartbeats = True
        self.heartbeats = 0
        self.pongs = 0
        # A client that was told to go still has its socket for a moment.
        self.is_leaving = False
        # What this side said counts: the client may say farewell with another code.
        self.closed_with: int | None = None

    @property
    def is_open(self) -> bool:
        return not (self.is_leaving or self._socket.closed)

    async def send(self, op: Op, payload: Any = None) -> None:
        async with self._order:
            await self.send_text(json.dumps({"op": op, "d": payload, "s": None, "t": None}))

    async def send_text(self, text: str) -> None:
        """Send a frame as it is, well formed or not."""
        if self._socket.closed:
            return
        try:
            if self._compressor is None:
                await self._socket.send_str(text)
            else:
                packed = self._compressor.compress(text.encode())
                packed += self._compressor.flush(zlib.Z_SYNC_FLUSH)
                await self._socket.send_bytes(packed)
        except ConnectionError:
            # The client went away meanwhile; its session keeps the events.
            self.is_leaving = True

    async def ping(self) -> None:
        """Ask the client's socket for a pong, which comes when all before it was received."""
        async with self._order:
            if not self._socket.closed:
                await self._socket.ping()

    async def catch_up(self, session: Session) -> None:
        async with self._order:
            while self.is_open and self._sent_sequence < session.sequence:
                event = session.events[self._sent_sequence - session.oldest]
                self._sent_sequence += 1
                await self.send_text(event)

    def start_after(self, sequence: int) -> None:
        self._sent_sequence = sequence

    def drop(self) -> None:
        """Cut the line, without a word of goodbye."""
        self.is_leaving = True
        if self._transport is not None:
            self._transport.abort()

    async def close(self, code: int) -> None:
        self.is_leaving = True
        self.closed_with = code
        await self._socket.close(code=code)
