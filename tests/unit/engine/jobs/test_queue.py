"""Trainings with real processes and real kills."""

import asyncio
import json
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from engine import CorpusError, InvalidRequestError
from engine.errors import (
    EngineClosedError,
    ModelSpaceError,
    TooManyTrainingsError,
    TrainingNotFoundError,
    TrainingPendingError,
    TrainingQueueFullError,
)
from engine.jobs.directory import SET_ASIDE_DAYS, JobDirectory
from engine.jobs.events import (
    Cancelled,
    Compared,
    Crashed,
    Ending,
    Evaluated,
    Event,
    Failed,
    Notice,
    Paused,
    Progress,
    Queued,
    Sampled,
    Saved,
    Started,
)
from engine.jobs.handle import TrainingHandle
from engine.jobs.queue import TrainingQueue
from engine.jobs.spec import Limits, TrainingRequest
from engine.models.names_model import write_version
from engine.models.version import UPLOADS, ModelCard
from tests.trainings import ENDLESS, UPLOAD, order, seen, store_in, trainings

pytestmark = pytest.mark.slow

LIMITS = Limits(waiting=3)


@pytest_asyncio.fixture
async def jobs(tmp_path: Path) -> AsyncIterator[TrainingQueue]:
    async with trainings(tmp_path, LIMITS) as opened:
        yield opened


def _versions(home: Path, guild: int = 1) -> list[str]:
    return [card.id for card in store_in(home).of_guild(guild).versions()]


def _left_overs(home: Path) -> list[Path]:
    return list((home / "models").rglob(".*.tmp"))


def _is_kept(home: Path, text: bytes) -> bool:
    files = (path for path in home.rglob("*") if path.is_file())
    return any(text in path.read_bytes() for path in files)


def _pid(event: Event) -> int:
    assert isinstance(event, Started)
    return event.pid


async def test_a_training_ends_as_a_version_that_is_not_yet_served(
    jobs: TrainingQueue, tmp_path: Path
) -> None:
    training = await jobs.submit(order())
    events = [event async for event in training.watch()]

    kinds = [type(event) for event in events]
    assert kinds[-2:] == [Compared, Saved]
    assert {Evaluated, Sampled} <= set(kinds)
    # The curve and the final score are on one text.
    compared = next(event for event in events if isinstance(event, Compared))
    scored = [event for event in events if isinstance(event, Evaluated)]
    best = min(scored, key=lambda event: event.score)
    assert best.held_out == pytest.approx(compared.new.nats_per_character)
    assert best.held_out != best.score
    saved = events[-1]
    assert isinstance(saved, Saved)
    registry = store_in(tmp_path).of_guild(1)
    assert [card.id for card in registry.versions()] == [saved.version]
    assert registry.is_own(saved.version)
    assert not registry.folder_of("dino").joinpath("active.json").exists()
    assert store_in(tmp_path).versions() == []


async def test_the_uploaded_text_lives_and_dies_with_its_version(
    jobs: TrainingQueue, tmp_path: Path
) -> None:
    training = await jobs.submit(order())
    saved = await training.ended()

    assert isinstance(saved, Saved)
    registry = store_in(tmp_path).of_guild(1)
    text = registry.folder_of("dino") / saved.version / "corpus.txt"
    assert text.read_bytes() == UPLOAD
    assert "corpus.txt" in registry.card(saved.version).checksums
    await jobs.acknowledge(training.id)
    registry.delete(saved.version)
    assert not await asyncio.to_thread(_is_kept, tmp_path, UPLOAD)


async def test_the_curves_are_a_picture_until_the_end_is_acknowledged(
    jobs: TrainingQueue, tmp_path: Path
) -> None:
    training = await jobs.submit(order())
    await training.ended()

    assert training.loss_plot.read_bytes().startswith(b"\x89PNG")
    await jobs.acknowledge(training.id)
    assert not training.loss_plot.exists()
    assert [path for path in (tmp_path / "trainings").iterdir() if path.is_dir()] == []
    with pytest.raises(TrainingNotFoundError):
        jobs.get(training.id)


