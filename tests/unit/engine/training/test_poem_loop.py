"""The loop, the job from text to version, and a training that is killed and resumed."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.corpora.text_file import Text
from engine.errors import CheckpointError, CorpusTooSmallError
from engine.models.poem_model import PoemModel
from engine.networks.vocabulary import Vocabulary
from engine.training import poem_loop, poem_trainer
from engine.training.events import StageStarted, VersionSaved
from engine.training.names_loop import Stepped
from engine.training.poem_loop import (
    PoemEvaluated,
    PoemTrainConfig,
    PoemTrained,
    begin,
    count_steps,
    encode,
    windows,
)
from engine.training.poem_trainer import Event, train_poem
from engine.training.recipes import FASTER, PoemJob, RecipeOptions, text_job
from tests.verse import STANZAS, VERSE

pytestmark = pytest.mark.slow

VOCABULARY = Vocabulary(tuple(sorted({"\n", *VERSE})))
OPTIONS: dict[str, Any] = {
    "embedding": 12,
    "units": 48,
    "passes": 4,
    "batch_size": 8,
    "window": 24,
    "learning_rate": 0.05,
    "averaging": 0.8,
    "dropout": 0.0,
    "evaluate_every": 10,
}
SETTINGS = PoemTrainConfig(**OPTIONS)


def _job(
    folder: Path, *, resumes: bool = False, text: str = VERSE, **options: float | str
) -> PoemJob:
    order = RecipeOptions(folder, "dinobard train poem", OPTIONS | options, resumes=resumes)
    return text_job(order, [Text("verse.txt", "0" * 64, text)], "CC0")


def _saved(events: list[Event]) -> VersionSaved[PoemModel]:
    assert isinstance(events[-1], VersionSaved)
    return events[-1]


@pytest.mark.parametrize("window", [5, 24, 1_000])
def test_the_windows_of_a_pass_hold_every_target_once(window: int) -> None:
    settings = replace(SETTINGS, window=window, batch_size=3)
    pieces = [encode(stanza, VOCABULARY) for stanza in STANZAS[:9]]
    rows: dict[int, list[tuple[int, int]]] = {}
    spelled: list[list[tuple[int, int]]] = []
    stream = windows(pieces, settings)

    while len(spelled) < 9 + settings.batch_size:
        w = next(stream)
        for row in range(settings.batch_size):
            if w.fresh[row]:
                spelled.append(rows.setdefault(row, []))
                rows[row] = spelled[-1] = []
            counted = w.weights[row] > 0
            rows[row] += zip(
                w.inputs[row, counted].tolist(), w.targets[row, counted].tolist(), strict=True
            )

    expected = sorted(list(zip(p[:-1].tolist(), p[1:].tolist(), strict=True)) for p in pieces)
    assert sorted(spelled[:9]) == expected


def test_a_piece_opens_and_closes_with_an_empty_line() -> None:
    assert VOCABULARY.decode(encode("Ah,\n", Vocabulary(("\n", ",", "A", "h")))) is not None
    assert Vocabulary(("\n", "a")).decode(encode("a\n", Vocabulary(("\n", "a")))) == "\n\na\n\n"


def test_the_steps_are_those_of_the_passes() -> None:
    pieces = [np.zeros(25, np.int32)] * 16  # 24 targets each: one window

    assert count_steps(pieces, replace(SETTINGS, passes=3)) == 6


def test_training_learns_the_verse() -> None:
    run = begin(SETTINGS, len(VOCABULARY.symbols))

    events = list(poem_loop.train(run, STANZAS[:70], STANZAS[70:], VOCABULARY))

    losses = [event.loss for event in events if isinstance(event, Stepped)]
    finished = events[-1]
    assert isinstance(finished, PoemTrained)
    assert len(losses) == finished.step
    assert finished.best_score < 1.5 < losses[0]
    assert finished.best_score == min(e.score for e in events if isinstance(e, PoemEvaluated))


def test_training_stops_when_the_score_no_longer_improves() -> None:
    options = {"passes": 500, "patience": 2, "evaluate_every": 1}
    settings = replace(SETTINGS, learning_rate=0.0, averaging=0.0, **options)
    run = begin(settings, len(VOCABULARY.symbols))

    events = list(poem_loop.train(run, STANZAS[:70], STANZAS[70:], VOCABULARY))

    assert [e.step for e in events if isinstance(e, PoemEvaluated)] == [1, 2, 3]


def test_a_job_saves_a_version_with_scores_and_words(tmp_path: Path) -> None:
    events = list(train_poem(_job(tmp_path)))

    model = _saved(events).model
    assert isinstance(events[0], StageStarted)
    assert model.card.scores["held_out_nats_per_character"] < 1.6
    assert model.card.corpus["source"] == "verse.txt"
    assert {"kettle", "lantern", "softly"} <= model.words
    assert [path.name for path in tmp_path.iterdir()] == [model.card.id]


def test_a_closed_training_resumes_to_the_same_weights(tmp_path: Path) -> None:
    whole = _saved(list(train_poem(_job(tmp_path / "whole")))).model
    events = train_poem(_job(tmp_path / "parts"))
    scores = 0
    while scores < 2:
        scores += isinstance(next(events), PoemEvaluated)
    events.close()

    resumed = list(train_poem(_job(tmp_path / "parts", resumes=True)))

    assert resumed[0] == StageStarted("training", 20)
    model = _saved(resumed).model
    for mine, theirs in zip(model.network.get_weights(), whole.network.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)


@pytest.mark.parametrize("first", ["float32", "bfloat16"])
def test_a_resumed_training_keeps_the_precision_that_was_faster_when_it_began(
    tmp_path: Path, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def time(precision: str) -> None:
        monkeypatch.setattr(poem_trainer, "faster_precision", lambda: precision)

    time(first)
    job = _job(tmp_path, precision=FASTER)
    events = train_poem(job)
    while not isinstance(next(events), PoemEvaluated):
        pass
    events.close()

    time("float32" if first == "bfloat16" else "bfloat16")
    resumed = list(train_poem(replace(job, resumes=True)))

    assert resumed[0] == StageStarted("training", 10)
    assert _saved(resumed).card.settings["training"]["precision"] == first


def test_a_checkpoint_of_another_precision_than_is_asked_for_is_refused(tmp_path: Path) -> None:
    events = train_poem(_job(tmp_path, precision="float32"))
    while not isinstance(next(events), PoemEvaluated):
        pass
    events.close()

    with pytest.raises(CheckpointError, match="other texts or settings"):
        next(train_poem(_job(tmp_path, resumes=True, precision="bfloat16")))


def test_an_interruption_keeps_the_best_and_the_checkpoint(tmp_path: Path) -> None:
    events = train_poem(_job(tmp_path))
    while not isinstance(next(events), PoemEvaluated):
        pass

    saved = events.throw(KeyboardInterrupt())

    assert isinstance(saved, VersionSaved)
    assert saved.model.card.settings["interrupted"] is True
    assert (tmp_path / "checkpoint.npz").exists()
    with pytest.raises(StopIteration):
        next(events)


def test_an_interruption_before_the_first_score_is_passed_on(tmp_path: Path) -> None:
    events = train_poem(_job(tmp_path))
    next(events)

    with pytest.raises(KeyboardInterrupt):
        events.throw(KeyboardInterrupt())


def test_the_checkpoint_of_another_training_is_refused(tmp_path: Path) -> None:
    events = train_poem(_job(tmp_path))
    while not isinstance(next(events), PoemEvaluated):
        pass
    events.close()

    with pytest.raises(CheckpointError, match="other texts or settings"):
        next(train_poem(_job(tmp_path, resumes=True, learning_rate=0.5)))

    (tmp_path / "checkpoint.npz").write_bytes(b"PK")
    with pytest.raises(CheckpointError, match="cannot be read"):
        next(train_poem(_job(tmp_path, resumes=True)))


def test_fine_tuning_goes_on_from_a_version_where_its_alphabet_allows(tmp_path: Path) -> None:
    start = _saved(list(train_poem(_job(tmp_path)))).model
    order = RecipeOptions(tmp_path, "", {"passes": 0.01, "evaluate_every": 1}, start)

    job = text_job(order, [Text("again.txt", "", VERSE.replace("e", "\u00e8", 3))], "CC0")
    first = next(e for e in train_poem(job) if isinstance(e, PoemEvaluated))
    other = text_job(order, [Text("other.txt", "", VERSE.translate(_greek()))], "CC0")

    assert job.vocabulary == start.vocabulary
    assert first.score < 1.6
    assert other.start is None
    assert "\u03b5" in other.vocabulary.symbols


def _greek() -> dict[int, int]:
    return str.maketrans("abgdezhiklmnoprstuwy", "αβγδεζηικλμνοπρστυωψ")


def test_a_text_with_too_few_stanzas_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusTooSmallError, match="too few"):
        _job(tmp_path, text=STANZAS[0])


PROGRAM = """
import sys
from pathlib import Path
from tests.unit.engine.training.test_poem_loop import _job
from engine.training.poem_trainer import train_poem
from engine.training.poem_loop import PoemEvaluated
for event in train_poem(_job(Path(sys.argv[1]))):
    if isinstance(event, PoemEvaluated):
        print("scored", event.step, flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="a process cannot be killed outright here")
def test_a_killed_training_resumes_from_its_checkpoint(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "scored 10\n"
    assert process.stdout.readline() == "scored 20\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()

    events = list(train_poem(_job(tmp_path, resumes=True)))

    assert isinstance(events[0], StageStarted)
    assert events[0].step >= 10
    assert _saved(events).model.card.scores["held_out_nats_per_character"] < 1.6
