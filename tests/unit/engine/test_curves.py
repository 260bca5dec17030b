import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.curves import draw
from engine.events import Compared, Scored, Side, Stepped

EVENTS = [
    *(Stepped("training", n, 50, 0, 3 - n / 40, n * 1.0, None) for n in range(1, 51)),
    *(Scored("training", n, 3 - n / 50, 2.0, n * 1.0) for n in range(10, 51, 10)),
]
NEW = Side("new", 2.0, ())


def _picture(path: Path, compared: Compared) -> np.ndarray:
    draw(path, EVENTS, compared)
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