async def test_the_new_network_is_compared_with_the_one_that_is_served(
    jobs: TrainingQueue, tmp_path: Path
) -> None:
    first = await (await jobs.submit(order(epochs=40))).ended()
    assert isinstance(first, Saved)
    store_in(tmp_path).of_guild(1).activate(first.version)
    for training in jobs.all:
        await jobs.acknowledge(training.id)

    worse = await jobs.submit(order(epochs=1, learning_rate=1e-6))
    compared = await seen(worse, Compared)

    assert isinstance(compared, Compared)
    assert compared.old is not None
    assert compared.old.version == first.version
    assert compared.is_worse
    assert compared.old.samples
    await worse.ended()


async def test_what_is_served_in_place_of_a_damaged_version_is_fine_tuned(
    jobs: TrainingQueue, tmp_path: Path
) -> None:
    sound = await (await jobs.submit(order(guild=None))).ended()
    damaged = await (await jobs.submit(order(guild=1))).ended()
    assert isinstance(sound, Saved)
    assert isinstance(damaged, Saved)
    store_in(tmp_path).activate(sound.version)
    registry = store_in(tmp_path).of_guild(1)
    registry.activate(damaged.version)
    (registry.folder_of("dino") / damaged.version / "weights.npz").write_bytes(b"")

    tuned = await jobs.submit(replace(order(guild=1), is_fresh=False))
    end = await tuned.ended()

    assert isinstance(end, Saved)
    assert registry.card(end.version).settings["from"] == sound.version
    compared = await seen(tuned, Compared)
    assert isinstance(compared, Compared)
    assert compared.old is not None
    assert compared.old.version == sound.version


async def saved_card(jobs: TrainingQueue, home: Path, wanted: TrainingRequest) -> ModelCard:
    """Train to the end, let the version answer, and return its card."""
    training = await jobs.submit(wanted)
    end = await training.ended()
    assert isinstance(end, Saved)
    await jobs.acknowledge(training.id)
    registry = store_in(home).of_guild(wanted.guild)
    registry.activate(end.version)
    return registry.card(end.version)


async def test_a_card_says_that_an_upload_was_learned_be_it_by_what_it_began_as(
    jobs: TrainingQueue, tmp_path: Path
) -> None:
    small = order()
    uploaded = await saved_card(jobs, tmp_path, small)
    usual = replace(small, corpus=None)
    tuned = await saved_card(jobs, tmp_path, replace(usual, is_fresh=False))
    store_in(tmp_path).of_guild(1).delete(uploaded.id)
    again = await saved_card(jobs, tmp_path, replace(usual, is_fresh=False))
    fresh = await saved_card(jobs, tmp_path, usual)

    assert [card.settings.get(UPLOADS) for card in (uploaded, tuned, again)] == [True] * 3
    assert again.settings["from"] == tuned.id
    assert UPLOADS not in fresh.settings
    made = store_in(tmp_path).of_guild(1).made_of_uploads("dino")
    assert made == [tuned.id, again.id]


async def test_what_the_host_has_uploaded_is_no_upload_of_a_guild(
    jobs: TrainingQueue, tmp_path: Path
) -> None:
    await saved_card(jobs, tmp_path, order(guild=None))

    tuned = await saved_card(jobs, tmp_path, replace(order(), corpus=None, is_fresh=False))

    assert UPLOADS not in tuned.settings


async def test_a_checkpoint_of_another_start_is_not_gone_on_from(tmp_path: Path) -> None:
    tune = replace(order(epochs=ENDLESS), corpus=None, is_fresh=False)
    async with trainings(tmp_path) as jobs:
        uploaded = await saved_card(jobs, tmp_path, order())
        training = await jobs.submit(tune)
        await seen(training, Evaluated)
    registry = store_in(tmp_path).of_guild(1)
    model = registry.load(uploaded.id)
    for version in ("begun with in its place", "answering"):
        card = replace(model.card, id=version, settings={})
        root = registry.folder_of("dino")
        write_version(root, card, model.parameters, model.vocabulary, model.known)
        registry.activate(version)
    registry.delete(uploaded.id)

    async with trainings(tmp_path) as jobs:
        again = jobs.get(training.id)
        stepped = await seen(again, Progress)
        await jobs.cancel(again.id)

    assert isinstance(stepped, Progress)
    assert stepped.step == 1


