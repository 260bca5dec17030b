"""`dinobard chat`: the commands of the bot in a terminal, without Discord."""

from __future__ import annotations

import asyncio
import io
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import cast

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
    """Answer what is typed, line by line, until the input ends."""
    if isinstance(standard_input := cast(object, sys.stdin), io.TextIOWrapper):
        standard_input.reconfigure(errors="replace")
    is_terminal = sys.stdin.isatty() and sys.stdout.isatty()
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
    try:
        return input("> " if is_terminal else "")
    except EOFError:
        return None


async def _answer(services: Services, line: str) -> Reply:
    name, _, arguments = line.removeprefix("!").partition(" ")
    if name.lower() == "retrain":
        return await retrain(services, arguments)
    if name.lower() not in ACTIONS:
        return Reply(OPERATOR.texts("unknown-command"), is_refusal=True)
    if first := notice(name.lower(), services, OPERATOR):
        print(first.text, file=sys.stderr)
    return await perform(name.lower(), services, OPERATOR, arguments)
