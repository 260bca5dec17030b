"""`dinobard chat`: the commands of the bot in a terminal, without Discord."""

from __future__ import annotations

import asyncio
import io
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TextIO, cast

from bot.context import OPERATOR
from bot.features import ACTIONS, notice, perform
from bot.replies import Reply, as_lines, as_text
from bot.services import Services, open_services
from bot.terminal.retrain import retrain
from engine import LocalBackend, ModelRegistry
from engine.jobs.spec import Limits
from engine.serving.local_backend import Timeouts

# One user alone waits: a slow start is no reason to fail.
_DEADLINE_SECONDS = 300.0


def chat(
    registry: ModelRegistry,
    database: Path,
    texts: Path | None = None,
    limits: Limits | None = None,
) -> None:
    """Answer what is typed, line by line, until the input ends.

    Raises:
        OSError: standard input cannot be read.
    """
    standard_input = cast("TextIO | None", sys.stdin)
    if standard_input is None:
        raise OSError("standard input is closed")
    if isinstance(standard_input, io.TextIOWrapper):
        standard_input.reconfigure(errors="replace")
    is_terminal = standard_input.isatty() and sys.stdout.isatty()
    if is_terminal:
        print("Type !dino for a dinosaur, !help for more, Ctrl-D to leave.")
    with asyncio.Runner() as runner:
        # A script without a poem would only wait for TensorFlow.
        backend = LocalBackend(
            registry,
            timeouts=Timeouts(deadline_seconds=_DEADLINE_SECONDS),
            preloads_poems=is_terminal,
        )
        opening = open_services(backend, database, texts, limits=limits, is_own=_is_host)
        stack = AsyncExitStack()
        services = runner.run(stack.enter_async_context(opening))
        try:
            while (line := _read(is_terminal)) is not None:
                if line.strip():
                    reply = runner.run(_answer(services, line.strip()))
                    print(as_text(reply) if is_terminal else as_lines(reply), flush=True)
        finally:
            runner.run(stack.aclose())


def _is_host(guild: int | None) -> bool:
    # Trainings of guilds are resumed by the bot, which shows them there.
    return guild is None


def _read(is_terminal: bool) -> str | None:
    if is_terminal:
        # `input` would write it to stderr, which is filtered while TensorFlow is loaded.
        print("> ", end="", flush=True)
    try:
        return input()
    except EOFError:
        return None
    except OSError as error:
        raise OSError("standard input cannot be read") from error


async def _answer(services: Services, line: str) -> Reply:
    name, _, arguments = line.removeprefix("!").partition(" ")
    if name.lower() == "retrain":
        return await retrain(services, arguments)
    if name.lower() not in ACTIONS:
        return Reply(OPERATOR.texts("unknown-command"), is_refusal=True)
    if first := notice(name.lower(), services, OPERATOR):
        print(first.text, file=sys.stderr)
    return await perform(name.lower(), services, OPERATOR, arguments)
