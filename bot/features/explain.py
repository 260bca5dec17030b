"""What is known of an answer: how it came about, and what its buttons do with it."""

from __future__ import annotations

import logging
from typing import TypeVar

from bot.context import Asker
from bot.features.buttons import FadedError, custom_id
from bot.features.generation_details import command_of
from bot.replies import Button, Field, Reply
from bot.services import House
from bot.storage.answers import AnswerRecord, Request
from bot.storage.database import DatabaseError
from engine import NameRequest, PoemRequest

Kind = TypeVar("Kind", NameRequest, PoemRequest)

_MAX_DIGITS = 18

log = logging.getLogger(__name__)


async def keep(
    house: House, asker: Asker, request: Request, model: str, text: str = ""
) -> int | None:
    """Keep an answer, and return its number; None where it cannot be kept, but can be given."""
    try:
        return await house.answers.add(asker, request, model, text)
    except DatabaseError as error:
        log.error("An answer is not kept: %s", error)
        return None


async def recall(house: House, number: str, kind: type[Kind]) -> tuple[Kind, str]:
    """Return what was wished for in an answer, and its text if it is a poem.

    Args:
        house: keeps it.
        number: of the answer.
        kind: what kind of wish it is.

    Raises:
        FadedError: it is not kept any longer.
        DatabaseError: it cannot be read.
    """
    record = await house.answers.find(_number(number))
    if record is None or not record.is_fresh or not isinstance(record.request, kind):
        raise FadedError
    return record.request, record.text


def buttons(asker: Asker, number: int | None, *labels: str) -> tuple[Button, ...]:
    """Return the buttons under an answer: those given, then how it came about, and to delete it.

    Args:
        asker: whom they are for.
        number: of the answer; where it is not kept it can only be deleted.
        labels: texts named `button-VERB`, of verbs that are keys of `bot.features.PRESSES`.
    """
    texts = asker.texts
    delete = Button(
        texts("button-delete"), custom_id("delete", str(number or ""), owner=asker.user)
    )
    if number is None:
        return (delete,)
    own = (
        Button(texts(label), custom_id(label.removeprefix("button-"), str(number), asker.user))
        for label in labels
    )
    return (*own, how_button(asker, str(number)), delete)


def how_button(asker: Asker, number: str) -> Button:
    """Return the button that says how an answer came about, by its number."""
    return Button(asker.texts("button-how"), custom_id("how", number))


async def how(house: House, asker: Asker, _arguments: str) -> Reply:
    """Say how the last answer in the channel came about.

    Raises:
        DatabaseError: it cannot be read.
    """
    record = await house.answers.latest(asker.channel)
    if record is None:
        return Reply(asker.texts("how-none"), is_refusal=True, is_private=True)
    return _explanation(asker, record)


async def explain(house: House, asker: Asker, number: str) -> Reply:
    """Say how an answer came about.

    Raises:
        FadedError: it is not kept any longer, or was not given here.
        DatabaseError: it cannot be read.
    """
    return _explanation(asker, await _found(house, asker, number))


async def unknown(_house: House, asker: Asker, _arguments: str) -> Reply:
    """Say that it cannot be told how a message came about."""
    return Reply(asker.texts("how-unknown"), is_refusal=True, is_private=True)


async def complete(house: House, asker: Asker, number: str) -> AnswerRecord:
    """Return an answer of which all is kept that gives it again.

    Args:
        house: keeps it.
        asker: who wants it, on the server that it was given on.
        number: of the answer.

    Raises:
        FadedError: it is not kept any longer, or not all of it, or was not given here.
        DatabaseError: it cannot be read.
    """
    record = await _found(house, asker, number)
    if not record.is_complete:
        raise FadedError
    return record


async def delete(house: House, _asker: Asker, number: str) -> Reply:
    """Forget an answer that is about to be deleted.

    Raises:
        DatabaseError: it cannot be forgotten.
    """
    if number:
        await house.answers.forget(_number(number))
    return Reply("")


async def _found(house: House, asker: Asker, number: str) -> AnswerRecord:
    record = await house.answers.find(_number(number))
    if record is None or record.server != asker.server:
        raise FadedError
    return record


def _number(text: str) -> int:
    # Only what `buttons` has written is the number of an answer, and SQLite takes no longer one.
    if not (text.isascii() and text.isdecimal() and len(text) <= _MAX_DIGITS):
        raise FadedError
    return int(text)


def _explanation(asker: Asker, record: AnswerRecord) -> Reply:
    texts, request = asker.texts, record.request
    seed, temperature = str(request.seed), str(request.temperature)
    if isinstance(request, PoemRequest):
        text = texts(
            "how-poem",
            seed=seed,
            temperature=temperature,
            model=record.model,
            candidates=str(request.candidates),
        )
    else:
        text = texts("how-dino", seed=seed, temperature=temperature, model=record.model)
    note = "" if record.is_complete else texts("how-incomplete")
    command = Field(texts("how-command"), command_of(record))
    # Whoever reads it may ask for it: what was typed is there to be read already.
    same = Button(texts("button-same"), custom_id("same", str(record.id)))
    return Reply(
        text,
        title=texts("how-title"),
        fields=(command,),
        footer=note,
        is_private=True,
        buttons=(same,) if record.is_complete else (),
    )
