"""What is stored of members, and how it is deleted."""

from __future__ import annotations

from bot.context import RequestContext
from bot.replies import Field, Reply
from bot.services import Services
from bot.storage.answers import FRESH_SECONDS, KEPT_SECONDS


async def show_privacy(_services: Services, context: RequestContext) -> Reply:
    """Say what is stored, why, and for how long."""
    texts = context.texts
    answers = texts(
        "privacy-answers-kept",
        hours=round(FRESH_SECONDS / 3600),
        days=round(KEPT_SECONDS / 86_400),
    )
    fields = (
        Field(texts("privacy-answers"), answers),
        Field(texts("privacy-settings"), texts("privacy-settings-kept")),
        Field(texts("privacy-training"), texts("privacy-training-kept")),
        Field(texts("privacy-guilds"), texts("privacy-guilds-kept")),
        Field(texts("privacy-others"), texts("privacy-others-kept")),
    )
    return Reply(texts("privacy"), title=texts("privacy-title"), fields=fields, is_private=True)


async def answer_from_text(services: Services, context: RequestContext, arguments: str) -> Reply:
    """Do what is typed after `!privacy` in a terminal."""
    if arguments.strip().lower() == "forget":
        return await forget(services, context)
    return await show_privacy(services, context)


async def forget(services: Services, context: RequestContext) -> Reply:
    """Delete all that is stored of the member."""
    for store in services.erasables:
        await store.forget_user(context.user)
    return Reply(context.texts("forgotten"), is_private=True)
