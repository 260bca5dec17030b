"""How a clerk invents names: those of all who ask side by side, new ones joining as others end."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from engine.errors import EngineBusyError
from engine.generation.names import Invention
from engine.generation.sample_batch import Draws, advance
from engine.models.version import NamesModel
from engine.requests import NameRequest, Names
from engine.serving.hooks import Observer
from engine.serving.worker_pool import Clerk, Wish

ROWS = 256
"""Names that a clerk draws side by side, at most; a wish that needs more gets them."""

_RETRY_AFTER_SECONDS = 2.0

log = logging.getLogger(__name__)

NamesCommission = tuple[NamesModel, NameRequest]
"""A wish for names, and which model is to invent them."""

NamesClerk = Clerk[NamesCommission, Names]
NamesWish = Wish[NamesCommission, Names]


@dataclass(frozen=True, slots=True, eq=False)
class Find:
    """Names that are being invented.

    Attributes:
        wish: what for.
        model: what invents them.
        seed: what they come of.
        invention: what has been found so far.
    """

    wish: NamesWish
    model: NamesModel
    seed: int
    invention: Invention

    @property
    def draws(self) -> Draws:
        """What is being drawn for it."""
        return self.invention.draws


class Inventor:
    """Invents what one clerk takes.

    Args:
        clerk: takes the wishes and ends them.
        observer: hears of each step.
        rows: names that are drawn side by side, at most.
    """

    def __init__(self, clerk: NamesClerk, observer: Observer, rows: int = ROWS) -> None:
        self._clerk = clerk
        self._rows = rows
        self._observer = observer
        self._finds: list[Find] = []

    def work(self) -> None:
        """Invent until there is nothing left to be taken."""
        while self._take_on() and not self._clerk.is_dismissed:
            for batch in self._batches():
                self._advance(batch)
            self._hand_in()
            self._clerk.sign()

    def _take_on(self) -> bool:
        """Take what there is room for, wait if there is nothing to do, and tell if there is now."""
        while rows_of(self._finds) < self._rows:
            wish = self._clerk.take(waits=not self._finds)
            if wish is None:
                break
            self._begin(wish)
        return bool(self._finds)

    def _begin(self, wish: NamesWish) -> None:
        model, request = wish.asked
        try:
            seed = secrets.randbits(32) if request.seed is None else request.seed
            rng = np.random.default_rng(seed)
            invention = Invention(model.parameters, model.vocabulary, model.known, request, rng)
            self._finds.append(Find(wish, model, seed, invention))
        except MemoryError:
            self._clerk.end(wish, EngineBusyError(_RETRY_AFTER_SECONDS))
        except Exception as error:
            self._clerk.end(wish, error)

    def _batches(self) -> Iterator[list[Find]]:
        """Divide what is being invented by model."""
        for model in {id(find.model): find.model for find in self._finds}.values():
            yield [find for find in self._finds if find.model is model]

    def _advance(self, batch: Sequence[Find]) -> None:
        began, rows = time.monotonic(), rows_of(batch)
        model = batch[0].model
        try:
            advance(model.parameters, model.vocabulary.end, [find.draws for find in batch])
        except MemoryError:
            log.warning("Out of memory in a batch of %d names", rows)
            self._end(batch, EngineBusyError(_RETRY_AFTER_SECONDS))
        except Exception as error:
            log.exception("A batch of %d names failed", rows)
            self._end(batch, error)
        self._observer.worked("dino", rows, time.monotonic() - began)

    def _hand_in(self) -> None:
        """End what is found, and drop what nobody wants any more."""
        for find in list(self._finds):
            if find.wish.future.cancelled():
                self._end([find], EngineBusyError(_RETRY_AFTER_SECONDS))
            elif find.draws.is_done:
                self._look_at(find)

    def _look_at(self, find: Find) -> None:
        try:
            find.invention.look()
            if find.invention.is_over:
                names = Names(find.invention.names(), find.seed, find.model.card.id)
                self._end([find], names)
        except MemoryError:
            self._end([find], EngineBusyError(_RETRY_AFTER_SECONDS))
        except Exception as error:
            self._end([find], error)

    def _end(self, finds: Sequence[Find], outcome: Names | Exception) -> None:
        for find in finds:
            self._finds.remove(find)
            self._clerk.end(find.wish, outcome)


def rows_of(finds: Sequence[Find]) -> int:
    """Return how many names are being drawn together."""
    return sum(find.draws.rows for find in finds)
