"""Modules that a request passes through: `python -m benchmarks.request_path`.

Counts, for a typed `!poem` and for a press of *Again* on the loopback Discord, the modules of `bot`
and `engine` whose functions the event loop calls, the calls that change from one module to another,
and how often the guild's settings are read and the request context is built. Worker threads, which
call the same few functions for each character, are left out.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType

import click

import data
from bot.client.bot import Dinobard
from bot.cogs import COGS
from bot.context import RequestContext
from bot.services import Services, open_services
from bot.storage.guild_settings import GuildSettingsStore
from engine import LocalBackend, ModelRegistry, PoemRequest
from tests.loopback import LoopbackDiscord
from tests.loopback.clients import running

_PACKAGES = ("bot.", "engine.")
_PATIENCE_SECONDS = 60.0
_LINE = "Shall I compare thee"


@dataclass(slots=True)
class Trace:
    """Calls during one request.

    Attributes:
        modules: those of `bot` and `engine` that were called.
        crossings: calls into another module than that of the call before.
        calls: of each function.
    """

    modules: set[str] = field(default_factory=set[str])
    crossings: int = 0
    calls: Counter[CodeType] = field(default_factory=Counter[CodeType])
    _last: str = ""
    # Keeps the frames, so that a coroutine that goes on is not taken for a new call.
    _frames: dict[int, FrameType] = field(default_factory=dict[int, FrameType])

    def add(self, frame: FrameType, module: str) -> None:
        """Count a call."""
        if id(frame) in self._frames:
            return
        self._frames[id(frame)] = frame
        self.modules.add(module)
        self.crossings += module != self._last
        self._last = module
        self.calls[frame.f_code] += 1

    @property
    def settings_read(self) -> int:
        """How often the settings of the guild were read."""
        return self.calls[GuildSettingsStore.of.__code__]

    @property
    def contexts_built(self) -> int:
        """How often the request context was built."""
        return self.calls[RequestContext.__init__.__code__]

    def summary(self) -> str:
        """Return the counts as one line."""
        return (
            f"{len(self.modules)} modules, {self.crossings} crossings, settings read "
            f"{self.settings_read} times, context built {self.contexts_built} times"
        )


@contextmanager
def tracing() -> Generator[Trace]:
    """Count the calls that this thread makes inside."""
    trace = Trace()

    def profile(frame: FrameType, event: str, _argument: object) -> None:
        module: str = frame.f_globals.get("__name__", "")
        if event == "call" and module.startswith(_PACKAGES):
            trace.add(frame, module)

    sys.setprofile(profile)
    try:
        yield trace
    finally:
        sys.setprofile(None)


async def trace_poem(server: LoopbackDiscord) -> tuple[Trace, Trace]:
    """Return the traces of a typed `!poem`, and of a press of *Again* under its answer."""
    with tracing() as typed:
        poem = await server.reply(to=await server.say(f"!poem {_LINE}"))
        await server.settled()
    assert poem.buttons, poem.content
    with tracing() as pressed:
        again = await (await server.click(poem, "Again")).response()
        await server.settled()
    assert again.buttons, again.content
    return typed, pressed


async def _measure(folder: Path) -> tuple[Trace, Trace]:
    engine = LocalBackend(ModelRegistry(folder / "models", data.MODELS))
    async with LoopbackDiscord() as server, open_services(engine, folder / "state") as services:
        server.patience_seconds = _PATIENCE_SECONDS
        await engine.poem(PoemRequest(length=80))
        return await _served(server, services)


async def _served(server: LoopbackDiscord, services: Services) -> tuple[Trace, Trace]:
    bot = Dinobard(services, server.api_url, cogs=COGS)
    async with running(bot, server):
        # Work at the start is not counted, nor the first look at the guild's models.
        await bot.wait_until_ready()
        for words in ("!ping", "!poem O rose"):
            await server.reply(to=await server.say(words, author=server.guild.add_member()))
        await server.settled()
        return await trace_poem(server)


@click.command()
def main() -> None:
    """Count the modules and crossings of a request."""
    with tempfile.TemporaryDirectory() as folder:
        typed, pressed = asyncio.run(_measure(Path(folder)))
    click.echo(f"!poem: {typed.summary()}")
    click.echo(f"Again: {pressed.summary()}")


if __name__ == "__main__":
    main()