async def test_every_watcher_sees_every_milestone_to_the_same_end(jobs: TrainingQueue) -> None:
    training = await jobs.submit(order())

    async def milestones() -> list[Event]:
        passing = Queued | Started | Progress
        return [event async for event in training.watch() if not isinstance(event, passing)]

    first, second = await asyncio.gather(milestones(), milestones())
    late = await milestones()

    assert first == second == late
    assert isinstance(first[-1], Saved)


async def test_one_runs_while_the_others_wait_in_order(jobs: TrainingQueue) -> None:
    running = await jobs.submit(order(guild=1, epochs=ENDLESS))
    await seen(running, Evaluated)
    second = await jobs.submit(order(guild=2))
    third = await jobs.submit(order(guild=3))

    assert second.latest == Queued(1)
    assert third.latest == Queued(2)
    await jobs.cancel(second.id)
    await seen(third, lambda event: event == Queued(1))
    await jobs.cancel(running.id)
    assert isinstance(await third.ended(), Saved)


async def test_a_guild_has_one_training_at_a_time(jobs: TrainingQueue) -> None:
    accepted = await asyncio.gather(
        jobs.submit(order(epochs=ENDLESS)),
        jobs.submit(order(epochs=ENDLESS)),
        return_exceptions=True,
    )

    (training,) = [result for result in accepted if isinstance(result, TrainingHandle)]
    (refusal,) = [result for result in accepted if isinstance(result, Exception)]
    assert isinstance(refusal, TrainingPendingError)
    assert refusal.training == training.id
    await jobs.cancel(training.id)


async def test_a_full_queue_takes_no_more(jobs: TrainingQueue) -> None:
    taken = [await jobs.submit(order(guild=n, epochs=ENDLESS)) for n in range(3)]

    with pytest.raises(TrainingQueueFullError):
        await jobs.submit(order(guild=9))
    for training in reversed(taken):
        await jobs.cancel(training.id)


async def test_what_cannot_be_learned_is_refused_before_anything_runs(jobs: TrainingQueue) -> None:
    with pytest.raises(CorpusError):
        await jobs.submit(TrainingRequest("dino", 1, b"rex\n"))
    with pytest.raises(InvalidRequestError):
        await jobs.submit(TrainingRequest("dino", 1, UPLOAD, minutes=1_000))
    assert jobs.all == ()


async def test_a_closed_queue_takes_no_more(tmp_path: Path) -> None:
    async with trainings(tmp_path) as jobs:
        pass

    with pytest.raises(EngineClosedError):
        await jobs.submit(order())


@pytest.mark.parametrize("stage", [Queued, Started, Progress, Evaluated, Compared])
async def test_a_training_is_cancelled_at_any_stage(
    jobs: TrainingQueue, tmp_path: Path, stage: type[Event]
) -> None:
    epochs = 4 if stage is Compared else ENDLESS
    training = await jobs.submit(order(epochs=epochs))
    await seen(training, stage)

    await jobs.cancel(training.id)

    # One that has just been saved stays so.
    expected = [training.end.version] if isinstance(training.end, Saved) else []
    assert isinstance(training.end, Saved if expected else Cancelled)
    assert _versions(tmp_path) == expected
    assert _left_overs(tmp_path) == []
    assert isinstance(await (await jobs.submit(order())).ended(), Saved)


async def test_a_training_that_waits_is_cancelled_at_once(jobs: TrainingQueue) -> None:
    running = await jobs.submit(order(guild=1, epochs=ENDLESS))
    waiting = await jobs.submit(order(guild=2))

    await asyncio.gather(jobs.cancel(waiting.id), jobs.cancel(waiting.id))

    assert waiting.end == Cancelled()
    assert running.end is None
    await jobs.cancel(running.id)


class _KilledError(Exception):
    """Stands for the end of the process."""


def _be_killed(folder: Path, **_: object) -> None:
    """Delete the end of a training, and no more of it."""
    (folder / "end.json").unlink(missing_ok=True)
    raise _KilledError


