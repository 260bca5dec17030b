import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.jobs.events import Compared, Evaluated, Progress, Side
from engine.jobs.loss_plot import plot
from engine.jobs.spec import LABELS
from engine.text.fonts import first_with

EVENTS = [
    *(Progress("training", n, 50, 0, 3 - n / 40, n * 1.0, None) for n in range(1, 51)),
    *(Evaluated("training", n, 3 - n / 50, 2.0, n * 1.0) for n in range(10, 51, 10)),
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
    german = _picture(tmp_path / "two.png", COMPARED, {**LABELS, "minutes": "Minuten"})
    chinese = _picture(tmp_path / "three.png", COMPARED, {**LABELS, "minutes": "分钟"})

    assert not np.array_equal(english, german)
    assert np.array_equal(english, chinese) == (first_with("分钟") is None)


@pytest.mark.parametrize(
    "labels", [{}, {**LABELS, "minutes": "\U0010fffd"}], ids=["few", "no font"]
)
def test_labels_that_cannot_be_drawn_are_in_english(
    tmp_path: Path, labels: Mapping[str, str]
) -> None:
    english = _picture(tmp_path / "one.png", COMPARED)

    assert np.array_equal(english, _picture(tmp_path / "two.png", COMPARED, labels))
