"""Checkpoints of trainings."""

from __future__ import annotations

import io
import json
import math
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from engine.errors import CheckpointError
from engine.files import replace_file
from engine.networks.optimizers import Adam
from engine.networks.rnn import Floats, Parameters
from engine.training.names_loop import NamesTrainConfig, NamesTrainState


def save_state(path: Path, run: NamesTrainState, corpus: str) -> None:
    """Write a checkpoint atomically."""
    groups = {
        "parameters": run.parameters.arrays(),
        "average": run.average.arrays(),
        "best": run.best.arrays() if run.best else {},
        "mean": run.adam.mean,
        "square": run.adam.square,
    }
    arrays = {f"{g}.{name}": array for g, group in groups.items() for name, array in group.items()}
    rest = {
        "corpus": corpus,
        "settings": asdict(run.settings),
        "steps": run.adam.steps,
        "random_state": run.rng.bit_generator.state,
        "epoch": run.epoch,
        "best_score": run.best_score,
        "best_epoch": run.best_epoch,
    }
    save_arrays(path, arrays, rest)


def load_state(path: Path, settings: NamesTrainConfig, corpus: str) -> NamesTrainState:
    """Read a checkpoint, which must have the given settings and hash of the corpus.

    Raises:
        CheckpointError: the file is damaged, or belongs to another training.
    """
    arrays, rest = load_arrays(path)
    try:
        run = _assemble(rest, arrays)
    except (ValueError, TypeError, KeyError) as error:
        raise CheckpointError(path, "it cannot be read") from error
    if rest["corpus"] != corpus:
        raise CheckpointError(path, "it was trained on another text")
    if run.settings != settings:
        raise CheckpointError(path, "it was begun with other settings")
    return run


def save_arrays(path: Path, arrays: Mapping[str, Floats], rest: Mapping[str, Any]) -> None:
    """Write arrays and JSON values to a file atomically."""
    content = io.BytesIO()
    np.savez(content, allow_pickle=False, rest=np.array(json.dumps(rest)), **arrays)
    path.parent.mkdir(parents=True, exist_ok=True)
    # One training writes here; what others left behind was written when they were killed.
    for left_over in path.parent.glob(f".{path.name}.*"):
        left_over.unlink(missing_ok=True)
    replace_file(path, content.getvalue())


def load_arrays(path: Path) -> tuple[dict[str, Floats], dict[str, Any]]:
    """Read what `save_arrays` wrote.

    Raises:
        CheckpointError: the file is damaged.
    """
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as arrays:
            return dict(arrays), json.loads(str(arrays["rest"]))
    except (OSError, ValueError, TypeError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise CheckpointError(path, "it cannot be read") from error


def group_of(arrays: Mapping[str, Floats], group: str) -> dict[str, Floats]:
    """Return the arrays named "GROUP.NAME" by their names."""
    start = f"{group}."
    return {name.removeprefix(start): a for name, a in arrays.items() if name.startswith(start)}


def _assemble(rest: dict[str, Any], arrays: dict[str, Floats]) -> NamesTrainState:
    group = partial(group_of, arrays)
    settings = NamesTrainConfig(**rest["settings"])
    adam = Adam(settings.weight_decay)
    adam.steps, adam.mean, adam.square = rest["steps"], group("mean"), group("square")
    rng = np.random.default_rng()
    rng.bit_generator.state = rest["random_state"]
    return NamesTrainState(
        settings,
        Parameters(**group("parameters")),
        Parameters(**group("average")),
        adam,
        rng,
        rest["epoch"],
        Parameters(**group("best")) if math.isfinite(rest["best_score"]) else None,
        rest["best_score"],
        rest["best_epoch"],
    )