@pytest.mark.parametrize("moment", [Started, Progress, Evaluated, Sampled, Compared])
async def test_a_killed_process_is_a_crash_that_leaves_nothing_half_written(
    jobs: TrainingQueue, tmp_path: Path, moment: type[Event]
) -> None:
    training = await jobs.submit(order(epochs=4 if moment is Compared else ENDLESS))
    pid = _pid(await seen(training, Started))
    event = await seen(training, moment)
    with suppress(ProcessLookupError):  # It may have ended.
        os.kill(pid, signal.SIGKILL)

    end = await training.ended()

    if isinstance(event, Compared):
        # The version was written before.
        assert isinstance(end, Saved)
        assert _versions(tmp_path) == [end.version]
    else:
        assert isinstance(end, Crashed)
        assert end.exit_code == -signal.SIGKILL
        assert end.last_event
        assert _versions(tmp_path) == []
    assert isinstance(await (await jobs.submit(order(guild=2))).ended(), Saved)
    assert _left_overs(tmp_path) == []


async def test_a_training_that_is_killed_while_it_saves_shows_no_half_version(
    jobs: TrainingQueue, tmp_path: Path
) -> None:
    for delay in range(6):
        training = await jobs.submit(order(epochs=3 + delay, hidden_units=200))
        pid = _pid(await seen(training, Started))
        await seen(training, lambda e: isinstance(e, Progress) and e.step == e.steps)
        for _ in range(delay * 20):
            await asyncio.sleep(0)  # Moments of different length, not a wait for anything.
        with suppress(ProcessLookupError):  # It may have ended.
            os.kill(pid, signal.SIGKILL)
        end = await training.ended()
        await jobs.acknowledge(training.id)
        registry = store_in(tmp_path).of_guild(1)
        listed = [card.id for card in registry.versions()]
        if isinstance(end, Saved):
            assert end.version in listed
        for version in listed:
            registry.load(version)


async def test_a_process_that_hangs_is_killed(tmp_path: Path) -> None:
    async with trainings(tmp_path, Limits(silent_minutes=0.02)) as jobs:
        training = await jobs.submit(order(epochs=ENDLESS))
        os.kill(_pid(await seen(training, Started)), signal.SIGSTOP)
        end = await training.ended()

    assert isinstance(end, Crashed)
    assert end.exit_code == -signal.SIGKILL


async def test_a_process_that_is_stopped_from_outside_is_reported(jobs: TrainingQueue) -> None:
    training = await jobs.submit(order(epochs=ENDLESS))
    pid = _pid(await seen(training, Started))
    await seen(training, Evaluated)

    os.kill(pid, signal.SIGTERM)

    assert isinstance(await training.ended(), Crashed)


async def test_a_kill_while_a_training_is_removed_does_not_bring_it_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with trainings(tmp_path) as jobs:
        training = await jobs.submit(order())
        await training.ended()
        with monkeypatch.context() as patch:
            patch.setattr("shutil.rmtree", _be_killed)
            with pytest.raises(_KilledError):
                await jobs.acknowledge(training.id)

    async with trainings(tmp_path) as jobs:
        assert jobs.all == ()
    assert _left_overs(tmp_path) == []


async def test_a_training_goes_on_from_its_checkpoint_at_the_next_start(tmp_path: Path) -> None:
    async with trainings(tmp_path) as jobs:
        training = await jobs.submit(order(epochs=ENDLESS))
        scored = await seen(training, Evaluated)
        assert await jobs.submit(order(guild=2, epochs=2))
    assert isinstance(await training.ended(), Paused)
    assert training.directory.checkpoint.exists()

    async with trainings(tmp_path) as jobs:
        resumed, waiting = jobs.all
        assert resumed.id == training.id
        assert resumed.is_from_before
        assert resumed.request.corpus is None
        started = await seen(resumed, Started)
        assert isinstance(started, Started)
        assert started.resumed
        stepped = await seen(resumed, Progress)
        assert isinstance(scored, Evaluated)
        assert isinstance(stepped, Progress)
        assert stepped.step > scored.step
        await jobs.cancel(resumed.id)
        assert isinstance(await waiting.ended(), Saved)


