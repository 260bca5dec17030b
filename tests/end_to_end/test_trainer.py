"""Trainings across the death of the process that ordered them, and of either network."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from engine import ModelRegistry
from engine.files import lock_at
from engine.jobs.events import Compared, Evaluated, Notice, Sampled, Saved, Started
from engine.jobs.queue import TrainingQueue
from engine.jobs.spec import TrainingRequest
from tests.trainings import seen, store_in, trainings

CHECKOUT = Path(__file__).parents[2]

_BOT = """
import asyncio, sys
from pathlib import Path
from tests.trainings import ENDLESS, order, seen, trainings
from engine.jobs.events import Evaluated, Started

async def main():
    async with trainings(Path(sys.argv[1])) as jobs:
        training = await jobs.submit(order(epochs=ENDLESS))
        started = await seen(training, Started)
        scored = await seen(training, Evaluated)
        print(training.id, started.pid, scored.step, flush=True)
        await training.ended()

asyncio.run(main())
"""


async def _bot(home: Path) -> Process:
    environment = os.environ | {"PYTHONPATH": str(CHECKOUT)}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", _BOT, str(home), stdout=PIPE, env=environment
    )


async def test_a_training_outlives_the_bot_that_started_it(tmp_path: Path) -> None:
    bot = await _bot(tmp_path)
    assert bot.stdout is not None
    training_id, _, step = (await bot.stdout.readline()).decode().split()
    bot.kill()
    await bot.wait()
    # The process of the training holds this lock as long as it lives: it must not stay for long.
    machine = lock_at(tmp_path / "trainings/.machine.lock")
    await asyncio.to_thread(machine.acquire)
    machine.release()

    async with trainings(tmp_path) as jobs:
        (training,) = jobs.all
        assert training.id == training_id
        started = await seen(training, Started)
        assert isinstance(started, Started)
        assert started.resumed
        again = await seen(training, lambda e: isinstance(e, Evaluated) and e.step > int(step))
        assert isinstance(again, Evaluated)
        await jobs.cancel(training.id)
    assert store_in(tmp_path).of_guild(1).versions() == []


async def test_the_process_of_a_training_may_be_killed_with_its_bot(tmp_path: Path) -> None:
    bot = await _bot(tmp_path)
    assert bot.stdout is not None
    _, pid, _ = (await bot.stdout.readline()).decode().split()
    bot.kill()
    await bot.wait()
    with suppress(ProcessLookupError):  # It may have noticed and ended.
        os.kill(int(pid), signal.SIGKILL)

    async with trainings(tmp_path) as jobs:
        (training,) = jobs.all
        started = await seen(training, Started)
        assert isinstance(started, Started)
        assert started.resumed
        await jobs.cancel(training.id)


VERSE = "\n\n".join(
    "\n".join(
        f"The {adjective} {noun} of {place} number {n} doth sing\n"
        f"And every {noun} will hear what it may bring,"
        for n in range(4)
    )
    for adjective in ("gentle", "weary", "silver", "joyful")
    for noun in ("river", "shepherd", "evening", "blackbird")
    for place in ("Kent", "Exeter")
)
"""A kind of verse of its own, enough to hold some out."""


@pytest.mark.timeout(240)
async def test_a_poem_network_is_trained_paused_and_resumed(tmp_path: Path) -> None:
    options = {"embedding": 8, "units": 16, "batch_size": 8, "window": 40, "evaluate_every": 20}
    order = TrainingRequest(
        "poem", 7, VERSE.encode(), "verse.txt", 10, options=options, is_fresh=True
    )
    async with _poem_trainings(tmp_path) as jobs:
        training = await jobs.submit(order)
        first = await seen(training, Evaluated)
        await seen(training, Sampled)
    assert isinstance(first, Evaluated)

    async with _poem_trainings(tmp_path) as jobs:
        (training,) = jobs.all
        started = await seen(training, Started)
        assert isinstance(started, Started)
        assert started.resumed
        later = await seen(training, lambda e: isinstance(e, Evaluated) and e.step > first.step)
        assert isinstance(later, Evaluated)
        compared = await seen(training, Compared)
        saved = await training.ended()

    assert isinstance(compared, Compared)
    assert isinstance(saved, Saved)
    assert compared.new.nats_per_character is not None
    assert compared.old is None
    folder = store_in(tmp_path).of_guild(7).folder_of("poem") / saved.version
    assert (folder / "corpus.txt").read_text() == VERSE
    card = json.loads((folder / "card.json").read_text())
    assert card["corpus"]["source"] == "verse.txt"
    assert card["settings"]["uploads"] is True


CYRILLIC = VERSE.lower().translate(
    {ord(latin): ord("\u0430") + n for n, latin in enumerate("abcdefghijklmnopqrstuvwxyz")}
)


@pytest.mark.timeout(240)
async def test_a_text_in_another_alphabet_than_the_one_in_use_is_learned_whole(
    tmp_path: Path,
) -> None:
    options = {"embedding": 4, "units": 8, "batch_size": 8, "window": 40, "evaluate_every": 20}
    fresh = TrainingRequest(
        "poem", 7, CYRILLIC.encode(), "stikhi.txt", 1, options=options, is_fresh=True
    )
    registry = store_in(tmp_path).of_guild(7)
    async with _poem_trainings(tmp_path) as jobs:
        training = await jobs.submit(fresh)
        first = await training.ended()
        assert isinstance(first, Saved)
        registry.activate(first.version)
        await jobs.acknowledge(training.id)

        training = await jobs.submit(
            replace(fresh, corpus=VERSE.encode(), source="verse.txt", is_fresh=False)
        )
        notice = await seen(training, Notice)
        compared = await seen(training, Compared)
        second = await training.ended()

    assert isinstance(second, Saved)
    assert isinstance(notice, Notice)
    assert (notice.kind, notice.version) == ("start-unfit", first.version)
    assert notice.share < 0.5
    assert isinstance(compared, Compared)
    assert compared.old is not None
    assert compared.old.nats_per_character is None
    card = registry.card(second.version)
    assert card.corpus["learned_share"] == 1
    assert "from" not in card.settings
    scored = [event for event in training.milestones if isinstance(event, Evaluated)]
    assert scored[-1].held_out == pytest.approx(compared.new.nats_per_character, rel=0.2)


def _poem_trainings(home: Path) -> TrainingQueue:
    registry = ModelRegistry(home / "models", home / "shipped")
    return TrainingQueue(registry, home / "trainings", downloads=home / "corpora")
