"""Samples of the names network, drawn symbol by symbol: those of several requests side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from engine.networks import rnn, sampling
from engine.networks.rnn import Floats, Indices, Parameters
from engine.networks.vocabulary import Vocabulary
from engine.requests import NameRequest

MAX_LETTERS = 26
"""Of a name that may be shown."""

# Ended names are removed in multiples of four rows, which BLAS multiplies fast, and so that more
# requests have equal numbers of rows.
_LEAVING = 4


@dataclass(slots=True, eq=False)
class SampleBatch:
    """B names that are being drawn for one request; those that have ended leave the batch.

    Attributes:
        symbols: what was drawn after the prefix, then the end, shape (B, T); what follows the
            first end of a name is no part of it.
        places: of the rows of this batch among the symbols, shape (R,).
        is_running: whether their names have not ended, shape (R,).
        inputs: the last symbol of each of them, shape (R,).
        state: their hidden state, shape (M, R, H).
    """

    request: NameRequest
    rng: np.random.Generator
    symbols: Indices
    places: Indices
    is_running: np.ndarray[tuple[int], np.dtype[np.bool_]]
    inputs: Indices
    state: Floats
    steps: int = 0

    @property
    def rows(self) -> int:
        """R, the names that have not ended, and a few that have."""
        return self.places.size

    @property
    def is_done(self) -> bool:
        """Whether every name has ended, or is one letter longer than may be shown."""
        return not self.rows or self.steps == self.symbols.shape[1]

    def append(self, drawn: Indices, state: Floats, end: int) -> None:
        """Take one more symbol for each row, shape (R,), and the state after it."""
        self.symbols[self.places, self.steps] = drawn
        self.steps += 1
        self.inputs, self.state = drawn, state
        self.is_running &= drawn != end
        running = np.count_nonzero(self.is_running)
        wanted = -(-running // _LEAVING) * _LEAVING
        if wanted < self.rows:
            self._keep(np.argsort(~self.is_running, kind="stable")[:wanted])

    def _keep(self, rows: Indices) -> None:
        self.places, self.is_running = self.places[rows], self.is_running[rows]
        self.inputs, self.state = self.inputs[rows], self.state[:, rows]

    def names(self, vocabulary: Vocabulary) -> list[str]:
        """Return the B names in lower case, each cut one letter past the longest to be shown."""
        prefix = self.request.prefix
        return [prefix + name for name in vocabulary.decode_names(self.symbols)]


def begin(
    parameters: Parameters,
    vocabulary: Vocabulary,
    batch: int,
    request: NameRequest,
    rng: np.random.Generator,
) -> SampleBatch:
    """Return a batch of names for a request, after the network has read its prefix."""
    given = [vocabulary.end, *vocabulary.encode(request.prefix)]
    state = rnn.initial_state(parameters, batch)
    for index in given[:-1]:
        state, _ = rnn.step(parameters, np.full(batch, index), state)
    return SampleBatch(
        request,
        rng,
        symbols=np.full((batch, MAX_LETTERS + 1 - len(request.prefix)), vocabulary.end),
        places=np.arange(batch),
        is_running=np.ones(batch, np.bool_),
        inputs=np.full(batch, given[-1]),
        state=state,
    )


def advance(parameters: Parameters, end: int, together: Sequence[SampleBatch]) -> None:
    """Draw one more symbol of every name; each request gets what it would get alone."""
    # Requests with the same sampling parameters are drawn together; those of them with the same
    # number of rows are multiplied together.
    together = sorted(together, key=lambda draws: (*_shaping(draws), draws.rows))
    inputs = np.concatenate([draws.inputs for draws in together])
    state, logits = rnn.step(parameters, inputs, *(draws.state for draws in together))
    probabilities = sampling.mixture(logits)
    groups = [list(alike) for _, alike in groupby(together, _shaping)]
    rows = rnn.parts_of([sum(draws.rows for draws in group) for group in groups])
    drawn = np.concatenate(
        [_sample(probabilities[part], group) for part, group in zip(rows, groups, strict=True)]
    )
    parts = rnn.parts_of([draws.rows for draws in together])
    for draws, part in zip(together, parts, strict=True):
        draws.append(drawn[part], state[:, part], end)


def _shaping(draws: SampleBatch) -> tuple[float, float]:
    return draws.request.temperature, draws.request.top_p


def _sample(probabilities: Floats, alike: Sequence[SampleBatch]) -> Indices:
    temperature, top_p = _shaping(alike[0])
    tempered = sampling.temper(probabilities, temperature)
    uniforms = np.concatenate([draws.rng.random(draws.rows) for draws in alike])
    return sampling.pick(sampling.nucleus(tempered, top_p), uniforms)