async def test_an_end_that_nobody_has_acknowledged_is_told_again(tmp_path: Path) -> None:
    async with trainings(tmp_path) as jobs:
        training = await jobs.submit(order())
        end = await training.ended()

    async with trainings(tmp_path) as jobs:
        (again,) = jobs.all
        assert again.end == end
        events = [event async for event in again.watch()]
        assert isinstance(events[-2], Compared)
        assert again.loss_plot.exists()
        await jobs.acknowledge(again.id)

    async with trainings(tmp_path) as jobs:
        assert jobs.all == ()


async def test_two_bots_with_one_folder_do_not_take_each_others_trainings(tmp_path: Path) -> None:
    async with trainings(tmp_path) as first:
        running = await first.submit(order(guild=1, epochs=ENDLESS))
        await seen(running, Evaluated)
        async with trainings(tmp_path) as second:
            assert second.all == ()
            waits = await second.submit(order(guild=2))
            await first.cancel(running.id)
            assert isinstance(await waits.ended(), Saved)


async def test_of_two_bots_each_goes_on_with_the_trainings_of_its_own_guilds(
    tmp_path: Path,
) -> None:
    first = partial(trainings, tmp_path, LIMITS, lambda guild: guild in {None, 1})
    second = partial(trainings, tmp_path, LIMITS, lambda guild: guild == 2)
    async with first() as jobs, second() as others:
        mine = [await jobs.submit(order(guild, ENDLESS)) for guild in (None, 1)]
        theirs = await others.submit(order(2, ENDLESS))
    damaged = tmp_path / "trainings/damaged"
    damaged.mkdir()
    (damaged / "job.json").write_bytes(b"null")

    async with first() as jobs:
        # It holds none that is not its own, not for a moment either: the second one finds it.
        async with second() as others:
            assert [training.id for training in jobs.all] == [training.id for training in mine]
            assert [training.id for training in others.all] == [theirs.id]
            with pytest.raises(TrainingPendingError):
                await others.submit(order(2))
            await others.cancel(theirs.id)
            assert theirs.id not in {training.id for training in jobs.all}
        for training in mine:
            await jobs.cancel(training.id)
    assert not damaged.exists()
    assert (tmp_path / "trainings/set-aside/damaged/job.json").read_bytes() == b"null"


@pytest.mark.parametrize("keep", [0, 100, 2_000])
async def test_a_cut_checkpoint_costs_what_it_held_and_no_more(
    tmp_path: Path, keep: int, caplog: pytest.LogCaptureFixture
) -> None:
    async with trainings(tmp_path) as jobs:
        training = await jobs.submit(order(epochs=30))
        await seen(training, Evaluated)
    checkpoint = training.directory.checkpoint
    if not checkpoint.exists():
        pytest.skip("the training was faster than the end of the bot")
    checkpoint.write_bytes(checkpoint.read_bytes()[:keep])

    async with trainings(tmp_path) as jobs:
        again = jobs.get(training.id)
        notice = await seen(again, Notice)
        assert isinstance(await again.ended(), Saved)
    assert isinstance(notice, Notice)
    assert notice.kind == "checkpoint-lost"
    assert f"{training.id}: checkpoint-lost it cannot be read" in caplog.text


async def test_a_version_that_was_written_before_the_end_is_not_written_twice(
    tmp_path: Path,
) -> None:
    async with trainings(tmp_path) as jobs:
        training = await jobs.submit(order())
        saved = await training.ended()
    # As if the bot had been killed before it wrote the end down.
    (training.directory.folder / "end.json").unlink()
    training.directory.corpus.write_bytes(UPLOAD)

    async with trainings(tmp_path) as jobs:
        assert await jobs.get(training.id).ended() == saved
    assert len(_versions(tmp_path)) == 1


@pytest.mark.parametrize(
    ("file_bytes", "copies"), [(20_000, 1), (200_000, 400)], ids=["checkpoint", "version"]
)
async def test_a_full_disk_fails_the_training_and_leaves_nothing(
    tmp_path: Path, file_bytes: int, copies: int
) -> None:
    # No file may grow beyond this: as on a full disk, writing fails half-way.
    async with trainings(tmp_path, Limits(file_bytes=file_bytes)) as jobs:
        small = order(hidden_units=200 if copies == 1 else 8)
        training = await jobs.submit(replace(small, corpus=UPLOAD * copies))
        end = await training.ended()

    assert isinstance(end, Failed)
    assert end.kind == "OSError"
    assert "disk" in end.message
    assert any(isinstance(event, Evaluated) for event in training.milestones) == (copies > 1)
    assert _versions(tmp_path) == []
    assert _left_overs(tmp_path) == []


