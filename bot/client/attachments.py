"""Downloads the text that a member has attached, up to a size."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import aiohttp
import discord

from bot.features.permissions import TrainingRefusedError
from bot.features.training import Upload
from engine.errors import CorpusTooLargeError

MAX_NAME = 100
"""Characters of a file name that are kept."""

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
    try:
        async with asyncio.timeout(_SECONDS):
            content = await _fetch(attachment.url, limit_bytes)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise TrainingRefusedError("training-download") from error
    return Upload(attachment.filename[:MAX_NAME], content)


async def _fetch(url: str, limit_bytes: int) -> bytes:
    content = bytearray()
    async with (
        aiohttp.ClientSession(trust_env=True) as session,
        session.get(url, raise_for_status=True) as response,
    ):
        # The declared size may be wrong.
        async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
            content += chunk
            if len(content) > limit_bytes:
                raise CorpusTooLargeError(len(content), limit_bytes)
    return bytes(content)
