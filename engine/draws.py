"""Samples of the names network, drawn symbol by symbol: those of several requests side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from engine import rnn, sampling
from engine.requests import NameRequest
from engine.rnn import Floats, Indices, Parameters
from engine.vocabulary import Vocabulary

MAX_LETTERS = 26
"""Of a name that may be shown."""


@dataclass(slots=True, eq=False)
class Draws:
    """B names that are being drawn for one request; those that have ended leave the batch.

    Attributes:
        request: its prefix, temperature and top-p; its count and seed do not matter here.
        rng: one uniform number a name and step.
        symbols: what was drawn after the prefix, then the end, shape (B, T).
        running: names that have not ended, their rows of the symbols, shape (R,).
        inputs: the last symbol of each of them, shape (R,).
        state: their hidden state, shape (M, R, H).
        steps: symbols that have been drawn of each.
    """

    request: NameRequest
    rng: np.random.Generator
    symbols: Indices
    running: Indices
    inputs: Indices
    state: Floats
    steps: int = 0

    @property
    def rows(self) -> int:
        """R, the names that have not ended."""
        return self.running.size

    @property
    def is_done(self) -> bool:
        """Whether every name has ended, or is one letter longer than may be shown."""
        return not self.rows or self.steps == self.symbols.shape[1]

    def go_on(self, drawn: Indices, state: Floats, end: int) -> None:
        """Take one more symbol for each running name, shape (R,), and the state after it."""
        self.symbols[self.running, self.steps] = drawn
        self.steps += 1
        going_on = drawn != end
        self.running, self.inputs = self.running[going_on], drawn[going_on]
        self.state = state[:, going_on]

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
) -> Draws:
    """Have the network read the prefix of a request.

    Args:
        parameters: the network.
        vocabulary: its symbols.
        batch: how many names, B.
        request: what they are to be like.
        rng: source of the draws.
    """
    given = [vocabulary.end, *vocabulary.encode(request.prefix)]
    state = rnn.initial_state(parameters, batch)
    for index in given[:-1]:
        state, _ = rnn.step(parameters, np.full(batch, index), state)
    return Draws(
        request,
        rng,
        symbols=np.full((batch, MAX_LETTERS + 1 - len(request.prefix)), vocabulary.end),
        running=np.arange(batch),
        inputs=np.full(batch, given[-1]),
        state=state,
    )


def advance(parameters: Parameters, end: int, together: Sequence[Draws]) -> None:
    """Draw one more symbol of every name; each request gets what it would get alone.

    Args:
        parameters: the network.
        end: the symbol that ends a name.
        together: requests none of which is done.
    """
    # Those that shape the distribution alike stand together and are drawn together.
    together = sorted(together, key=_shaping)
    inputs = np.concatenate([draws.inputs for draws in together])
    state, logits = rnn.step(parameters, inputs, *(draws.state for draws in together))
    probabilities = sampling.mixture(logits)
    groups = [list(alike) for _, alike in groupby(together, _shaping)]
    rows = rnn.parts_of([sum(draws.rows for draws in group) for group in groups])
    drawn = np.concatenate(
        [_drawn(probabilities[part], group) for part, group in zip(rows, groups, strict=True)]
    )
    parts = rnn.parts_of([draws.rows for draws in together])
    for draws, part in zip(together, parts, strict=True):
        draws.go_on(drawn[part], state[:, part], end)


def _shaping(draws: Draws) -> tuple[float, float]:
    return draws.request.temperature, draws.request.top_p


def _drawn(probabilities: Floats, alike: Sequence[Draws]) -> Indices:
    temperature, top_p = _shaping(alike[0])
    tempered = sampling.temper(probabilities, temperature)
    uniforms = np.concatenate([draws.rng.random(draws.rows) for draws in alike])
    return sampling.pick(sampling.nucleus(tempered, top_p), uniforms)
