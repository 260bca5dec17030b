"""How good a model is: nats per character on names it has not seen, and what its names are like."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

import numpy as np

from engine import rnn
from engine.rnn import Floats, Parameters
from engine.sampling import softmax
from engine.vocabulary import Batch

_ROWS_AT_ONCE = 256


def probabilities_of_targets(parameters: Parameters, batch: Batch) -> Floats:
    """Return what each member predicts for each target, shape (M, B, T)."""
    state = rnn.initial_state(parameters, len(batch.inputs))
    _, logits = rnn.forward(parameters, batch.inputs, state)
    rows, steps = np.ogrid[: batch.targets.shape[0], : batch.targets.shape[1]]
    return softmax(logits)[:, rows, steps, batch.targets]


def nats_per_character(parameters: Parameters, names: Batch) -> float:
    """Return the mean of -log p over the characters of names, closing newlines counted.

    The members' distributions are averaged, as they are when names are drawn.
    """
    nats = 0.0
    for start in range(0, len(names.inputs), _ROWS_AT_ONCE):
        batch = names.take(np.arange(start, min(start + _ROWS_AT_ONCE, len(names.inputs))))
        mixed = probabilities_of_targets(parameters, batch).mean(axis=0, dtype=np.float64)
        nats -= float((np.log(mixed) * batch.weights).sum())
    return nats / float(names.weights.sum())


def perplexity(nats: float) -> float:
    """Return how many equally likely symbols would be as hard to guess: exp(nats)."""
    return math.exp(nats)


def share_distinct(names: Sequence[str]) -> float:
    """Return how many different names there are, as a share of all.

    >>> share_distinct(["rex", "rex", "mia", "zby"])
    0.75
    """
    return len(set(names)) / len(names)


def share_in(names: Sequence[str], known: Collection[str]) -> float:
    """Return the share of names that are known.

    >>> share_in(["rex", "mia"], {"mia"})
    0.5
    """
    return sum(name in known for name in names) / len(names)
