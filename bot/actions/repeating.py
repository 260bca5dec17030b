"""Answers given once more, the same to the last letter."""

from __future__ import annotations

from bot.actions import dinosaurs, poems
from bot.actions.provenance import complete
from bot.asker import Asker
from bot.house import House
from bot.presses import ModelGoneError
from bot.replies import Reply
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
            return await dinosaurs.repeat(house, asker, record.request, record.model)
        return await poems.repeat(house, asker, record.request, record.model)
    except ModelNotFoundError as error:
        raise ModelGoneError from error
