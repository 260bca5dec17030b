"""Answers given once more, the same to the last letter."""

from __future__ import annotations

from bot.context import Asker
from bot.features import dino, poem
from bot.features.buttons import ModelGoneError
from bot.features.explain import complete
from bot.replies import Reply
from bot.services import House
from engine import ModelNotFoundError, NameRequest


async def same(house: House, asker: Asker, number: str) -> Reply:
    """Give an answer once more, by the same model with the same seed and all else.

    Raises:
        FadedError: not all of it is kept any longer.
        ModelGoneError: the model that gave it is no longer here.
        EngineError: the wish cannot be granted.
        DatabaseError: the answer cannot be read.
    """
    record = await complete(house, asker, number)
    try:
        if isinstance(record.request, NameRequest):
            return await dino.repeat(house, asker, record.request, record.model)
        return await poem.repeat(house, asker, record.request, record.model)
    except ModelNotFoundError as error:
        raise ModelGoneError from error
