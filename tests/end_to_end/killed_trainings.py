"""Trainings of a bot that is killed: ordered, killed as well, and looked for afterwards."""

import asyncio
import json
import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from engine import ModelError, ModelRegistry
from engine.jobs.directory import JobDirectory
from engine.models.registry import Quota
from engine.models.version import ModelCard
from tests.end_to_end.retraining import TEXT
from tests.loopback import LoopbackDiscord, Message
from tests.loopback.world import Member

_PATIENCE_SECONDS = 240.0
_LONGEST_SECONDS = 240.0
_STEP_SECONDS = 0.005
_LATEST_SECONDS = 0.3
_WORDS = "!retrain dino passes=12"
_CANCEL = "train_cancel:"


class KilledTrainings:
    """Orders trainings one after the other, and sees that none of them and no version is lost.

    Args:
        home: of the bot.
        server: the Discord that it is on.
        registry: of the versions of its guild.
        manager: who orders.
        rng: draws the moments.

    Attributes:
        accepted: ids of the trainings that were accepted.
        reported: those of them whose end was told, and entered into the record.
        finished: ids of the versions that were seen whole, or told of.
        killed: how many times the process of a training was killed.
        lost: what was lost, in words.
    """

    def __init__(
        self,
        home: Path,
        server: LoopbackDiscord,
        registry: ModelRegistry,
        manager: Member,
        rng: random.Random,
    ) -> None:
        self._home = home
        self._server = server
        self._registry = registry
        self._manager = manager
        self._rng = rng
        self._shown_by: dict[str, set[int]] = {}
        self._cards: dict[str, ModelCard] = {}
        self._pruned: set[str] = set()
        self.accepted: set[str] = set()
        self.reported: set[str] = set()
        self.finished: set[str] = set()
        self.killed = 0
        self.lost: list[str] = []

    @property
    def unreported(self) -> set[str]:
        """The trainings that were accepted and not told of by now."""
        return self.accepted - self.reported

    async def order(self) -> None:
        """Order a training unless one is there; mostly wait until it is accepted."""
        if self._folders():
            return
        question = await self._server.say(_WORDS, author=self._manager, attachments=[TEXT])
        if self._rng.random() < 0.8:
            status = await self._server.reply(to=question, timeout_seconds=_PATIENCE_SECONDS)
            self.accepted |= set(_cancellable(status))

    async def reach(self) -> None:
        """Wait for a random moment of the training, if it gets there, and a little longer."""
        is_there = self._rng.choice(self._moments())
        for _ in range(int(_LONGEST_SECONDS / _STEP_SECONDS)):
            if is_there() or not self._folders():
                break
            await asyncio.sleep(_STEP_SECONDS)
        await asyncio.sleep(self._rng.uniform(0, _LATEST_SECONDS))

    async def kill_one(self, bot: int) -> None:
        """Kill the process of a training, if there is one; the bot has a while to hear of it."""
        for child in psutil.Process(bot).children():
            # It may be about to end by itself.
            with suppress(psutil.NoSuchProcess):
                if "engine.jobs.worker" in child.cmdline():
                    child.kill()
                    self.killed += 1
                    await asyncio.sleep(self._rng.uniform(0, 3 * _LATEST_SECONDS))

    async def end(self) -> None:
        """Wait until the bot, which is not killed any more, has told of every training."""
        for _ in range(int(3 * _PATIENCE_SECONDS / _STEP_SECONDS)):
            if not self._folders():
                return
            await asyncio.sleep(_STEP_SECONDS)

    def look(self) -> None:
        """See that every training goes on or was told of, and every version is there and whole."""
        folders = self._folders()
        record = _record(self._home / "dinobard.sqlite3")
        self.accepted |= {folder.name for folder in folders} | record.keys()
        for training, (_, _, message) in record.items():
            if message is not None:
                self._shown_by.setdefault(training, set()).add(message)
        for folder in folders:
            try:
                JobDirectory(folder).job()
            except (OSError, ValueError) as error:
                self.lost.append(f"training {folder.name}: {error}")
        for training in self.unreported - {folder.name for folder in folders}:
            self._look_at_end(training, record.get(training))
        self._look_at_versions({version for _, version, _ in record.values() if version})

    def _look_at_end(self, training: str, entry: tuple[str, str | None, int | None] | None) -> None:
        told = [message for message in self._server.channel.messages.values() if message.embeds]
        shown_by = self._shown_by.get(training, set())
        results = [m for m in told if m.reference is not None and m.reference.id in shown_by]
        self.reported.add(training)
        if entry is None or entry[0] == "running":
            self.lost.append(f"training {training}: not in the record")
        elif len(results) != 1:
            self.lost.append(f"training {training}: told of {len(results)} times")

    def _look_at_versions(self, told: set[str]) -> None:
        root = self._registry.folder_of("dino")
        visible = {folder.name for folder in root.glob("[!.]*") if folder.is_dir()}
        cards = [card for card in self._registry.versions("dino") if self._registry.is_own(card.id)]
        listed = {card.id for card in cards}
        self.lost += [f"version {version}: half-written" for version in visible - listed]
        for card in cards:
            try:
                self._registry.load(card.id)
            except ModelError as error:
                self.lost.append(f"version {card.id}: {error}")
        self._cards |= {card.id: card for card in cards}
        self.finished |= told | {card.id for card in cards if "training" in card.settings}
        for version in self.finished - listed - self._pruned:
            self._pruned.add(version)
            if not self._is_over_quota(version, cards):
                self.lost.append(f"version {version}: gone")

    def _is_over_quota(self, version: str, cards: list[ModelCard]) -> bool:
        """Tell whether a version may be gone: it was older than the ten that may stay."""
        card, served = self._cards.get(version), self._registry.active("dino")
        younger = [
            other
            for other in cards
            if card and (other.created >= card.created or other.id == served)
        ]
        return len(younger) >= Quota().versions

    def _moments(self) -> list[Callable[[], bool]]:
        root, trainings = self._registry.folder_of("dino"), self._home / "trainings"
        before = len(list(root.glob("*"))) if root.is_dir() else 0
        passes = self._rng.randrange(3)
        return [
            lambda: True,
            lambda: "Started" in self._told(),
            lambda: self._told().count("Scored") > passes,
            lambda: any(trainings.glob("*/.checkpoint*")),
            lambda: len(list(root.glob("*"))) > before,
            lambda: len(list(root.glob("[!.]*"))) > before,
            lambda: "Compared" in self._told(),
            lambda: any(trainings.glob("*/end.json")),
            lambda: not self._folders(),
        ]

    def _folders(self) -> list[Path]:
        return list((self._home / "trainings").glob("[!.]*"))

    def _told(self) -> list[str]:
        return [event for folder in self._folders() for event in _events(folder)]


def _events(folder: Path) -> Iterator[str]:
    try:
        lines = (folder / "events.jsonl").read_text("utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        try:
            yield json.loads(line)["event"]
        except ValueError:  # A kill has cut it.
            continue


def _cancellable(message: Message) -> Iterator[str]:
    """Return the trainings that a button of a message, or of what it was, cancels."""
    for part in message.parts():
        custom_id = str(part.get("custom_id", ""))
        if custom_id.startswith(_CANCEL):
            yield custom_id.rpartition(":")[2]


def _record(database: Path) -> dict[str, tuple[str, str | None, int | None]]:
    """Return what is known of each training: its result, its version, the message showing it."""
    if not database.exists():
        return {}
    connection = sqlite3.connect(database)
    try:
        tables = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'trainings'")
        if tables.fetchone() is None:
            return {}
        rows = connection.execute("SELECT id, result, version, message FROM trainings")
        return {row[0]: (row[1], row[2], row[3]) for row in rows}
    finally:
        connection.close()
