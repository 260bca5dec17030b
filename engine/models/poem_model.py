"""One version of the poem network as a folder, with its card.json.

model.keras       the network, float32
vocabulary.json   the symbols in the order of their indices
words.txt         the words that it has learned from, in lower case, sorted, one a line
corpus.txt        the text that it was trained on, where a guild uploaded one
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from engine.errors import ModelDamagedError
from engine.models.version import ModelCard, read_card, read_checked, uploaded, write_folder
from engine.networks.lstm import sizes_of
from engine.networks.tensorflow import Model, keras
from engine.networks.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True, eq=False)
class PoemModel:
    """A version of the poem network, ready to serve.

    Attributes:
        words: those that it has learned from, in lower case.
    """

    card: ModelCard
    network: Model
    vocabulary: Vocabulary
    words: frozenset[str]


def read_poem_version(folder: Path) -> PoemModel:
    """Load a version and verify it against its card.

    Keras is given only what matches the card, in safe mode, which runs no code of the file.

    Raises:
        ModelDamagedError: a file is missing, altered or unreadable.
    """
    card = read_card(folder)
    content = read_checked(folder, "model.keras", card)
    symbols = read_checked(folder, "vocabulary.json", card)
    words = read_checked(folder, "words.txt", card)
    try:
        vocabulary = Vocabulary(tuple(json.loads(symbols)))
        known = frozenset(words.decode("utf-8").split())
    except (ValueError, TypeError) as error:
        raise ModelDamagedError(folder, "its vocabulary or words cannot be read") from error
    return PoemModel(card, _network(content, len(vocabulary.symbols), folder), vocabulary, known)


def write_poem_version(
    root: Path,
    card: ModelCard,
    network: Model,
    vocabulary: Vocabulary,
    words: Collection[str],
    upload: bytes | None = None,
) -> PoemModel:
    """Write a version atomically, and return it as loaded back."""
    contents = {
        "model.keras": _content(network),
        "vocabulary.json": json.dumps(vocabulary.symbols).encode(),
        "words.txt": "".join(f"{word}\n" for word in sorted(words)).encode(),
    } | uploaded(upload)
    return write_folder(root, card, contents, read_poem_version)


def _content(network: Model) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        network.save(path)
        return path.read_bytes()


def _network(content: bytes, symbols: int, folder: Path) -> Model:
    try:
        # Keras reads only files; it gets a copy of the bytes that were verified.
        with tempfile.TemporaryDirectory() as own:
            path = Path(own) / "model.keras"
            path.write_bytes(content)
            network = keras.saving.load_model(path, compile=False, safe_mode=True)
        fits = sizes_of(network).symbols == symbols
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ModelDamagedError(folder, "model.keras does not hold a network") from error
    if not fits:
        raise ModelDamagedError(folder, "its network does not fit its vocabulary")
    return network