async def test_a_store_that_cannot_be_written_fails_the_training(tmp_path: Path) -> None:
    # The tests may run as root, whom no mode of a folder stops; a file in its place does.
    async with trainings(tmp_path) as jobs:
        (tmp_path / "models/servers").mkdir(parents=True)
        (tmp_path / "models/servers/1").write_bytes(b"")
        end = await (await jobs.submit(order())).ended()

    assert isinstance(end, Failed)
    assert str(tmp_path) not in end.message


async def test_a_training_that_wants_too_much_memory_fails(tmp_path: Path) -> None:
    async with trainings(tmp_path, Limits(memory_bytes=400 * 1024**2)) as jobs:
        end = await (await jobs.submit(order(members=64, hidden_units=2_048))).ended()

    assert isinstance(end, Failed)
    assert end.kind == "MemoryError"
    assert "400 MiB" in end.message


async def test_when_the_minutes_are_over_the_best_so_far_is_saved(tmp_path: Path) -> None:
    async with trainings(tmp_path, Limits(minutes=0.001)) as jobs:
        end = await (await jobs.submit(order(epochs=ENDLESS))).ended()

    assert isinstance(end, Saved)
    assert not end.is_whole
    card = store_in(tmp_path).of_guild(1).card(end.version)
    assert card.settings["interrupted"]


async def test_a_training_whose_last_pass_takes_longer_than_its_minutes_is_whole(
    tmp_path: Path,
) -> None:
    async with trainings(tmp_path, Limits(minutes=1e-6)) as jobs:
        training = await jobs.submit(order(epochs=1))
        end = await training.ended()

    assert isinstance(end, Saved)
    assert end.is_whole
    assert "interrupted" not in store_in(tmp_path).of_guild(1).card(end.version).settings


async def test_what_was_learned_without_a_checkpoint_is_lost_and_told(tmp_path: Path) -> None:
    async with trainings(tmp_path) as jobs:
        training = await jobs.submit(order(epochs=ENDLESS, evaluate_every=ENDLESS))
        await seen(training, Progress)
    assert not training.directory.checkpoint.exists()

    async with trainings(tmp_path) as jobs:
        notice = await seen(jobs.get(training.id), Notice)
        await jobs.cancel(training.id)

    assert notice == Notice("checkpoint-lost", reason="there was none yet")


@pytest.mark.parametrize(
    "content",
    [b"", b"null", b'{"request": "server"}', b'{"format": 2, "request": {"guild": 1}}'],
    ids=["empty", "null", "text", "newer"],
)
async def test_a_job_that_cannot_be_read_is_set_aside_and_the_others_go_on(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with trainings(tmp_path) as jobs:
        damaged = await jobs.submit(order(guild=1, epochs=ENDLESS))
        sound = await jobs.submit(order(guild=2))
    (damaged.directory.folder / "job.json").write_bytes(content)

    for _ in range(2):  # It is found again at each start.
        async with trainings(tmp_path) as jobs:
            assert jobs.set_aside == (damaged.id,)
            assert [training.id for training in jobs.all] == [sound.id]
            assert isinstance(await jobs.get(sound.id).ended(), Saved)

    aside = tmp_path / "trainings/set-aside" / damaged.id
    assert (aside / "job.json").read_bytes() == content
    assert (aside / "corpus.txt").read_bytes() == UPLOAD
    assert caplog.text.count(f"{damaged.id} is set aside") == 1
    async with trainings(tmp_path) as jobs:
        await jobs.forget_guild(2)
        assert aside.exists()
        await jobs.forget_guild(1)
    assert aside.exists() == (b'"guild": 1' not in content)


async def test_what_was_set_aside_long_ago_is_deleted(tmp_path: Path) -> None:
    old, new = (tmp_path / "trainings/set-aside" / name for name in ("old", "new"))
    for folder, days in ((old, SET_ASIDE_DAYS + 1), (new, SET_ASIDE_DAYS - 1)):
        folder.mkdir(parents=True)
        (folder / "corpus.txt").write_bytes(UPLOAD)
        used = time.time() - days * 86_400
        os.utime(folder, (used, used))

    async with trainings(tmp_path) as jobs:
        assert jobs.set_aside == ("new",)
    assert not old.exists()


@pytest.mark.parametrize("ending", [Saved, Cancelled], ids=lambda kind: kind.__name__)
async def test_an_error_at_the_end_of_a_training_ends_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: type, caplog: pytest.LogCaptureFixture
) -> None:
    async with trainings(tmp_path) as jobs:
        first = await jobs.submit(order(guild=1, epochs=4 if ending is Saved else ENDLESS))
        second = await jobs.submit(order(guild=2))
        write_end = JobDirectory.write_end

        def fail(directory: JobDirectory, event: Ending) -> None:
            if directory.folder.name == first.id:
                raise RuntimeError("nobody has thought of this")
            write_end(directory, event)

        monkeypatch.setattr(JobDirectory, "write_end", fail)
        if ending is Cancelled:
            await seen(first, Evaluated)
            await jobs.cancel(first.id)
        assert isinstance(await first.ended(), ending)
        assert isinstance(await second.ended(), Saved)
    assert "nobody has thought of this" in caplog.text


