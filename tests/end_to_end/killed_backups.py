"""Backups that are taken while the bot is changed and killed, and what is in one of them."""

import asyncio
import sqlite3
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import data
from engine import ModelError, ModelRegistry
from tests.end_to_end.program import Program, started
from tests.loopback import LoopbackDiscord


@dataclass(slots=True)
class Promise:
    """What the bot has said is so, and what it may have done since.

    Attributes:
        said: the value that it has confirmed.
        possible: what it may be after a kill.
        asked: all values that were ever asked for.
    """

    said: object
    possible: set[object] = field(default_factory=set[object])
    asked: list[object] = field(default_factory=list[object])

    def ask(self, value: object) -> None:
        self.possible = {self.said, value}
        self.asked.append(value)

    def confirm(self, value: object) -> None:
        self.said = value
        self.possible = {value}


@dataclass(frozen=True, slots=True)
class _Backup:
    """A backup that is being taken.

    Attributes:
        path: of its archive.
        process: takes it.
        before: what each promise could be when it was begun.
        asked: how many values had been asked for then.
    """

    path: Path
    process: Process
    before: tuple[set[object], ...]
    asked: tuple[int, ...]


class KilledBackups:
    """Takes a backup each time, and looks into the last one.

    Args:
        program: the bot that is killed.
        promises: what it has said about the guild's temperature and active version.

    Attributes:
        taken: how many backups were taken.
        lost: what was wrong, in words.
    """

    def __init__(self, program: Program, temperature: Promise, version: Promise) -> None:
        self._program = program
        self._promises = (temperature, version)
        self._taking: _Backup | None = None
        self._last: tuple[Path, list[set[object]]] | None = None
        self.taken = 0
        self.lost: list[str] = []

    async def begin(self) -> None:
        """Begin to take a backup, unless the bot has kept nothing yet."""
        path = self._program.home / f"backup-{self.taken}.tar"
        self._taking = _Backup(
            path,
            await asyncio.create_subprocess_exec(
                *self._program.command("backup", path.name),
                cwd=self._program.home,
                env=self._program.environment(),
                stdin=DEVNULL,
                stderr=PIPE,
            ),
            tuple(set(promise.possible) for promise in self._promises),
            tuple(len(promise.asked) for promise in self._promises),
        )

    async def finish(self) -> None:
        """Wait for the backup that was begun, if any, which a kill of the bot does not disturb."""
        backup, self._taking = self._taking, None
        if backup is None:
            return
        _, err = await backup.process.communicate()
        if backup.process.returncode != 0 or b"Left out" in err:
            self.lost.append(f"backup: {err.decode()}")
            return
        windows = [
            before | set(promise.asked[count:])
            for before, promise, count in zip(
                backup.before, self._promises, backup.asked, strict=True
            )
        ]
        if self._last:
            self._last[0].unlink()
        self._last = backup.path, windows
        self.taken += 1

    async def restore(self, server: LoopbackDiscord) -> tuple[object, ...]:
        """Restore the last backup over what the bot has kept since, and let it answer from that.

        Returns:
            The temperature of the guild, and its active version.
        """
        assert self._last
        path, windows = self._last
        outcome = await asyncio.to_thread(self._program.run, "restore", path.name)
        assert outcome.code == 0, outcome.err
        home = self._program.home
        registry = ModelRegistry(home / "models", data.MODELS).of_guild(server.guild.id)
        for card in registry.versions():
            try:
                registry.load(card.id)
            except ModelError as error:
                self.lost.append(f"restored version {card.id}: {error}")
        async with started(self._program, server) as process:
            await server.connected(timeout_seconds=60)
            asked = await server.say("!dino 2")
            await server.reply(to=asked, timeout_seconds=60)
            with suppress(ProcessLookupError):
                process.terminate()
            await process.communicate()
        await server.disconnected(timeout_seconds=60)
        found = (temperature_in(home / "dinobard.sqlite3", server.guild.id), registry.active())
        self.lost += [
            f"restored: {value} is not in {window}"
            for value, window in zip(found, windows, strict=True)
            if value not in window
        ]
        return found


def temperature_in(database: Path, guild: int) -> object:
    """Return the temperature that a guild has set, from a database that is whole."""
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
