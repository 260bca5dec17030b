"""Kills the bot at random moments under load, and looks at what is left of its state."""

import asyncio
import random
import sqlite3
from asyncio.subprocess import Process
from dataclasses import dataclass, field, replace
from pathlib import Path

import data
from engine import Store
from engine.version import write_version
from tests.end_to_end.program import Program, started
from tests.loopback import LoopbackDiscord, Message, Permission
from tests.loopback.world import Member

_ASKERS = 8
_MOST_CHANGES = 3
_LATEST_SECONDS = 0.05
# A start has four requests to Discord, one more where commands are registered.
_FIRST_CALLS = 5


@dataclass(slots=True)
class Promise:
    """What the bot has said is so, and what it may have done since.

    Attributes:
        said: the value that it has confirmed.
        possible: what it may be after a kill.
    """

    said: object
    possible: set[object] = field(default_factory=set[object])

    def ask(self, value: object) -> None:
        self.possible = {self.said, value}

    def confirm(self, value: object) -> None:
        self.said = value
        self.possible = {value}


class Victim:
    """A bot that is killed again and again, and the promises that it has to keep.

    Args:
        program: the bot, with a home of its own.
        server: the Discord that it is on; nobody has connected yet.
        seed: of the moments.
    """

    def __init__(self, program: Program, server: LoopbackDiscord, seed: int) -> None:
        self._program = program
        self._server = server
        self._rng = random.Random(seed)  # noqa: S311 (no secret is drawn)
        self._manager = server.guild.add_member("Manager", Permission.MANAGE_GUILD)
        self._askers = [server.guild.add_member() for _ in range(_ASKERS)]
        store = Store(program.home / "models", data.MODELS)
        self._store = store.of_server(server.guild.id)
        model = store.load()
        own = replace(model.card, id="2026-01-02-0badcafe")
        folder = self._store.folder_of("dino")
        write_version(folder, own, model.parameters, model.vocabulary, model.known)
        self._versions = (own.id, model.card.id)
        self._temperature = Promise(None, {None})
        self._version = Promise(model.card.id, {model.card.id})
        self.changes = 0

    async def die(self) -> None:
        """Start, promise some things under load, be killed at a random moment, and be looked at.

        Raises:
            AssertionError: a promise was broken.
        """
        begun = len(self._server.calls)
        async with started(self._program, self._server) as process:
            if self._rng.random() < 0.25:
                calls = begun + self._rng.randrange(_FIRST_CALLS)
                await self._server.until(
                    lambda: len(self._server.calls) >= calls, "a start", timeout_seconds=60
                )
            else:
                await self._server.connected(timeout_seconds=60)
                await self._promise(process)
            process.kill()
            await process.communicate()
        await self._server.disconnected(timeout_seconds=60)
        await asyncio.to_thread(self._look)

    async def _promise(self, process: Process) -> None:
        for _ in range(self._rng.randrange(_MOST_CHANGES)):
            words, promise, value = self._change()
            asked = await self._say(words, promise, value)
            await self._server.reply(to=asked, timeout_seconds=60)
            promise.confirm(value)
            self.changes += 1
        await self._say(*self._change())
        # The moment: while the last change is read, written, or answered.
        await asyncio.sleep(self._rng.uniform(0, _LATEST_SECONDS))

    def _change(self) -> tuple[str, Promise, object]:
        if self._rng.random() < 0.5:
            value = self._rng.randrange(60, 120) / 100
            return f"!settings set temperature {value}", self._temperature, value
        version = self._rng.choice(self._versions)
        return f"!models use {version}", self._version, version

    async def _say(self, words: str, promise: Promise, value: object) -> Message:
        asker: Member = self._rng.choice(self._askers)
        for load in ("!dino", "!dino 5 tri"):
            await self._server.say(load, author=asker)
        promise.ask(value)
        return await self._server.say(words, author=self._manager)

    def _look(self) -> None:
        """See that the state is whole, and what was promised is there."""
        database = self._program.home / "dinobard.sqlite3"
        if database.exists():
            found = _temperature(database, self._server.guild.id)
            assert found in self._temperature.possible, (found, self._temperature)
            self._temperature.confirm(found)
        found = self._store.active("dino")
        assert found in self._version.possible, (found, self._version)
        self._version.confirm(found)
        for version in self._versions:
            self._store.load(version)


def _temperature(database: Path, guild: int) -> object:
    connection = sqlite3.connect(database)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        tables = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'server_settings'")
        if tables.fetchone() is None:
            return None
        row = connection.execute(
            "SELECT temperature FROM server_settings WHERE server = ?", (guild,)
        ).fetchone()
        return row[0] if row else None
    finally:
        connection.close()
