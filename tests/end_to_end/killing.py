"""Kills the bot at random moments under load, and looks at what is left of its state."""

import asyncio
import random
from asyncio.subprocess import Process
from dataclasses import replace

import numpy as np

import data
from engine import ModelRegistry
from engine.models.names_model import write_version
from engine.networks.rnn import initial_parameters
from tests.end_to_end.killed_backups import KilledBackups, Promise, temperature_in
from tests.end_to_end.killed_trainings import KilledTrainings
from tests.end_to_end.program import Program, started
from tests.loopback import LoopbackDiscord, Message, Permission
from tests.loopback.world import Member

_CONTEXTS = 8
_MOST_CHANGES = 3
_LATEST_SECONDS = 0.05
# Versions that are old may be pruned before they are chosen.
_CHOSEN_AMONG = 3
# A start has four requests to Discord, one more where commands are registered.
_FIRST_CALLS = 5


class Victim:
    """A bot that is killed again and again, and the promises that it has to keep.

    Args:
        program: the bot, with a home of its own.
        server: the Discord that it is on; nobody has connected yet.
        seed: of the moments.

    Attributes:
        changes: how many changes were confirmed.
        lost: which of them were lost, in words.
        trainings: those that it was at while it was killed.
        backups: those that were taken meanwhile.
    """

    def __init__(self, program: Program, server: LoopbackDiscord, seed: int) -> None:
        self._program = program
        self._server = server
        self._rng = random.Random(seed)  # noqa: S311 (no secret is drawn)
        self._manager = server.guild.add_member("Manager", Permission.MANAGE_GUILD)
        self._askers = [server.guild.add_member() for _ in range(_CONTEXTS)]
        registry = ModelRegistry(program.home / "models", data.MODELS)
        self._registry = registry.of_guild(server.guild.id)
        model = registry.load()
        rng = np.random.default_rng(seed)
        folder = self._registry.folder_of("dino")
        versions = ("2026-01-01-0badcafe", "2026-01-02-0badcafe")
        for version in versions:
            # What is trained from it is as small, and so trained fast.
            small = initial_parameters(2, len(model.vocabulary.symbols), 8, rng)
            own = replace(model.card, id=version, created=f"{version[:10]}T00:00:00+00:00")
            write_version(folder, own, small, model.vocabulary, model.known)
        self._registry.activate(versions[0])
        self._temperature = Promise(None, {None})
        self._version = Promise(versions[0], {versions[0]})
        self.changes = 0
        self.lost: list[str] = []
        self.trainings = KilledTrainings(
            program.home, server, self._registry, self._manager, self._rng
        )
        self.backups = KilledBackups(program, self._temperature, self._version)

    async def die(self) -> None:
        """Start, promise some things under load, be killed at a random moment, and be looked at."""
        begun = len(self._server.calls)
        async with started(self._program, self._server) as process:
            if self._rng.random() < 0.2:
                calls = begun + self._rng.randrange(_FIRST_CALLS)
                await self._server.until(
                    lambda: len(self._server.calls) >= calls, "a start", timeout_seconds=60
                )
            else:
                await self._server.connected(timeout_seconds=60)
                await self._live(process)
            process.kill()
            await process.communicate()
        await self.backups.finish()
        await self._server.disconnected(timeout_seconds=60)
        await asyncio.to_thread(self._look)

    async def live_on(self) -> None:
        """Start once more, tell how the last training ends, stop, and be looked at."""
        async with started(self._program, self._server) as process:
            await self._server.connected(timeout_seconds=60)
            await self.trainings.end()
            process.terminate()
            await process.communicate()
        await self._server.disconnected(timeout_seconds=60)
        await asyncio.to_thread(self._look)

    async def _live(self, process: Process) -> None:
        await self.backups.begin()
        await self.trainings.order()
        for _ in range(self._rng.randrange(_MOST_CHANGES)):
            words, promise, value = self._change()
            asked = await self._say(words, promise, value)
            await self._server.reply(to=asked, timeout_seconds=60)
            promise.confirm(value)
            self.changes += 1
        if self._rng.random() < 0.5:
            await self._say(*self._change())
            # The moment: while the last change is read, written, or answered.
            await asyncio.sleep(self._rng.uniform(0, _LATEST_SECONDS))
            return
        await self.trainings.reach()
        if self._rng.random() < 0.3:
            await self.trainings.kill_one(process.pid)

    def _change(self) -> tuple[str, Promise, object]:
        if self._rng.random() < 0.5:
            value = self._rng.randrange(60, 120) / 100
            return f"!settings set temperature {value}", self._temperature, value
        own = [
            card.id for card in self._registry.versions("dino") if self._registry.is_own(card.id)
        ]
        version = self._rng.choice(own[-_CHOSEN_AMONG:])
        return f"!models use {version}", self._version, version

    async def _say(self, words: str, promise: Promise, value: object) -> Message:
        context: Member = self._rng.choice(self._askers)
        for load in ("!dino", "!dino 5 tri"):
            await self._server.say(load, author=context)
        promise.ask(value)
        return await self._server.say(words, author=self._manager)

    def _look(self) -> None:
        """See that the state is whole, and what was promised is there."""
        database = self._program.home / "dinobard.sqlite3"
        if database.exists():
            found = temperature_in(database, self._server.guild.id)
            self._compare("temperature", self._temperature, found)
        self._compare("version", self._version, self._registry.active("dino"))
        self.trainings.look()

    def _compare(self, name: str, promise: Promise, found: object) -> None:
        if found not in promise.possible:
            self.lost.append(f"{name}: {found} is not in {promise.possible}")
        promise.confirm(found)
