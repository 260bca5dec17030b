"""Requests to the decoder of poems, and their results; loads no TensorFlow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from engine.networks.rnn import Floats, Indices

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class DecodeRequest:
    """A request for C continuations of one beginning, T symbols each.

    Attributes:
        uniforms: one number from 0 to 1, exclusive, a completion and sampled symbol, shape (C, T).
        top_p: draw from the fewest symbols that together reach this probability.
        top_k: and from at most so many; 0 for no such limit.
    """

    prompt: Indices
    uniforms: Floats
    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int = 0

    @property
    def rows(self) -> int:
        """C, the continuations."""
        return self.uniforms.shape[0]


@dataclass(frozen=True, slots=True, eq=False)
class Completions:
    """Completions of a request.

    Attributes:
        symbols: their indices, shape (C, T).
        log_likelihoods: log p of each at temperature 1, shape (C, T).
    """

    symbols: Indices
    log_likelihoods: Floats


@dataclass(slots=True, eq=False)
class SequenceGroup:
    """The sequences of a request, and how far they are.

    Attributes:
        symbols: all so far, (C, 1 + steps done), beginning with the first that was given.
        log_likelihoods: log p of each but the first, (C, steps done).
    """

    request: DecodeRequest
    state: Any
    symbols: Indices
    log_likelihoods: Floats

    @property
    def rows(self) -> int:
        """C, the continuations."""
        return self.request.rows

    @property
    def steps_left(self) -> int:
        """Steps that are still to be done."""
        return len(self.request.prompt) + self.request.uniforms.shape[1] - self.symbols.shape[1]

    @property
    def is_done(self) -> bool:
        """Whether the completions are whole."""
        return self.steps_left == 0

    def completions(self) -> Completions:
        """Return the completions."""
        begun = len(self.request.prompt)
        return Completions(self.symbols[:, begun:], self.log_likelihoods[:, begun - 1 :])


class ModelRunner(Protocol):
    """Generates with a network of any kind, whose state it alone can read."""

    @property
    def rows(self) -> int:
        """The most rows that are decoded together for now."""
        ...

    def warm_up(self, is_unwanted: Callable[[], bool] = ...) -> None:
        """Compile for larger batches until `is_unwanted`; the smallest is ready in any case."""
        ...

    def begin(self, request: DecodeRequest) -> SequenceGroup:
        """Return the group of a request, before its first step.

        Raises:
            ValueError: it has a shape that does not fit.
        """
        ...

    def advance(self, groups: Sequence[SequenceGroup]) -> None:
        """Run a chunk of steps for several groups; each comes out as it would alone.

        Raises:
            ValueError: together they have more rows than fit.
            MemoryError: there is not enough for so many; they are as they were before.
        """
        ...


def batches(items: Iterable[T], rows_of: Callable[[T], int], most: int) -> Iterator[list[T]]:
    """Divide items, in order, into batches of at most so many rows.

    >>> list(batches([3, 4, 9, 1], rows_of=lambda rows: rows, most=8))
    [[3, 4], [9], [1]]
    """
    batch: list[T] = []
    for item in items:
        if batch and sum(map(rows_of, [*batch, item])) > most:
            yield batch
            batch = []
        batch.append(item)
    if batch:
        yield batch
