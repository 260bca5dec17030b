from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.corpora.names import NameCorpus
from engine.errors import CheckpointError
from engine.models.registry import ModelRegistry
from engine.networks.vocabulary import LETTERS
from engine.training import names_loop
from engine.training.checkpoint import load_state, save_state
from engine.training.events import VersionSaved
from engine.training.names_loop import NamesEvaluated, NamesTrainConfig, NamesTrained, Stepped
from engine.training.names_trainer import NamesJob, train_names
from tests.conftest import NAMES

TINY = NamesTrainConfig(
    members=2, hidden_units=12, epochs=8, batch_size=16, evaluate_every=2, learning_rate=0.02
)


def _train(run: names_loop.NamesTrainState) -> list[names_loop.Event]:
    return list(names_loop.train(run, NAMES, LETTERS))


def _finished(events: list[names_loop.Event]) -> NamesTrained:
    assert isinstance(events[-1], NamesTrained)
    return events[-1]


def test_the_score_falls() -> None:
    events = _train(names_loop.begin(TINY, 27))

    scores = [event.score for event in events if isinstance(event, NamesEvaluated)]
    assert scores[-1] < scores[0] < np.log(27)
    assert _finished(events).best_score == min(scores)


def test_steps_are_counted_to_the_announced_number() -> None:
    steps = [event for event in _train(names_loop.begin(TINY, 27)) if isinstance(event, Stepped)]

    assert [event.step for event in steps] == list(range(1, steps[0].steps + 1))


def test_the_same_seed_gives_the_same_weights() -> None:
    first, again, other = (
        _finished(_train(names_loop.begin(settings, 27))).parameters.w_hh
        for settings in (TINY, TINY, replace(TINY, seed=2))
    )

    assert (first == again).all()
    assert not (first == other).all()


def test_a_resumed_run_ends_as_one_that_was_not_interrupted(tmp_path: Path) -> None:
    whole = _finished(_train(names_loop.begin(TINY, 27)))
    path = tmp_path / "checkpoint.npz"
    for event in names_loop.train(names_loop.begin(TINY, 27), NAMES, LETTERS):
        if isinstance(event, NamesEvaluated) and event.epoch == 4:
            save_state(path, event.state, "corpus")
            break

    resumed = _finished(_train(load_state(path, TINY, "corpus")))

    assert resumed.best_score == whole.best_score
    for name, weight in whole.parameters.arrays().items():
        assert (resumed.parameters.arrays()[name] == weight).all()


def test_training_stops_early_and_keeps_the_best_weights() -> None:
    # A rate far too high ruins the weights once it has risen.
    settings = replace(TINY, epochs=200, learning_rate=3.0, warm_up=1.0, patience=6)

    finished = _finished(_train(names_loop.begin(settings, 27)))

    assert finished.epoch == finished.best_epoch + 6 < 200


def test_no_member_learns_from_the_names_that_it_leaves_out() -> None:
    # With one name for each member, a member that left its own out learns nothing from it.
    settings = replace(TINY, members=1, epochs=1, evaluate_every=1, weight_decay=0.0)
    run = names_loop.begin(settings, 27)
    before = run.parameters.copy()

    list(names_loop.train(run, ["rex"], LETTERS))

    for name, weight in before.arrays().items():
        assert (run.parameters.arrays()[name] == weight).all()


@pytest.mark.parametrize(
    ("settings", "corpus", "reason"),
    [(replace(TINY, seed=2), "corpus", "other settings"), (TINY, "other", "another text")],
)
def test_a_checkpoint_of_another_training_is_refused(
    tmp_path: Path, settings: NamesTrainConfig, corpus: str, reason: str
) -> None:
    path = tmp_path / "checkpoint.npz"
    save_state(path, names_loop.begin(TINY, 27), "corpus")

    with pytest.raises(CheckpointError, match=reason):
        load_state(path, settings, corpus)


@pytest.mark.parametrize("keep", [0, 10, 1_000], ids=["empty", "a few bytes", "half"])
def test_a_truncated_checkpoint_is_refused(tmp_path: Path, keep: int) -> None:
    path = tmp_path / "checkpoint.npz"
    save_state(path, names_loop.begin(TINY, 27), "corpus")
    path.write_bytes(path.read_bytes()[:keep])

    with pytest.raises(CheckpointError, match="cannot be read"):
        load_state(path, TINY, "corpus")


@pytest.fixture
def job(tmp_path: Path) -> NamesJob:
    return NamesJob(
        corpus=NameCorpus("names.txt", "0" * 64, NAMES),
        licence="MIT",
        known=frozenset({"trex"}),
        settings=replace(TINY, epochs=4),
        folder=tmp_path / "models/dino",
        command="dinobard train dino",
    )


def test_a_training_ends_as_a_version_in_the_store(job: NamesJob, tmp_path: Path) -> None:
    *_, saved = train_names(job)

    assert isinstance(saved, VersionSaved)
    model = ModelRegistry(tmp_path / "models", tmp_path / "none").load(saved.model.card.id)
    assert model.known == {*NAMES, "trex"}
    assert 0 < model.card.scores["held_out_nats_per_character"] < np.log(27)
    assert model.card.corpus["licence"] == "MIT"
    assert not (job.folder / "checkpoint.npz").exists()


def test_the_same_training_again_makes_another_version(job: NamesJob) -> None:
    *_, first = train_names(job)
    *_, second = train_names(job)

    assert isinstance(first, VersionSaved)
    assert isinstance(second, VersionSaved)
    assert first.model.card.id != second.model.card.id


def test_an_interruption_saves_the_best_so_far(job: NamesJob) -> None:
    events = train_names(job)
    assert any(isinstance(event, NamesEvaluated) for event in events)

    saved = events.throw(KeyboardInterrupt())

    assert isinstance(saved, VersionSaved)
    assert saved.model.card.settings["interrupted"]
    assert job.checkpoint.exists()


def test_an_interrupted_training_resumes_from_its_checkpoint(job: NamesJob) -> None:
    events = train_names(job)
    assert any(isinstance(event, NamesEvaluated) for event in events)
    events.close()

    resumed = [e for e in train_names(replace(job, resumes=True)) if isinstance(e, Stepped)]

    assert resumed[0].epoch == 2


def test_fine_tuning_starts_from_the_weights_of_the_other_version(job: NamesJob) -> None:
    *_, first = train_names(job)
    assert isinstance(first, VersionSaved)

    tuned = replace(job, start=first.model, settings=replace(job.settings, learning_rate=1e-9))
    *_, second = train_names(tuned)

    assert isinstance(second, VersionSaved)
    assert second.model.card.settings["from"] == first.model.card.id
    np.testing.assert_allclose(second.model.parameters.w_hh, first.model.parameters.w_hh, atol=1e-6)
