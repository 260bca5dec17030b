"""Sends again what Discord failed to take, where discord.py gives up at the first failure."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from types import CoroutineType
from typing import Any, TypeAlias

import aiohttp
import discord
from discord.http import Route

from bot import metrics

log = logging.getLogger(__name__)

# CoroutineType cannot be subscripted when the program runs.
Send: TypeAlias = "Callable[..., CoroutineType[Any, Any, Any]]"

PAUSES_SECONDS = (0.5, 1.0, 2.0)
"""How long to wait before each further try."""

_UNAVAILABLE = 503


def persistent(send: Send) -> Send:
    """Try again after a 503 or a cut line; 500, 502, 504 and 429 discord.py tries again itself.

    That is safe to do: each message has a nonce, by which Discord knows it again and does not post
    it twice, and the other requests do the same thing however often they are made. Answers to
    interactions go another way and are not touched.

    Args:
        send: `HTTPClient.request`, which raises `aiohttp.ClientError`, `DiscordServerError`.
    """

    async def send_or_try_again(
        route: Route, *, files: Sequence[discord.File] | None = None, **details: Any
    ) -> Any:
        for pause in PAUSES_SECONDS:
            try:
                return await send(route, files=files, **details)
            except (aiohttp.ClientConnectionError, discord.DiscordServerError) as error:
                if getattr(error, "status", _UNAVAILABLE) != _UNAVAILABLE:
                    raise
                log.debug("%s failed, again in %.1f s", route.method, pause)
            metrics.RESENDS.inc()
            await asyncio.sleep(pause)
            for file in files or ():
                file.reset()
        return await send(route, files=files, **details)

    return send_or_try_again
