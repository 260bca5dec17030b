"""The original poem model, kept literally: windows, one-hot vectors, one prediction a symbol.

It follows the text generation example of Keras: every window of 40 symbols has the one symbol
after it as its target, and a poem calls `predict` for each of its symbols.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.networks.tensorflow import Model, keras

WINDOW = 40
"""Symbols that a prediction is made from, T_x."""

STRIDE = 3
"""Symbols between the starts of two windows."""

POEM_SYMBOLS = 400
"""Symbols of a poem, its first line not counted."""

_UNITS = 128
_DROPOUT = 0.5
_LEARNING_RATE = 0.01
_BATCH_SIZE = 128

OneHot = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Corpus:
    """A text as the original reads it.

    Attributes:
        symbols: those that occur, sorted; their places are their indices.
    """

    text: str
    symbols: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Corpus:
        """Read a text."""
        lower = text.lower()
        return cls(lower, tuple(sorted(set(lower))))

    def one_hot(self, text: str) -> OneHot:
        """Return a vector for each symbol, of zeros where it is not known, shape (len(text), V)."""
        vectors = np.zeros((len(text), len(self.symbols)), np.bool_)
        for vector, symbol in zip(vectors, text, strict=True):
            if symbol in self.symbols:
                vector[self.symbols.index(symbol)] = True
        return vectors


def count_examples(corpus: Corpus) -> int:
    """Return how many windows a text gives, N."""
    return len(range(0, len(corpus.text) - WINDOW, STRIDE))


def examples(corpus: Corpus) -> tuple[OneHot, OneHot]:
    """Return the windows of a text, shape (N, 40, V), and the symbol after each, shape (N, V)."""
    vectors = corpus.one_hot(corpus.text)
    starts = range(0, len(corpus.text) - WINDOW, STRIDE)
    return np.stack([vectors[s : s + WINDOW] for s in starts]), vectors[WINDOW::STRIDE]


def build(symbols: int) -> Model:
    """Return the original's network: one-hot windows (B, 40, V) to distributions (B, V)."""
    network = keras.Sequential(
        [
            keras.Input((WINDOW, symbols)),
            keras.layers.LSTM(_UNITS, return_sequences=True),
            keras.layers.Dropout(_DROPOUT),
            keras.layers.LSTM(_UNITS),
            keras.layers.Dropout(_DROPOUT),
            keras.layers.Dense(symbols, activation="softmax"),
        ]
    )
    optimizer = keras.optimizers.RMSprop(_LEARNING_RATE)
    network.compile(loss="categorical_crossentropy", optimizer=optimizer)
    return network


def poem(
    network: Model,
    corpus: Corpus,
    prompt: str,
    rng: np.random.Generator,
    count: int = POEM_SYMBOLS,
) -> Iterator[str]:
    """Yield the symbols of a poem as they are drawn, at temperature 1.

    The last 40 symbols of the prompt are read, in lower case; before fewer there are zero vectors.
    """
    seen = prompt.lower()[-WINDOW:]
    for _ in range(count):
        window = np.zeros((1, WINDOW, len(corpus.symbols)), np.bool_)
        if seen:
            window[0, -len(seen) :] = corpus.one_hot(seen)
        distribution = network.predict(window, verbose=0)[0].astype(np.float64)
        symbol = corpus.symbols[rng.choice(len(distribution), p=distribution / distribution.sum())]
        seen = (seen + symbol)[-WINDOW:]
        yield symbol


def train(
    network: Model, corpus: Corpus, epochs: int, at_end: Callable[[int, float], None]
) -> None:
    """Train with the progress bar of Keras; `at_end` gets the number of each epoch and its loss."""
    inputs, targets = examples(corpus)

    def report(epoch: int, logs: Mapping[str, float]) -> None:
        at_end(epoch + 1, float(logs["loss"]))

    callback = keras.callbacks.LambdaCallback(on_epoch_end=report)
    network.fit(inputs, targets, batch_size=_BATCH_SIZE, epochs=epochs, callbacks=[callback])
