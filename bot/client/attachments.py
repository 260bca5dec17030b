"""Downloads the text that a member has attached, up to a size."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from http import HTTPStatus

import aiohttp
import discord
from yarl import URL

from bot.client import internals
from bot.features.permissions import TrainingRefusedError
from bot.features.training import Upload
from engine.errors import CorpusTooLargeError

log = logging.getLogger(__name__)

MAX_NAME = 100
"""Characters of a file name that are kept."""

HOSTS = frozenset({"cdn.discordapp.com", "media.discordapp.net"})
"""Where Discord keeps files."""

_API_HOST = "discord.com"
_SECONDS = 30.0
_CHUNK_BYTES = 65_536


async def attached_text(
    attachments: Sequence[discord.Attachment], limit_bytes: int
) -> Upload | None:
    """Download the one attached text, or return None where nothing is attached.

    Raises:
        TrainingRefusedError: there is more than one, it is no text, or it cannot be downloaded.
        CorpusTooLargeError: it is larger than the limit.
    """
    if not attachments:
        return None
    if len(attachments) > 1:
        raise TrainingRefusedError("training-one-text")
    (attachment,) = attachments
    if not attachment.filename.lower().endswith(".txt"):
        raise TrainingRefusedError("training-text-file")
    if attachment.size > limit_bytes:
        raise CorpusTooLargeError(attachment.size, limit_bytes)
    if not is_at_discord(attachment.url):
        log.warning("A file was not fetched, for it is not at one of Discord's hosts")
        raise TrainingRefusedError("training-download")
    try:
        async with asyncio.timeout(_SECONDS):
            content = await _fetch(URL(attachment.url), limit_bytes)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise TrainingRefusedError("training-download") from error
    return Upload(attachment.filename[:MAX_NAME], content)


def is_at_discord(address: str) -> bool:
    """Tell whether a file is at one of Discord's hosts, or at the configured API in their place."""
    try:
        url, api = URL(address), URL(internals.api_url())
    except ValueError:
        return False
    if url.user is not None or url.password is not None:
        return False
    place = (url.scheme, url.host, url.port)
    if api.host != _API_HOST and place == (api.scheme, api.host, api.port):
        return True
    return place in {("https", host, 443) for host in HOSTS}


async def _fetch(url: URL, limit_bytes: int) -> bytes:
    """Download a file from there alone, without following a redirection."""
    content = bytearray()
    async with (
        aiohttp.ClientSession(trust_env=True) as session,
        session.get(url, allow_redirects=False, raise_for_status=True) as response,
    ):
        if response.status != HTTPStatus.OK:
            raise aiohttp.ClientPayloadError("the file is elsewhere")
        # The declared size may be wrong.
        async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
            content += chunk
            if len(content) > limit_bytes:
                raise CorpusTooLargeError(len(content), limit_bytes)
    return bytes(content)
