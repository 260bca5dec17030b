"""Poems: written, gone on with, written anew, drawn."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bot.actions.provenance import buttons, keep, recall
from bot.arguments import PoemWish
from bot.asker import Asker
from bot.card import draw
from bot.house import House
from bot.replies import Picture, Reply
from engine import PoemRequest
from engine.verse import MAX_PROMPT

STEP = 0.15
"""How much wilder or calmer a poem gets."""

_CALMEST, _WILDEST = 0.3, 1.5
_MAX_DESCRIPTION = 1_024
_USUAL = PoemRequest()


async def poem(house: House, asker: Asker, arguments: str) -> Reply:
    """Continue a first line into a poem.

    Raises:
        EngineError: the wish cannot be granted.
        DatabaseError: the settings of the server cannot be read.
    """
    return await write(house, asker, PoemWish(arguments))


async def write(house: House, asker: Asker, wish: PoemWish) -> Reply:
    """Write a poem.

    Raises:
        EngineError: the wish cannot be granted.
        DatabaseError: the settings of the server cannot be read.
    """
    usual = (await house.servers.of(asker.server)).temperature or _USUAL.temperature
    request = PoemRequest(
        prompt=wish.first_line,
        length=_USUAL.length if wish.length is None else wish.length,
        temperature=usual if wish.temperature is None else wish.temperature,
        seed=wish.seed,
    )
    return await _answer(house, asker, request)


async def go_on(house: House, asker: Asker, number: str) -> Reply:
    """Go on from the last line of a poem.

    Raises:
        FadedError: the poem is not kept any longer.
        EngineError: the wish cannot be granted.
        DatabaseError: the poem cannot be read.
    """
    request, text = await recall(house, number, PoemRequest)
    last_line = text.rstrip().rpartition("\n")[2]
    return await _answer(house, asker, _anew(request, prompt=last_line[-MAX_PROMPT:]))


async def again(house: House, asker: Asker, number: str) -> Reply:
    """Write another poem on the same line.

    Raises:
        FadedError: the poem is not kept any longer.
        EngineError: the wish cannot be granted.
        DatabaseError: the poem cannot be read.
    """
    request, _ = await recall(house, number, PoemRequest)
    return await _answer(house, asker, _anew(request))


async def wilder(house: House, asker: Asker, number: str) -> Reply:
    """Write another poem on the same line, more daring.

    Raises:
        FadedError: the poem is not kept any longer.
        EngineError: the wish cannot be granted.
        DatabaseError: the poem cannot be read.
    """
    return await _tempered(house, asker, number, STEP)


async def calmer(house: House, asker: Asker, number: str) -> Reply:
    """Write another poem on the same line, more usual.

    Raises:
        FadedError: the poem is not kept any longer.
        EngineError: the wish cannot be granted.
        DatabaseError: the poem cannot be read.
    """
    return await _tempered(house, asker, number, -STEP)


async def picture(house: House, asker: Asker, number: str) -> Reply:
    """Draw a poem, to be shared.

    Raises:
        FadedError: the poem is not kept any longer.
        DatabaseError: the poem cannot be read.
    """
    _, text = await recall(house, number, PoemRequest)
    content = await asyncio.to_thread(draw, text)
    drawn = Picture("poem.png", content, text[:_MAX_DESCRIPTION])
    return Reply("", pictures=(drawn,), buttons=buttons(asker, None))


def notice(name: str, house: House, asker: Asker) -> Reply | None:
    """Return what to say at once where the answer to a command will take its time."""
    if name != "poem" or house.engine.poems_ready:
        return None
    return Reply(asker.texts("waking"))


async def _tempered(house: House, asker: Asker, number: str, step: float) -> Reply:
    request, _ = await recall(house, number, PoemRequest)
    temperature = round(min(max(request.temperature + step, _CALMEST), _WILDEST), 2)
    return await _answer(house, asker, _anew(request, temperature=temperature))


def _anew(
    request: PoemRequest, *, prompt: str | None = None, temperature: float | None = None
) -> PoemRequest:
    return replace(
        request,
        prompt=request.prompt if prompt is None else prompt,
        temperature=request.temperature if temperature is None else temperature,
        candidates=None,
        seed=None,
    )


async def _answer(house: House, asker: Asker, request: PoemRequest) -> Reply:
    request = replace(request, decent=not asker.allows_indecent)
    written = await house.engine.poem(request, server=asker.server)
    given = replace(request, seed=written.seed, candidates=written.candidates)
    number = await keep(house, asker, given, written.model, written.text)
    labels = (
        "button-continue",
        "button-again",
        "button-wilder",
        "button-calmer",
        "button-picture",
    )
    return Reply(written.text, buttons=buttons(asker, number, *labels))
