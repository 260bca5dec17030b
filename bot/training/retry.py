"""Tries again what must not be lost, until it is done."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.storage.database import DatabaseError
from bot.training.message import UnreachableError

log = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 1.0
"""How long to wait before the second try; each pause is twice the one before it."""

MOST_PAUSE_SECONDS = 60.0
"""How long to wait at most: by then Discord still knows a message by its nonce."""

Result = TypeVar("Result")


async def retry_until_done(attempt: Callable[[], Awaitable[Result]]) -> Result:
    """Do something that may be done twice; again and again while the disk or Discord is away.

    Args:
        attempt: raises `DatabaseError` or `AwayError` where it is to be tried again.
    """
    pause = FIRST_PAUSE_SECONDS
    while True:
        try:
            return await attempt()
        except (DatabaseError, UnreachableError) as error:
            log.warning("The end of a training is told again in %.0f s: %s", pause, error)
        await asyncio.sleep(pause)
        pause = min(2 * pause, MOST_PAUSE_SECONDS)
