"""Sends again what Discord failed to take, where discord.py gives up or might send it twice."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from types import CoroutineType
from typing import Any, TypeAlias, cast

import aiohttp
import discord
from discord.http import Route
from discord.webhook.async_ import AsyncWebhookAdapter

from bot.observability import metrics, requests

log = logging.getLogger(__name__)

# CoroutineType cannot be subscripted when the program runs.
Send: TypeAlias = "Callable[..., CoroutineType[Any, Any, Any]]"

RETRY_SECONDS = (0.5, 1.0, 2.0)
"""How long to wait before each further try."""

LONG_RETRY_SECONDS = (*RETRY_SECONDS, 4.0, 8.0, 8.0)
"""The same where a member waits for an answer; no outage shorter than all together loses one."""

UNREACHABLE = (discord.HTTPException, aiohttp.ClientError, OSError)
"""What a request that Discord does not take ends with, after the last try."""

_MESSAGES = "/channels/{channel_id}/messages"
_UNAVAILABLE = 503
_SERVER_ERRORS = 500
_ALREADY_ANSWERED = 40060
_UNKNOWN_MESSAGE = 10008


def with_retries(send: Send) -> Send:
    """Try again after a 503 or a cut line; 500, 502, 504 and 429 discord.py tries again itself.

    That is safe to do: each message has a nonce, by which Discord knows it again and does not post
    it twice, and the other requests do the same thing however often they are made. Answers to
    interactions go another way: see `RetryingAdapter`.

    Args:
        send: `HTTPClient.request`, which raises `aiohttp.ClientError`, `DiscordServerError`.
    """

    def may_repeat(error: Exception) -> bool:
        return getattr(error, "status", _UNAVAILABLE) == _UNAVAILABLE

    async def send_or_try_again(
        route: Route, *, files: Sequence[discord.File] | None = None, **details: Any
    ) -> Any:
        async def try_once() -> Any:
            return await send(route, files=files, **details)

        is_message = route.path.startswith(_MESSAGES)
        pauses = LONG_RETRY_SECONDS if is_message else RETRY_SECONDS
        return await _retry(try_once, may_repeat, files or (), pauses)

    return send_or_try_again


def give_up(error: Exception) -> None:
    """Note that a reply could not be sent, and leave it.

    Args:
        error: one of `UNREACHABLE`: Discord is away, or the channel is gone, or the bot may not
            write there.
    """
    requests.failed()
    status = getattr(error, "status", type(error).__name__)
    log.warning("A reply could not be sent: %s %s", status, getattr(error, "code", ""))


class RetryingAdapter(AsyncWebhookAdapter):
    """Carries answers to interactions; Discord has no nonce for them, yet none appears twice.

    A first response is sent until Discord has it: it takes no second one. To edit or to delete
    once more changes nothing. A follow-up would appear once more, so one that may have arrived
    is not sent again: rather lost, for nothing but the bot's second words go this way.
    """

    async def request(self, route: Route, session: aiohttp.ClientSession, **details: Any) -> Any:
        """Send a request, as the library does, but know when that may be done again.

        Raises:
            discord.HTTPException: Discord did not take it, or not surely.
            aiohttp.ClientError: the line was cut, again and again.
        """
        send = super().request
        frank = cast(aiohttp.ClientSession, _SessionWithoutRetries(session))
        tries = 0

        async def try_once() -> Any:
            nonlocal tries
            tries += 1
            try:
                return await send(route, frank, **details)
            except discord.HTTPException as error:
                if tries > 1 and error.code == _ALREADY_ANSWERED:
                    # The library wants to read an answer: this is the least that it needs.
                    return {"interaction": {"id": route.webhook_id}}
                if route.method == "DELETE" and error.code == _UNKNOWN_MESSAGE:
                    # It is gone, as it was to be; aiohttp may have sent this twice by itself.
                    return None
                raise

        may_repeat = _never_arrived if _is_follow_up(route) else _always
        files = details.get("files") or ()
        return await _retry(try_once, may_repeat, files, LONG_RETRY_SECONDS)


class _SessionWithoutRetries:
    """A session that raises what the library would answer by sending again of its own accord."""

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
            log.debug("%s, again in %.1f s", type(error).__name__, pause)
        metrics.RESENDS.inc()
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
