"""Generates a stored answer again."""

from __future__ import annotations

from bot.context import RequestContext
from bot.features import dino, poem
from bot.features.buttons import ButtonModelGoneError
from bot.features.explain import complete
from bot.replies import Reply
from bot.services import Services
from engine import ModelNotFoundError, NameRequest


async def same(services: Services, context: RequestContext, number: str) -> Reply:
    """Generate an answer again, with the same model, seed and options."""
    record = await complete(services, context, number)
    try:
        if isinstance(record.request, NameRequest):
            return await dino.repeat(
                services, context, record.request, record.model, record.network
            )
        return await poem.repeat(services, context, record.request, record.model)
    except ModelNotFoundError as error:
        raise ButtonModelGoneError from error
