"""What is stored of members, and how it is deleted."""

from __future__ import annotations

from bot.context import RequestContext
from bot.replies import Reply
from bot.services import Services
from bot.storage.answers import FRESH_SECONDS, KEPT_SECONDS


async def tell_privacy(_services: Services, context: RequestContext, _arguments: str = "") -> Reply:
    """Say what is stored, why, and for how long."""
    text = context.texts(
        "privacy",
        hours=round(FRESH_SECONDS / 3600),
        days=round(KEPT_SECONDS / 86_400),
    )
    return Reply(text, is_private=True)


async def forget(services: Services, context: RequestContext) -> Reply:
    """Delete all that is stored of the asker.

    Raises:
        DatabaseError: not all could be deleted.
    """
    for memory in services.erasables:
        await memory.forget_user(context.user)
    return Reply(context.texts("forgotten"), is_private=True)