async def test_a_version_with_a_card_of_another_kind_disturbs_no_training(
    jobs: TrainingQueue, tmp_path: Path
) -> None:
    odd = store_in(tmp_path).of_guild(1).folder_of("dino") / "odd"
    odd.mkdir(parents=True)
    empty: dict[str, str] = {}
    fields = {"id": "odd", "created": "", "command": "", "corpus": empty, "scores": empty}
    written = json.dumps(fields | {"settings": None, "checksums": empty})
    (odd / "card.json").write_text(written)

    first = await jobs.submit(order(epochs=ENDLESS))
    await seen(first, Evaluated)
    await jobs.cancel(first.id)
    await jobs.acknowledge(first.id)

    assert isinstance(await (await jobs.submit(order())).ended(), Saved)


async def run_in_order(jobs: TrainingQueue, *requests: TrainingRequest) -> list[int | None]:
    """Submit requests while another training runs; return the guilds in the order of their runs."""
    running = await jobs.submit(order(guild=99, epochs=ENDLESS))
    await seen(running, Started)
    waiting = [await jobs.submit(request) for request in requests]
    await jobs.cancel(running.id)
    for training in waiting:
        assert isinstance(await training.ended(), Saved)
    pids = {training.request.guild: started_at(training.directory) for training in waiting}
    for training in jobs.all:
        await jobs.acknowledge(training.id)
    return sorted(pids, key=lambda guild: pids[guild])


def started_at(files: JobDirectory) -> float:
    """Return when the process of a training began to write."""
    return (files.folder / "log.txt").stat().st_mtime


@pytest.mark.parametrize("restarts", [False, True], ids=["at once", "after a restart"])
async def test_the_guild_that_was_served_longest_ago_comes_first(
    tmp_path: Path, restarts: bool
) -> None:
    async with trainings(tmp_path) as jobs:
        for guild in (2, None, 1):
            await (await jobs.submit(order(guild))).ended()
        for training in jobs.all:
            await jobs.acknowledge(training.id)
        if not restarts:
            assert await run_in_order(jobs, *map(order, (1, 2, 3, None))) == [3, 2, None, 1]
            return
    async with trainings(tmp_path) as jobs:
        assert await run_in_order(jobs, *map(order, (1, 2, 3, None))) == [3, 2, None, 1]


async def test_positions_are_those_of_the_order(jobs: TrainingQueue) -> None:
    await jobs.acknowledge((await ended(jobs, order(guild=1))).id)
    await seen(await jobs.submit(order(guild=9, epochs=ENDLESS)), Started)

    again = await jobs.submit(order(guild=1))
    assert again.latest == Queued(1)
    first = await jobs.submit(order(guild=2))

    assert (first.latest, again.latest) == (Queued(1), Queued(2))
    for training in jobs.all:
        await jobs.cancel(training.id)


async def ended(jobs: TrainingQueue, request: TrainingRequest) -> TrainingHandle:
    """Submit a training and wait for its end."""
    training = await jobs.submit(request)
    await training.ended()
    return training


