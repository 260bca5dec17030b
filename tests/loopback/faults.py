"""Everything that goes wrong at Discord, on demand."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from tests.loopback.answers import json_answer
from tests.loopback.gateway import Gateway
from tests.loopback.rates import GENEROUS, Limit, RateLimits
from tests.loopback.sessions import CloseCode, Connection, Op
from tests.loopback.watch import Watch

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Effect = Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]

_HELD_SECONDS = 60.0


class Gate:
    """Holds requests back until the test lets them through."""

    def __init__(self) -> None:
        self._arrived = asyncio.Event()
        self._released = asyncio.Event()

    async def reached(self, timeout_seconds: float = 60.0) -> None:
        """Wait until the bot has sent a request that is being held back."""
        async with asyncio.timeout(timeout_seconds):
            await self._arrived.wait()

    def release(self) -> None:
        self._released.set()

    async def pass_through(self) -> None:
        self._arrived.set()
        async with asyncio.timeout(_HELD_SECONDS):
            await self._released.wait()


@dataclass(eq=False, slots=True)
class _Rule:
    """One fault for the next few requests that match."""

    method: str
    path: re.Pattern[str]
    times: int
    effect: Effect

    def matches(self, request: web.Request, path: str) -> bool:
        return self.method in ("*", request.method) and bool(self.path.fullmatch(path))


class Faults:
    """The verbs that break things; each works on the requests or connections to come.

    Paths are written as in Discord's documentation after the version, with `*` for one part:
    `/channels/*/messages`. A method or path of `*` alone matches every one.
    """

    def __init__(self, gateway: Gateway, watch: Watch, limits: RateLimits) -> None:
        self._gateway = gateway
        self._watch = watch
        self._limits = limits
        self._rules: list[_Rule] = []
        self._gates: list[Gate] = []

    def rate_limit(
        self,
        method: str = "*",
        path: str = "*",
        *,
        retry_after_seconds: float = 0.1,
        is_global: bool = False,
        times: int = 1,
    ) -> None:
        """Answer the next requests with 429."""

        async def effect(request: web.Request, handler: Handler) -> web.StreamResponse:
            return too_many_requests(retry_after_seconds, is_global=is_global)

        self._add(method, path, times, effect)

    def limit_requests(self, requests: int, window_seconds: float) -> None:
        """Really count from now on: so many requests per route and window, then 429."""
        self._limits.set_all(Limit(requests, window_seconds))

    def lift_limits(self) -> None:
        """Count no requests from now on."""
        self._limits.set_all(GENEROUS)

    def fail(
        self,
        status: int = 500,
        method: str = "*",
        path: str = "*",
        *,
        times: int = 1,
        is_applied: bool = False,
    ) -> None:
        """Answer the next requests with a server error, carried out nevertheless or not."""

        async def effect(request: web.Request, handler: Handler) -> web.StreamResponse:
            if is_applied:
                await handler(request)
            return web.Response(status=status, text="upstream connect error")

        self._add(method, path, times, effect)

    def refuse(
        self, status: int, code: int, message: str, method: str = "*", path: str = "*"
    ) -> None:
        """Answer the next request with a refusal of Discord's, for instance 403 and 50013."""

        async def effect(request: web.Request, handler: Handler) -> web.StreamResponse:
            return json_answer({"message": message, "code": code}, status=status)

        self._add(method, path, 1, effect)

    def hold(self, method: str = "*", path: str = "*", *, times: int = 1) -> Gate:
        """Keep the next requests waiting until the returned gate is released."""
        gate = Gate()
        self._gates.append(gate)

        async def effect(request: web.Request, handler: Handler) -> web.StreamResponse:
            await gate.pass_through()
            return await handler(request)

        self._add(method, path, times, effect)
        return gate

    def delay(self, seconds: float, method: str = "*", path: str = "*", *, times: int = 1) -> None:
        """Answer the next requests late."""

        async def effect(request: web.Request, handler: Handler) -> web.StreamResponse:
            await asyncio.sleep(seconds)
            return await handler(request)

        self._add(method, path, times, effect)

    def reset_connections(
        self, method: str = "*", path: str = "*", *, times: int = 1, is_applied: bool = False
    ) -> None:
        """Cut the line of the next requests, carried out nevertheless or not."""

        async def effect(request: web.Request, handler: Handler) -> web.StreamResponse:
            if is_applied:
                await handler(request)
            if request.transport is not None:
                request.transport.abort()
            return web.Response()

        self._add(method, path, times, effect)

    def clear(self) -> None:
        """Let all be well again; what was held back goes on."""
        self._gateway.admits = True
        self._rules.clear()
        for gate in self._gates:
            gate.release()
        self._gates.clear()

    def drop_connections(self) -> None:
        """Cut every gateway connection abruptly; the sessions can be resumed."""
        for connection in self._connections():
            connection.drop()

    def refuse_connections(self) -> None:
        """Let nobody connect to the gateway from now on."""
        self._gateway.admits = False

    async def ask_reconnect(self) -> None:
        """Tell every client to connect again and resume (opcode 7)."""
        for connection in self._connections():
            await connection.send(Op.RECONNECT)
            connection.is_leaving = True

    async def invalidate_session(self, *, resumable: bool) -> None:
        """Tell every client that its session is invalid (opcode 9), for good or not."""
        for connection in self._connections():
            if not resumable and connection.session is not None:
                self._gateway.sessions.pop(connection.session.id, None)
            await connection.send(Op.INVALID_SESSION, resumable)
            connection.is_leaving = True

    async def close_connections(self, code: int = CloseCode.UNKNOWN_ERROR) -> None:
        """Close every gateway connection with a code."""
        for connection in self._connections():
            await connection.close(code)

    def forget_sessions(self) -> None:
        """Lose every session, as after a long outage: the next RESUME is refused."""
        self._gateway.sessions.clear()

    def mute_heartbeats(self) -> None:
        """Stop acknowledging heartbeats on the connections there are; new ones are well."""
        for connection in self._connections():
            connection.acknowledges_heartbeats = False
            connection.is_leaving = True

    async def send_raw(self, text: str) -> None:
        """Send a frame to every client as it is, well formed or not."""
        for connection in self._connections():
            await connection.send_text(text)

    async def apply(self, request: web.Request, path: str, handler: Handler) -> web.StreamResponse:
        """Let a request meet the first fault that is meant for it, or pass."""
        for rule in self._rules:
            if rule.matches(request, path):
                rule.times -= 1
                if rule.times == 0:
                    self._rules.remove(rule)
                return await rule.effect(request, handler)
        return await handler(request)

    def _add(self, method: str, path: str, times: int, effect: Effect) -> None:
        pattern = ".*" if path == "*" else re.escape(path).replace(r"\*", "[^/]+")
        self._rules.append(_Rule(method, re.compile(pattern), times, effect))

    def _connections(self) -> list[Connection]:
        return [connection for connection in self._gateway.connections if connection.is_open]


def too_many_requests(retry_after_seconds: float, *, is_global: bool) -> web.Response:
    body = {
        "message": "You are being rate limited.",
        "retry_after": retry_after_seconds,
        "global": is_global,
    }
    response = json_answer(body, status=429)
    response.headers["Retry-After"] = str(round(retry_after_seconds) or 1)
    response.headers["X-RateLimit-Scope"] = "global" if is_global else "user"
    if is_global:
        response.headers["X-RateLimit-Global"] = "true"
    return response
