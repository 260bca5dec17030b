"""Draws docs/picture.svg: what members ask and what the bot answers, `python -m docs.picture`.

The answers are real: the bot gives them over the loopback Discord of the tests.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from html import escape
from pathlib import Path

import data
from bot.client.bot import Dinobard
from bot.cogs import COGS
from bot.services import open_services
from engine import Engine, ModelRegistry, PoemRequest
from engine.serving.engine import Timeouts
from tests.loopback import LoopbackDiscord
from tests.loopback.clients import running
from tests.loopback.records import Message

QUESTIONS = ("!dino", "!dino 3 tri", "!poem Shall I compare thee to a summer's day?")
PICTURE = Path(__file__).with_name("picture.svg")

_WIDTH = 560
_LINE = 22
_MARGIN = 20
_TEXT_X = 76


def main() -> None:
    """Ask, and draw the conversation."""
    PICTURE.write_text(draw(asyncio.run(conversation())), encoding="utf-8")


async def conversation() -> list[tuple[str, str]]:
    """Return who said what, in order."""
    with tempfile.TemporaryDirectory() as folder:
        registry = ModelRegistry(Path(folder), data.MODELS)
        # Loading the poem network may take its time on a busy machine.
        engine = Engine(registry, timeouts=Timeouts(deadline_seconds=300))
        state = Path(folder) / "state.sqlite3"
        async with LoopbackDiscord() as server, open_services(engine, state) as services:
            said: list[tuple[str, str]] = []
            async with running(Dinobard(services, server.api_url, cogs=COGS), server):
                await engine.poem(PoemRequest())  # wakes the poet
                for question in QUESTIONS:
                    message = await server.say(question)
                    reply = await server.reply(to=message)
                    said += [(server.member.name, question), (server.bot.name, _seen(reply))]
            return said


def draw(said: list[tuple[str, str]]) -> str:
    """Return the conversation as SVG."""
    parts: list[str] = []
    y = _MARGIN
    for name, text in said:
        lines = text.splitlines()
        is_bot = name == "Dinobard"
        colour = "#57a773" if is_bot else "#c9885b"
        parts.append(f'<circle cx="42" cy="{y + 20}" r="20" fill="{colour}"/>')
        parts.append(_text(42, y + 27, name[0], "initial"))
        parts.append(_text(_TEXT_X, y + 14, name + (" (bot)" if is_bot else ""), "name"))
        parts += [_text(_TEXT_X, y + 14 + _LINE * n, line) for n, line in enumerate(lines, 1)]
        y += _LINE * (len(lines) + 1) + 16
    height = y + 4
    style = (
        "text { font: 15px sans-serif; fill: #dbdee1 } .name { font-weight: bold; fill: #fff } "
        ".initial { font-size: 20px; text-anchor: middle; fill: #fff }"
    )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" '
            f'viewBox="0 0 {_WIDTH} {height}">',
            f"<style>{style}</style>",
            f'<rect width="{_WIDTH}" height="{height}" rx="10" fill="#313338"/>',
            *parts,
            "</svg>\n",
        ]
    )


def _seen(message: Message) -> str:
    """Return a message as Discord shows it: a backslash before a mark is not seen."""
    cards = [part for card in message.embeds for part in (card["title"], card["description"])]
    return re.sub(r"\\([\W_])", r"\1", "\n".join(filter(None, [message.content, *cards])))


def _text(x: int, y: int, text: str, kind: str = "said") -> str:
    return f'<text x="{x}" y="{y}" class="{kind}">{escape(text)}</text>'


if __name__ == "__main__":
    main()
