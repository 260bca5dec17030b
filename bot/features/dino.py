"""Dinosaurs: invented, explained, and more of them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.context import Asker
from bot.features.etymology import meaning, pronunciation
from bot.features.explain import buttons, keep, recall
from bot.features.options import NameWish, letters_of, parse_dino
from bot.replies import Reply
from bot.services import House
from engine import NameRequest, Names, NothingInventedError

MORE = 5
"""Names that the button for more of them asks for."""

# A beginning of more letters than this may be too much to ask for.
_FEW_LETTERS = 3
_TEMPERATURE = NameRequest().temperature


async def dino(house: House, asker: Asker, arguments: str) -> Reply:
    """Invent dinosaur names as they are wished for in words.

    Raises:
        EngineError: the wish cannot be granted.
        DatabaseError: the settings of the server cannot be read.
    """
    return await invent(house, asker, parse_dino(arguments))


async def invent(house: House, asker: Asker, wish: NameWish) -> Reply:
    """Invent dinosaur names.

    Raises:
        EngineError: the wish cannot be granted.
        DatabaseError: the settings of the server cannot be read.
    """
    usual = (await house.servers.of(asker.server)).temperature or _TEMPERATURE
    request = NameRequest(
        count=wish.count,
        prefix=wish.beginning,
        temperature=usual if wish.temperature is None else wish.temperature,
        seed=wish.seed,
        decent=not asker.allows_indecent,
    )
    if wish.person is None:
        return await _answer(house, asker, request, (request.prefix, request.prefix[:_FEW_LETTERS]))
    letters = letters_of(wish.person)
    note = "" if letters else asker.texts("no-letters")
    lengths = range(_FEW_LETTERS, -1, -1)
    prefixes = (letters, *(letters[:length] for length in lengths))
    return await _answer(house, asker, request, prefixes, note)


async def another(house: House, asker: Asker, number: str) -> Reply:
    """Invent one more name, as it was wished for in an answer.

    Raises:
        FadedError: the answer is not kept any longer.
        EngineError: the wish cannot be granted.
        DatabaseError: the answer cannot be read.
    """
    return await _more(house, asker, number, 1)


async def five_more(house: House, asker: Asker, number: str) -> Reply:
    """Invent five more names, as they were wished for in an answer.

    Raises:
        FadedError: the answer is not kept any longer.
        EngineError: the wish cannot be granted.
        DatabaseError: the answer cannot be read.
    """
    return await _more(house, asker, number, MORE)


async def repeat(house: House, asker: Asker, request: NameRequest, model: str) -> Reply:
    """Invent names once more as they were invented.

    Args:
        house: what to work with.
        asker: who asks for them.
        request: what gives the same names again, its seed too.
        model: the version that invented them.

    Raises:
        EngineError: the wish cannot be granted.
    """
    request = replace(request, decent=not asker.allows_indecent)
    found = await house.engine.names(request, server=asker.server, version=model)
    return await _reply(house, asker, request, found)


async def _more(house: House, asker: Asker, number: str, count: int) -> Reply:
    old, _ = await recall(house, number, NameRequest)
    request = replace(old, count=count, seed=None, decent=not asker.allows_indecent)
    return await _answer(house, asker, request, (request.prefix,))


async def _answer(
    house: House, asker: Asker, request: NameRequest, prefixes: Iterable[str], note: str = ""
) -> Reply:
    wished = request.prefix
    request, found = await _first(house, asker, request, prefixes)
    if wished != request.prefix and request.prefix in wished:
        note = asker.texts("begins-shorter")
    return await _reply(house, asker, request, found, note)


async def _reply(
    house: House, asker: Asker, request: NameRequest, found: Names, note: str = ""
) -> Reply:
    number = await keep(house, asker, replace(request, seed=found.seed), found.model)
    if len(found.names) < request.count:
        note = asker.texts("few-names", count=len(found.names))
    # The table of roots is a file, read once.
    reply = await asyncio.to_thread(_shown, asker, found.names)
    below = buttons(asker, number, "button-another", "button-more")
    return replace(reply, footer=note, buttons=below, number=number)


async def _first(
    house: House, asker: Asker, request: NameRequest, prefixes: Iterable[str]
) -> tuple[NameRequest, Names]:
    """Return the names for the first of several prefixes that there are any for."""
    failure: NothingInventedError | None = None
    for prefix in dict.fromkeys(prefixes):
        tried = replace(request, prefix=prefix)
        try:
            return tried, await house.engine.names(tried, server=asker.server)
        except NothingInventedError as error:
            failure = failure or error
    raise failure or NothingInventedError(request.prefix)


def _shown(asker: Asker, names: Sequence[str]) -> Reply:
    if len(names) == 1:
        return Reply(_explained(asker, names[0]), title=names[0], bare=names[0])
    lines = (_line(asker, name) for name in names)
    title = asker.texts("dino-title", count=len(names))
    return Reply("\n".join(lines), title=title, bare="\n".join(names))


def _line(asker: Asker, name: str) -> str:
    explained = _explained(asker, name)
    return asker.texts("dino-line", name=name, explained=explained) if explained else name


def _explained(asker: Asker, name: str) -> str:
    """Return how a name is said and what it means, as far as that can be told."""
    said = pronunciation(name)
    parts = asker.texts("list-separator").join(meaning(name, asker.locale))
    if said and parts:
        return asker.texts("dino-meaning", said=said, meaning=parts)
    return said or parts
