"""What is stored of members, and how it is deleted."""

from __future__ import annotations

from bot.context import Asker
from bot.replies import Reply
from bot.services import House
from bot.storage.answers import FRESH_SECONDS, KEPT_SECONDS


async def tell_privacy(_house: House, asker: Asker, _arguments: str = "") -> Reply:
    """Say what is stored, why, and for how long."""
    text = asker.texts(
        "privacy",
        hours=round(FRESH_SECONDS / 3600),
        days=round(KEPT_SECONDS / 86_400),
    )
    return Reply(text, is_private=True)


async def forget(house: House, asker: Asker) -> Reply:
    """Delete all that is stored of the asker.

    Raises:
        DatabaseError: not all could be deleted.
    """
    for memory in house.memories:
        await memory.forget_user(asker.user)
    return Reply(asker.texts("forgotten"), is_private=True)
