from pathlib import Path

import numpy as np

from engine.training.checkpoint import load_arrays, save_arrays


def test_a_killed_writer_leaves_nothing_after_the_next_checkpoint(tmp_path: Path) -> None:
    left_over = tmp_path / ".checkpoint.npz.x1y2"
    left_over.write_bytes(b"half")
    other = tmp_path / ".checkpoint.json"
    other.touch()

    save_arrays(tmp_path / "checkpoint.npz", {"a": np.arange(3.0)}, {"step": 4})

    arrays, rest = load_arrays(tmp_path / "checkpoint.npz")
    assert (arrays["a"].tolist(), rest) == ([0.0, 1.0, 2.0], {"step": 4})
    assert not left_over.exists()
    assert other.exists()
