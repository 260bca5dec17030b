"""`dinobard chat`: the commands of the bot in a terminal, without Discord."""

from __future__ import annotations

import asyncio
import io
import sys
from typing import cast

from bot.actions import ACTIONS, notice, perform
from engine import Engine, Store


def chat(store: Store) -> None:
    """Answer what is typed, line by line, until the input ends.

    Raises:
        ModelError: there is no model to answer with.
    """
    if isinstance(standard_input := cast(object, sys.stdin), io.TextIOWrapper):
        standard_input.reconfigure(errors="replace")  # What is no text is no command either.
    is_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    if is_terminal:
        print("Type !dino for a dinosaur, !help for more, Ctrl-D to leave.")
    # The loop runs while a command does, and rests while the terminal waits for one.
    with asyncio.Runner() as runner:
        # Who types may be about to ask for a poem; a script that does not would only wait for it.
        engine = Engine(store, wakes_poet=is_terminal)
        runner.run(engine.open())
        try:
            while (line := _read(is_terminal)) is not None:
                if line.strip():
                    print(runner.run(_answer(engine, line.strip())), flush=True)
        finally:
            runner.run(engine.close())


def _read(is_terminal: bool) -> str | None:
    try:
        return input("> " if is_terminal else "")
    except EOFError:
        return None


async def _answer(engine: Engine, line: str) -> str:
    name, _, arguments = line.removeprefix("!").partition(" ")
    if name.lower() not in ACTIONS:
        return "I do not know that command. Type !help for those I know."
    if first := notice(name.lower(), engine):
        print(first.text, file=sys.stderr)
    reply = await perform(name.lower(), engine, arguments)
    return reply.text
