"""Runs an action of a member, and turns its errors into replies."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.context import RequestContext
from bot.features.error_replies import reply_to
from bot.observability import requests
from bot.replies import Reply


async def attempt(
    context: RequestContext, action: Callable[[], Awaitable[Reply]], example: str = ""
) -> Reply:
    """Return the reply of an action; an error becomes a reply, with the text of an example."""
    try:
        reply = await action()
    except Exception as error:
        return reply_to(error, context.texts, example)
    if reply.is_refusal:
        requests.refused("nothing-there")
    return reply
