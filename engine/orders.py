"""What the decoder of poems is asked for, and what it answers.

Apart from the decoder, so that who only asks does not load TensorFlow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.rnn import Floats, Indices


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """A wish for C continuations of one beginning, T symbols each.

    Attributes:
        given: indices of the symbols that the network reads first, shape (P,), P at least 1.
        uniforms: one number from 0 to 1, exclusive, a continuation and drawn symbol, shape (C, T).
        temperature: below 1 the likely becomes likelier, above less so; above 0.
        top_p: draw from the fewest symbols that together reach this probability.
        top_k: and from at most so many; 0 for no such limit.
    """

    given: Indices
    uniforms: Floats
    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Continuations:
    """What was drawn.

    Attributes:
        symbols: their indices, shape (C, T).
        log_likelihoods: log p of each at temperature 1, shape (C, T).
    """

    symbols: Indices
    log_likelihoods: Floats


class Decodes(Protocol):
    """Draws from a network."""

    @property
    def rows(self) -> int:
        """C, the continuations of each order."""
        ...

    @property
    def batches(self) -> Sequence[int]:
        """Numbers of orders that are decoded together, ascending."""
        ...

    def warm_up(self, orders: int) -> None:
        """Get ready for a number of orders; else the first of them wait for it."""
        ...

    def decode(self, orders: Sequence[Order]) -> list[Continuations]:
        """Fulfil orders in one batch; what comes of each depends on nothing but itself."""
        ...
