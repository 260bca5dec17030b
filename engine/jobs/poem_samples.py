"""Pieces of verse from weights that are still being trained, written out in NumPy.

Compiling the loop that serves poems takes longer than these few lines are worth.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.networks.rnn import Floats, Indices
from engine.networks.sampling import draw, softmax, temper
from engine.networks.vocabulary import END, Vocabulary
from engine.text.layout import words_of
from engine.text.profanity import is_decent

_LINES = 4
_ROUNDS = 4


def verse_samples(
    weights: Sequence[Floats],
    vocabulary: Vocabulary,
    count: int,
    temperature: float,
    rng: np.random.Generator,
    length: int = 240,
) -> tuple[str, ...]:
    """Write a few lines of verse several times, leaving out what is indecent or empty.

    Args:
        weights: of a network that `lstm.build` made, in its order.
        vocabulary: its symbols.
        count: how many pieces, at most.
        temperature: below 1 they are more usual, above more daring.
        rng: source of the draws.
        length: symbols that are drawn for each.
    """
    prompt = vocabulary.encode(END * 2)
    symbols = _sample(weights, prompt, _ROUNDS * count, length, temperature, rng)
    pieces = (_whole_lines(vocabulary.decode(row)) for row in symbols)
    fit = (piece for piece in pieces if piece and all(map(is_decent, words_of(piece))))
    return tuple(dict.fromkeys(fit))[:count]


def _sample(
    weights: Sequence[Floats],
    prompt: Sequence[int],
    rows: int,
    length: int,
    temperature: float,
    rng: np.random.Generator,
) -> Indices:
    embeddings, *layers, kernel, bias = weights
    states = [np.zeros((2, rows, layer.shape[0]), np.float32) for layer in layers[1::3]]
    drawn = np.empty((rows, length), np.int64)
    inputs = np.full(rows, prompt[0])
    for t in range(len(prompt) - 1 + length):
        flow = embeddings[inputs]
        for n, state in enumerate(states):
            flow = _step(flow, layers[3 * n : 3 * n + 3], state)
        if t + 1 < len(prompt):
            inputs = np.full(rows, prompt[t + 1])
            continue
        inputs = draw(temper(softmax(flow @ kernel + bias), temperature), rng)
        drawn[:, t + 1 - len(prompt)] = inputs
    return drawn


def _step(flow: Floats, layer: Sequence[Floats], state: Floats) -> Floats:
    """Advance a layer by one symbol (Hochreiter and Schmidhuber, 1997); the state is changed."""
    kernel, recurrent_kernel, bias = layer
    hidden, cell = state
    arguments = flow @ kernel + hidden @ recurrent_kernel + bias
    entering, forgetting, candidate, leaving = np.split(arguments, 4, axis=-1)
    state[1] = _sigmoid(forgetting) * cell + _sigmoid(entering) * np.tanh(candidate)
    state[0] = _sigmoid(leaving) * np.tanh(state[1])
    return state[0]


def _sigmoid(values: Floats) -> Floats:
    return 0.5 + 0.5 * np.tanh(0.5 * values)


def _whole_lines(text: str) -> str:
    """Return the first lines of a text, without the one that is cut off."""
    lines = [line.strip() for line in text.split(END)[:-1]]
    return "\n".join([line for line in lines if line][:_LINES])
