import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.jobs.events import Compared, Evaluated, Event, Notice, Progress, Side, Started
from engine.jobs.loss_plot import curve, plot, unit_of
from engine.jobs.spec import LABELS
from engine.text.fonts import first_with

EVENTS = [
    *(Progress("training", n, 50, 0, 3 - n / 40, n * 1.0, None) for n in range(1, 51)),
    *(Evaluated("training", n, 9.0, 9.0, n * 1.0, 3 - n / 50) for n in range(10, 51, 10)),
]
NEW = Side("new", 2.0, ())


COMPARED = Compared(NEW, None, 100, is_worse=False)


def _picture(path: Path, compared: Compared, labels: Mapping[str, str] = LABELS) -> np.ndarray:
    plot(path, EVENTS, compared, labels)
    with Image.open(io.BytesIO(path.read_bytes())) as image:
        assert image.format == "PNG"
        return np.asarray(image.convert("RGB"))


@pytest.mark.parametrize("old", [None, Side("old", None, ())])
def test_the_old_score_is_drawn_where_there_is_one(tmp_path: Path, old: Side | None) -> None:
    without = _picture(tmp_path / "one.png", Compared(NEW, old, 100, is_worse=False))
    both = Compared(NEW, Side("old", 2.5, ()), 100, is_worse=False)
    with_it = _picture(tmp_path / "two.png", both)

    def shows_old(picture: np.ndarray) -> bool:
        return bool((picture == (0xB3, 0x54, 0x1E)).all(axis=-1).any())

    assert not shows_old(without)
    assert shows_old(with_it)


def test_labels_in_another_language_are_drawn_where_a_font_has_them(tmp_path: Path) -> None:
    english = _picture(tmp_path / "one.png", COMPARED)
    german = _picture(tmp_path / "two.png", COMPARED, {**LABELS, "seconds": "Sekunden"})
    chinese = _picture(tmp_path / "three.png", COMPARED, {**LABELS, "seconds": "秒钟"})

    assert not np.array_equal(english, german)
    assert np.array_equal(english, chinese) == (first_with("秒钟") is None)


@pytest.mark.parametrize(
    "labels", [{}, {**LABELS, "seconds": "\U0010fffd"}], ids=["few", "no font"]
)
def test_labels_that_cannot_be_drawn_are_in_english(
    tmp_path: Path, labels: Mapping[str, str]
) -> None:
    english = _picture(tmp_path / "one.png", COMPARED)

    assert np.array_equal(english, _picture(tmp_path / "two.png", COMPARED, labels))


def step(seconds: float) -> Progress:
    return Progress("training", 1, 9, 0, 7.0, seconds, None)


def score(seconds: float, held_out: float | None) -> Evaluated:
    return Evaluated("training", 1, 8.0, 8.0, seconds, held_out)


STARTED = Started(1, False)
LEARNED = [STARTED, step(20), step(22), score(25, 3.0), step(26), score(27, None), score(30, 2.5)]
PAUSED = [Started(2, True), step(90), step(91), score(95, 2.25)]


@pytest.mark.parametrize(
    ("events", "points"),
    [
        ([], []),
        (LEARNED, [(5, 3.0), (10, 2.5)]),
        ([*LEARNED, *PAUSED], [(5, 3.0), (10, 2.5), (15, 2.25)]),
        ([*LEARNED, Started(2, False), Notice("checkpoint-lost"), *PAUSED[1:]], [(5, 2.25)]),
    ],
    ids=["nothing", "one run", "a pause", "a lost checkpoint"],
)
def test_a_curve_has_the_scores_on_the_compared_text_without_pauses(
    events: list[Event], points: list[tuple[float, float]]
) -> None:
    assert curve(events) == points


@pytest.mark.parametrize(
    ("seconds", "unit"),
    [
        (0, ("seconds", 1)),
        (119, ("seconds", 1)),
        (120, ("minutes", 60)),
        (7_199, ("minutes", 60)),
        (7_200, ("hours", 3_600)),
        (1e6, ("hours", 3_600)),
    ],
)
def test_an_axis_is_in_units_of_its_length(seconds: float, unit: tuple[str, int]) -> None:
    assert unit_of(seconds) == unit


def test_a_training_without_a_score_in_between_is_drawn(tmp_path: Path) -> None:
    plot(tmp_path / "one.png", [STARTED, score(5, None)], COMPARED)

    assert (tmp_path / "one.png").read_bytes().startswith(b"\x89PNG")