async def test_a_training_that_was_begun_goes_on_before_all_others(tmp_path: Path) -> None:
    async with trainings(tmp_path) as jobs:
        begun = await jobs.submit(order(guild=1, epochs=ENDLESS))
        await seen(begun, Evaluated)
        await jobs.submit(order(guild=2))

    async with trainings(tmp_path) as jobs:
        await seen(jobs.get(begun.id), Started)
        for training in jobs.all:
            await jobs.cancel(training.id)


async def test_a_member_has_two_trainings_waiting_at_most(tmp_path: Path) -> None:
    async with trainings(tmp_path) as jobs:
        mine = [await jobs.submit(replace(order(1, ENDLESS), user=7))]
        await seen(mine[0], Started)
        mine += [await jobs.submit(replace(order(guild, ENDLESS), user=7)) for guild in (2, 3)]
        with pytest.raises(TooManyTrainingsError, match="2 trainings of yours"):
            await jobs.submit(replace(order(4), user=7))
        await jobs.submit(replace(order(4, ENDLESS), user=8))
        for guild in (5, 6, None):
            await jobs.submit(order(guild, ENDLESS))
        await jobs.cancel(mine[1].id)
        await jobs.submit(replace(order(2, ENDLESS), user=7))
    assert not any(b'"user":7' in path.read_bytes() for path in tmp_path.rglob("job.json"))

    async with trainings(tmp_path) as jobs:
        # After a restart the bot knows from its log whose they are.
        jobs.get(mine[0].id).user = jobs.get(mine[2].id).user = 7
        await seen(jobs.get(mine[0].id), Started)
        await jobs.cancel(next(t.id for t in jobs.all if t.request.guild == 2))
        await jobs.submit(replace(order(7, ENDLESS), user=7))
        await jobs.cancel(next(t.id for t in jobs.all if t.request.guild == 4))
        with pytest.raises(TooManyTrainingsError):
            await jobs.submit(replace(order(8), user=7))


async def test_many_requests_of_a_member_at_once_are_no_more_than_two(tmp_path: Path) -> None:
    async with trainings(tmp_path) as jobs:
        await seen(await jobs.submit(order(None, ENDLESS)), Started)
        results = await asyncio.gather(
            *(jobs.submit(replace(order(guild, ENDLESS), user=7)) for guild in range(1, 6)),
            return_exceptions=True,
        )
        accepted = [found for found in results if isinstance(found, TrainingHandle)]

    assert len(accepted) == 2
    assert sum(isinstance(found, TooManyTrainingsError) for found in results) == 3


async def test_versions_over_the_limit_of_the_host_go_and_the_new_one_stays(
    tmp_path: Path,
) -> None:
    async with trainings(tmp_path) as jobs:
        ends = [await (await jobs.submit(order(guild))).ended() for guild in (1, 2)]
        size = sum(path.stat().st_size for path in tmp_path.glob("models/servers/*/dino/*/*"))
    served, unused = (end.version for end in ends if isinstance(end, Saved))
    store_in(tmp_path).of_guild(1).activate(served)

    async with trainings(tmp_path, Limits(models_bytes=size + 100)) as jobs:
        for training in jobs.all:
            await jobs.acknowledge(training.id)
        end = await (await jobs.submit(order(guild=3))).ended()
    assert isinstance(end, Saved)
    assert _versions(tmp_path, 1) == [served]
    assert _versions(tmp_path, 2) == []
    assert _versions(tmp_path, 3) == [end.version]
    assert unused != end.version

    async with trainings(tmp_path, Limits(models_bytes=100)) as jobs:
        with pytest.raises(ModelSpaceError, match="100 are allowed"):
            await jobs.submit(order(guild=4))


async def test_a_process_knows_no_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "secret-token")
    async with trainings(tmp_path) as jobs:
        training = await jobs.submit(order(epochs=ENDLESS))
        pid = _pid(await seen(training, Started))
        environment = await asyncio.to_thread(Path(f"/proc/{pid}/environ").read_bytes)
        await jobs.cancel(training.id)

    assert b"PYTHONPATH" in environment
    assert b"secret-token" not in environment
