"""Dinosaurs and poems."""

from __future__ import annotations

from bot.arguments import parse_dino, parse_poem
from bot.asker import Asker
from bot.house import House
from bot.presses import custom_id
from bot.replies import Button, Reply
from engine import NameRequest, PoemRequest


async def dino(house: House, asker: Asker, arguments: str) -> Reply:
    """Invent dinosaur names as they are wished for in words.

    Raises:
        EngineError: the wish cannot be granted.
    """
    return await invent(house, asker, parse_dino(arguments))


async def invent(house: House, asker: Asker, request: NameRequest) -> Reply:
    """Invent dinosaur names.

    Raises:
        EngineError: the wish cannot be granted.
    """
    names = list((await house.engine.names(request, server=asker.server)).names)
    if len(names) < request.count:
        names.append(asker.texts("few-names", count=len(names)))
    return Reply("\n".join(names), buttons=_buttons(asker))


async def poem(house: House, asker: Asker, arguments: str) -> Reply:
    """Continue a first line into a poem.

    Raises:
        EngineError: the wish cannot be granted.
    """
    return await write(house, asker, parse_poem(arguments))


async def write(house: House, asker: Asker, request: PoemRequest) -> Reply:
    """Write a poem.

    Raises:
        EngineError: the wish cannot be granted.
    """
    return Reply(
        (await house.engine.poem(request, server=asker.server)).text, buttons=_buttons(asker)
    )


async def delete(_house: House, _asker: Asker, _arguments: str) -> Reply:
    """Let an answer be deleted."""
    return Reply("")


def notice(name: str, house: House, asker: Asker) -> Reply | None:
    """Return what to say at once where the answer to a command will take its time."""
    if name != "poem" or house.engine.poems_ready:
        return None
    return Reply(asker.texts("waking"))


def _buttons(asker: Asker) -> tuple[Button, ...]:
    return (Button(asker.texts("button-delete"), custom_id("delete", owner=asker.user)),)
