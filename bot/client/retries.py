"""Retries requests to Discord, where discord.py gives up or might send one twice."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

import aiohttp
import discord

from bot.client.internals import AsyncWebhookAdapter, Route, Send
from bot.observability import metrics, requests
from bot.observability.invalid_requests import InvalidRequests

log = logging.getLogger(__name__)

RETRY_SECONDS = (0.5, 1.0, 2.0)
"""Waits before each further attempt."""

LONG_RETRY_SECONDS = (*RETRY_SECONDS, 4.0, 8.0, 8.0)
"""The same where a member waits for an answer: no outage shorter than their sum loses one."""

UNREACHABLE = (discord.HTTPException, aiohttp.ClientError, OSError)
"""Errors of a request that Discord does not take, after the last attempt."""

_MESSAGES = "/channels/{channel_id}/messages"
_UNAVAILABLE = 503
_SERVER_ERRORS = 500
_ALREADY_ANSWERED = 40060
_UNKNOWN_MESSAGE = 10008


def with_retries(send: Send) -> Send:
    """Retry after a 503 or a lost connection; 500, 502, 504 and 429 discord.py retries itself.

    That is safe: each message has a nonce, so that Discord does not post it twice, and the other
    requests are idempotent. Answers to interactions are sent by `RetryingAdapter`.
    """

    def may_repeat(error: Exception) -> bool:
        return getattr(error, "status", _UNAVAILABLE) == _UNAVAILABLE

    async def send_with_retries(
        route: Route, *, files: Sequence[discord.File] | None = None, **details: Any
    ) -> Any:
        async def try_once() -> Any:
            return await send(route, files=files, **details)

        is_message = route.path.startswith(_MESSAGES)
        pauses = LONG_RETRY_SECONDS if is_message else RETRY_SECONDS
        return await _retry(try_once, may_repeat, files or (), pauses)

    return send_with_retries


def give_up(error: Exception) -> None:
    """Log that a reply could not be sent."""
    requests.failed()
    status = getattr(error, "status", type(error).__name__)
    log.warning("A reply could not be sent: %s %s", status, getattr(error, "code", ""))


def counting_trace(invalid_requests: InvalidRequests) -> aiohttp.TraceConfig:
    """Return a trace that counts the responses of Discord, also those that are retried."""
    trace = aiohttp.TraceConfig()

    async def note(
        _session: aiohttp.ClientSession, _: object, ended: aiohttp.TraceRequestEndParams
    ) -> None:
        scope = ended.response.headers.get("X-RateLimit-Scope")
        invalid_requests.note(ended.response.status, scope)

    trace.on_request_end.append(note)
    return trace


class RetryingAdapter(AsyncWebhookAdapter):
    """Retries answers to interactions without a nonce, yet none appears twice.

    Discord takes one first response only; edits and deletions are idempotent. A follow-up would
    appear twice, so one that may have arrived is not sent again.
    """

    async def request(self, route: Route, session: aiohttp.ClientSession, **details: Any) -> Any:
        """Send a request as the library does, and retry where that is safe."""
        send = super().request
        strict = cast(aiohttp.ClientSession, _SessionWithoutRetries(session))
        tries = 0

        async def try_once() -> Any:
            nonlocal tries
            tries += 1
            try:
                return await send(route, strict, **details)
            except discord.HTTPException as error:
                if tries > 1 and error.code == _ALREADY_ANSWERED:
                    # The least that the library reads of an answer.
                    return {"interaction": {"id": route.webhook_id}}
                if route.method == "DELETE" and error.code == _UNKNOWN_MESSAGE:
                    # Deleted already: aiohttp may have sent this twice by itself.
                    return None
                raise

        may_repeat = _never_arrived if _is_follow_up(route) else _always
        files = details.get("files") or ()
        return await _retry(try_once, may_repeat, files, LONG_RETRY_SECONDS)


class _SessionWithoutRetries:
    """A session that raises errors which the library would not pass on but retry itself."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    @asynccontextmanager
    async def request(
        self, method: str, url: str, **details: Any
    ) -> AsyncGenerator[aiohttp.ClientResponse]:
        try:
            async with self._session.request(method, url, **details) as response:
                if response.status >= _SERVER_ERRORS:
                    raise discord.DiscordServerError(response, await response.text())
                yield response
        except aiohttp.ClientConnectorError:
            raise
        except OSError as error:
            raise aiohttp.ServerDisconnectedError(type(error).__name__) from error


async def _retry(
    try_once: Callable[[], Awaitable[Any]],
    may_repeat: Callable[[Exception], bool],
    files: Sequence[discord.File],
    pauses_seconds: Sequence[float],
) -> Any:
    for pause in pauses_seconds:
        try:
            return await try_once()
        except (aiohttp.ClientConnectionError, discord.DiscordServerError) as error:
            if not may_repeat(error):
                raise
            log.debug("%s: retrying in %.1f s", type(error).__name__, pause)
        metrics.RETRIES.inc()
        await asyncio.sleep(pause)
        for file in files:
            file.reset()
    return await try_once()


def _is_follow_up(route: Route) -> bool:
    return route.method == "POST" and not route.path.endswith("/callback")


def _never_arrived(error: Exception) -> bool:
    return isinstance(error, aiohttp.ClientConnectorError)


def _always(_: Exception) -> bool:
    return True
