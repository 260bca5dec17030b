"""The REST part: who may call, rate limits, refusals in JSON, and the small routes."""

import asyncio
import re
import time
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from tests.loopback.answers import json_answer
from tests.loopback.errors import ApiError, unauthorized, unknown
from tests.loopback.faults import Faults, too_many_requests
from tests.loopback.gateway import Gateway
from tests.loopback.payloads import (
    application_payload,
    channel_payload,
    guild_payload,
    member_payload,
    own_user_payload,
    roles_payload,
    user_payload,
)
from tests.loopback.rates import Allowance, RateLimits
from tests.loopback.watch import Watch
from tests.loopback.world import Channel, Guild, User, World

API = "/api/v10"

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
# What has its own secret in the path needs no token.
_WITHOUT_TOKEN = ("/interactions/", "/webhooks/", "/gateway")
_MINOR_NUMBER = re.compile(r"/\d+")
_SESSION_STARTS = 1000


@dataclass(frozen=True, slots=True)
class Call:
    """A request that the bot made, and how it was answered."""

    method: str
    path: str
    status: int


class Rest:
    """Receives every request under the API's path."""

    def __init__(self, world: World, watch: Watch, faults: Faults, limits: RateLimits) -> None:
        self._world = world
        self._watch = watch
        self._faults = faults
        self._limits = limits
        self.calls: list[Call] = []

    @web.middleware
    async def answer(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """Wrap a route in what all have in common."""
        if not request.path.startswith(API + "/"):
            return await handler(request)
        path = request.path.removeprefix(API)
        route, bucket = _route(request.method, path), _bucket(request.method, path)
        now = asyncio.get_running_loop().time()
        allowance = self._limits.take(route, bucket, path, now)
        if allowance.is_exceeded:
            response: web.StreamResponse = too_many_requests(
                allowance.reset_after, is_global=allowance.is_global
            )
        else:
            response = await self._carry_out(request, path, handler)
        self._note(Call(request.method, path, response.status))
        if not response.prepared:
            _add_headers(response, _route(request.method, path), allowance)
        return response

    async def _carry_out(
        self, request: web.Request, path: str, handler: _Handler
    ) -> web.StreamResponse:
        try:
            if not path.startswith(_WITHOUT_TOKEN):
                self._check_token(request)
            return await self._faults.apply(request, path, handler)
        except ApiError as error:
            self._watch.note(f"refused: {error}")
            return json_answer(error.body, status=error.status)
        except web.HTTPException as error:
            self._watch.note(f"no such route here: {request.method} {path}")
            body = {"message": f"{error.status}: {error.reason}", "code": 0}
            return json_answer(body, status=error.status)
        except Exception as error:
            # Without this line a test would only see the client try again and again.
            self._watch.note(f"the loopback server failed: {error!r}")
            raise

    def _check_token(self, request: web.Request) -> None:
        if request.headers.get("Authorization") != f"Bot {self._world.token}":
            raise unauthorized()

    def _note(self, call: Call) -> None:
        self.calls.append(call)
        self._watch.note(f"{call.method} {call.path} -> {call.status}")


def _route(method: str, path: str) -> str:
    """Return the route without its numbers: what shares one of Discord's bucket names."""
    return f"{method} {_MINOR_NUMBER.sub('/*', path)}"


def _bucket(method: str, path: str) -> str:
    """Return the route with the channel, guild or webhook that has its own rate limit."""
    first, major, *rest = [*path.strip("/").split("/"), ""]
    return f"{method} {first}/{major}/{_MINOR_NUMBER.sub('/*', '/' + '/'.join(rest))}"


def _add_headers(response: web.StreamResponse, route: str, allowance: Allowance) -> None:
    response.headers.update(
        {
            # The client takes a 429 without this header for a ban by the proxy before Discord.
            "Via": "1.1 google",
            "X-RateLimit-Limit": str(allowance.limit),
            "X-RateLimit-Remaining": str(allowance.remaining),
            "X-RateLimit-Reset": f"{time.time() + allowance.reset_after:.3f}",
            "X-RateLimit-Reset-After": f"{allowance.reset_after:.3f}",
            "X-RateLimit-Bucket": f"{zlib.crc32(route.encode()):08x}",
        }
    )


class BasicRoutes:
    """The bot's own account, the gateway's address, guilds, channels, users and files."""

    def __init__(self, world: World, gateway: Gateway) -> None:
        self._world = world
        self._gateway = gateway
        self.recommended_shards = 1

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(f"{API}/users/@me", self._me),
            web.get(f"{API}/users/@me/guilds", self._my_guilds),
            web.post(f"{API}/users/@me/channels", self._open_direct_message),
            web.get(API + "/users/{user}", self._user),
            web.get(f"{API}/oauth2/applications/@me", self._application),
            web.get(f"{API}/applications/@me", self._application),
            web.get(f"{API}/gateway", self._gateway_url),
            web.get(f"{API}/gateway/bot", self._gateway_for_bots),
            web.get(API + "/channels/{channel}", self._channel),
            web.get(API + "/guilds/{guild}", self._guild),
            web.get(API + "/guilds/{guild}/channels", self._guild_channels),
            web.get(API + "/guilds/{guild}/roles", self._guild_roles),
            web.get(API + "/guilds/{guild}/members/{user}", self._member),
            web.get("/attachments/{channel}/{attachment}/{filename}", self._attachment),
        ]

    async def _me(self, request: web.Request) -> web.Response:
        return json_answer(own_user_payload(self._world.bot))

    async def _my_guilds(self, request: web.Request) -> web.Response:
        return json_answer([guild_payload(guild) for guild in self._world.guilds.values()])

    async def _open_direct_message(self, request: web.Request) -> web.Response:
        user = find_user(self._world, (await request.json())["recipient_id"])
        return json_answer(channel_payload(self._world.direct_message(user)))

    async def _user(self, request: web.Request) -> web.Response:
        return json_answer(user_payload(find_user(self._world, request.match_info["user"])))

    async def _application(self, request: web.Request) -> web.Response:
        granted = self._gateway.granted_intents
        return json_answer(application_payload(self._world, granted))

    async def _gateway_url(self, request: web.Request) -> web.Response:
        return json_answer({"url": self._gateway.url})

    async def _gateway_for_bots(self, request: web.Request) -> web.Response:
        begun = sum(not login.is_resume for login in self._gateway.logins)
        limits = {
            "total": _SESSION_STARTS,
            "remaining": _SESSION_STARTS - begun,
            "reset_after": 86_400_000,
            "max_concurrency": 1,
        }
        return json_answer(
            {
                "url": self._gateway.url,
                "shards": self.recommended_shards,
                "session_start_limit": limits,
            }
        )

    async def _channel(self, request: web.Request) -> web.Response:
        return json_answer(channel_payload(find_channel(self._world, request)))

    async def _guild(self, request: web.Request) -> web.Response:
        return json_answer(guild_payload(find_guild(self._world, request)))

    async def _guild_channels(self, request: web.Request) -> web.Response:
        channels = find_guild(self._world, request).channels
        return json_answer([channel_payload(channel) for channel in channels])

    async def _guild_roles(self, request: web.Request) -> web.Response:
        return json_answer(roles_payload(find_guild(self._world, request)))

    async def _member(self, request: web.Request) -> web.Response:
        members = find_guild(self._world, request).members
        member = members.get(int(request.match_info["user"]))
        if member is None:
            raise unknown("member")
        return json_answer(member_payload(member))

    async def _attachment(self, request: web.Request) -> web.Response:
        attachment = self._world.attachments.get(int(request.match_info["attachment"]))
        if attachment is None:
            raise web.HTTPNotFound
        upload = attachment.upload
        headers = {"Content-Type": upload.content_type}
        return web.Response(body=upload.content, headers=headers)


def find_channel(world: World, request: web.Request) -> Channel:
    channel = world.channel(int(request.match_info["channel"]))
    if channel is None:
        raise unknown("channel")
    return channel


def find_guild(world: World, request: web.Request) -> Guild:
    guild = world.guilds.get(int(request.match_info["guild"]))
    if guild is None:
        raise unknown("guild")
    return guild


def find_user(world: World, user_id: str) -> User:
    user = world.user(int(user_id))
    if user is None:
        raise unknown("user")
    return user
