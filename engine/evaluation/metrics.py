"""How good a model is: nats per character on text that it has not learned."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from engine.networks import rnn
from engine.networks.rnn import Floats, Indices, Parameters
from engine.networks.sampling import softmax
from engine.networks.vocabulary import Batch, Vocabulary

_ROWS_AT_ONCE = 256
_BLOCKS_AT_ONCE = 32


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


@dataclass(frozen=True, slots=True)
class Nats:
    """A sum of -log p."""

    total: float
    characters: int

    @property
    def mean(self) -> float:
        """Nats per character."""
        return self.total / self.characters


def nats_of_verse(
    logits_of: Callable[[Indices], Floats], blocks: Sequence[str], vocabulary: Vocabulary
) -> Nats:
    """Score blocks of whole lines; `logits_of` maps indices (B, T) to logits (B, T, V).

    A block starts from a state of zeros that has been fed two newlines, the end of a line and an
    empty line; the state is carried to its end. Every character of the block counts, spaces and
    newlines included, the newline of its last line too; the two newlines before it do not.
    """
    total = 0.0
    for start in range(0, len(blocks), _BLOCKS_AT_ONCE):
        rows = [vocabulary.encode(f"\n\n{b}") for b in blocks[start : start + _BLOCKS_AT_ONCE]]
        padded = np.full((len(rows), max(map(len, rows))), vocabulary.end, np.int64)
        for padding, row in zip(padded, rows, strict=True):
            padding[: len(row)] = row
        logits = logits_of(padded[:, :-1]).astype(np.float64)
        logits -= logits.max(axis=-1, keepdims=True)
        scored = np.take_along_axis(logits, padded[:, 1:, None], axis=-1)[..., 0]
        nats = np.log(np.exp(logits).sum(axis=-1)) - scored
        total += sum(float(n[1 : len(row) - 1].sum()) for n, row in zip(nats, rows, strict=True))
    return Nats(total, sum(map(len, blocks)))
