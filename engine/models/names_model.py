"""One version of the names network as a folder, with its card.json.

weights.npz       the arrays of `rnn.Parameters`, float32
vocabulary.json   the symbols in the order of their indices
names.txt         known names, which are never generated
corpus.txt        the text that it was trained on, where a guild uploaded one
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.errors import ModelDamagedError
from engine.models.version import ModelCard, read_card, read_checked, uploaded, write_folder
from engine.networks.rnn import Parameters
from engine.networks.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class NamesModel:
    """A version of the names network, ready to serve.

    Attributes:
        known: existing names in lower case, which are never generated.
    """

    card: ModelCard
    parameters: Parameters
    vocabulary: Vocabulary
    known: frozenset[str]


def read_version(folder: Path) -> NamesModel:
    """Load a version and verify it against its card."""
    card = read_card(folder)
    weights = read_checked(folder, "weights.npz", card)
    symbols = read_checked(folder, "vocabulary.json", card)
    names = read_checked(folder, "names.txt", card)
    try:
        vocabulary = Vocabulary(tuple(json.loads(symbols)))
        with np.load(io.BytesIO(weights), allow_pickle=False) as arrays:
            parameters = Parameters(**arrays)
        _check_shapes(parameters, len(vocabulary.symbols))
        known = frozenset(names.decode("utf-8").split())
    except (ValueError, TypeError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise ModelDamagedError(folder, "its files do not hold a model") from error
    return NamesModel(card, parameters, vocabulary, known)


def write_version(
    root: Path,
    card: ModelCard,
    parameters: Parameters,
    vocabulary: Vocabulary,
    known: Collection[str],
    upload: bytes | None = None,
) -> NamesModel:
    """Write a version atomically, and return it as loaded back."""
    weights = io.BytesIO()
    np.savez(weights, allow_pickle=False, **parameters.arrays())
    contents = {
        "weights.npz": weights.getvalue(),
        "vocabulary.json": json.dumps(vocabulary.symbols).encode(),
        "names.txt": "".join(f"{name}\n" for name in sorted(known)).encode(),
    } | uploaded(upload)
    return write_folder(root, card, contents, read_version)


def _check_shapes(parameters: Parameters, symbols: int) -> None:
    members, units = parameters.members, parameters.hidden_units
    expected = {
        "w_xh": (members, symbols, units),
        "w_hh": (members, units, units),
        "b_h": (members, 1, units),
        "w_hy": (members, units, symbols),
        "b_y": (members, 1, symbols),
    }
    actual = {name: array.shape for name, array in parameters.arrays().items()}
    if actual != expected or any(a.dtype.kind != "f" for a in parameters.arrays().values()):
        raise ValueError(f"shapes {actual} do not fit {symbols} symbols")
