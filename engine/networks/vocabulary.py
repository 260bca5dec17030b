"""Symbols and their indices."""

from __future__ import annotations

import string
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from engine.networks.rnn import Floats, Indices

END = "\n"
"""Opens and closes a name: the first symbol that the network is given, the last that it draws."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The symbols of a model, in the order of their indices.

    >>> LETTERS.decode(LETTERS.encode("iguanodon"))
    'iguanodon'
    """

    symbols: tuple[str, ...]
    _indices: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if END not in self.symbols or len(set(self.symbols)) != len(self.symbols):
            raise ValueError("the symbols must be distinct and include the newline")
        if any(len(symbol) != 1 for symbol in self.symbols):
            raise ValueError("a symbol must be one character")
        indices = {symbol: index for index, symbol in enumerate(self.symbols)}
        object.__setattr__(self, "_indices", indices)

    @property
    def end(self) -> int:
        """The index of the newline."""
        return self._indices[END]

    def encode(self, text: str) -> list[int]:
        """Return the index of each symbol."""
        return [self._indices[symbol] for symbol in text]

    def decode(self, indices: Iterable[int]) -> str:
        """Return the text that the indices spell."""
        return "".join(self.symbols[index] for index in indices)

    def decode_names(self, rows: Indices) -> list[str]:
        """Return what each row spells before its first newline.

        >>> LETTERS.decode_names(np.array([[18, 5, 24, 0, 0], [0, 1, 1, 1, 1]]))
        ['rex', '']
        """
        spelled = np.array(self.symbols)[rows]
        # A row of single characters, read as one string of T.
        texts: list[str] = spelled.view(f"U{rows.shape[1]}")[:, 0].tolist()
        return [text.partition(END)[0] for text in texts]


LETTERS = Vocabulary((END, *string.ascii_lowercase))
"""The 27 symbols of names, as in the article: index 0 is the newline, 1 to 26 are a to z."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Names padded to the length of the longest, with T - 1 symbols at most.

    Attributes:
        inputs: the newline and then the name, shape (B, T).
        targets: the name and then the newline, shape (B, T).
        weights: 1 where there is a target, 0 where there is padding, shape (B, T).
    """

    inputs: Indices
    targets: Indices
    weights: Floats

    def take(self, rows: Indices) -> Batch:
        """Return some of the names, without columns that are padding for all of them."""
        weights = self.weights[rows]
        steps = int(weights.sum(axis=1).max())
        return Batch(self.inputs[rows, :steps], self.targets[rows, :steps], weights[:, :steps])


def pad(names: Sequence[str], vocabulary: Vocabulary) -> Batch:
    """Return names as one padded batch."""
    shape = (len(names), max(map(len, names)) + 1)
    inputs = np.full(shape, vocabulary.end, np.int64)
    targets = np.full(shape, vocabulary.end, np.int64)
    weights = np.zeros(shape, np.float32)
    for row, name in enumerate(names):
        indices = vocabulary.encode(name)
        inputs[row, 1 : len(indices) + 1] = indices
        targets[row, : len(indices)] = indices
        weights[row, : len(indices) + 1] = 1
    return Batch(inputs, targets, weights)
