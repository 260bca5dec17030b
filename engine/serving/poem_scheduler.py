"""How a clerk writes poems: those of all who ask side by side, new ones joining as others end."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.errors import EngineBusyError, NothingWrittenError
from engine.generation.poems import MAX_ROUNDS, Draft, Poet
from engine.generation.sequences import Strand, batches
from engine.requests import MAX_CANDIDATES, Poem, PoemRequest
from engine.serving.hooks import Observer
from engine.serving.worker_pool import Clerk, Wish

ROWS = 24
"""Candidates that a clerk writes side by side, at most; a wish that insists on more gets them."""

_ROWS_AT_EASE = 16
"""Candidates that are written side by side where several poems share them out."""

_RETRY_AFTER_SECONDS = 5.0

log = logging.getLogger(__name__)

Commission = tuple[Poet, PoemRequest]
"""A wish for a poem, and whose it is to be."""

PoemClerk = Clerk[Commission, Poem]
PoemWish = Wish[Commission, Poem]


@dataclass(slots=True, eq=False)
class Sheet:
    """A poem that is being written.

    Attributes:
        wish: what for.
        poet: who writes it.
        draft: what it is to be like.
        strand: its candidates so far.
        round: how often it was begun.
    """

    wish: PoemWish
    poet: Poet
    draft: Draft
    strand: Strand
    round: int = 1


class Scribe:
    """Writes what one clerk takes.

    Args:
        clerk: takes the wishes and ends them.
        rows: candidates that are written side by side, at most.
        observer: hears of each batch.
    """

    def __init__(self, clerk: PoemClerk, rows: int, observer: Observer) -> None:
        self._clerk = clerk
        self._rows = self._all_rows = rows
        self._observer = observer
        self._sheets: list[Sheet] = []

    def work(self) -> None:
        """Write until there is nothing left to be taken."""
        while self._take_on() and not self._clerk.is_dismissed:
            for batch in self._batches():
                self._advance(batch)
                self._clerk.sign()
            self._hand_in()

    def _take_on(self) -> bool:
        """Take what there is room for, wait if there is nothing to do, and tell if there is now."""
        while rows_of(self._sheets) < self._all_rows:
            wish = self._clerk.take(waits=not self._sheets)
            if wish is None:
                break
            self._begin(wish, candidates(len(self._sheets) + self._clerk.waiting + 1))
        return bool(self._sheets)

    def _begin(self, wish: PoemWish, candidates: int) -> None:
        poet, request = wish.asked
        try:
            draft = poet.prepare(request, candidates)
            self._sheets.append(Sheet(wish, poet, draft, poet.begin(draft)))
        except MemoryError:
            self._clerk.end(wish, EngineBusyError(_RETRY_AFTER_SECONDS))
        except Exception as error:
            self._clerk.end(wish, error)

    def _batches(self) -> Iterator[list[Sheet]]:
        """Divide what is being written into batches: one network each, and no more than fits."""
        for poet in dict.fromkeys(sheet.poet for sheet in self._sheets):
            theirs = [sheet for sheet in self._sheets if sheet.poet is poet]
            most = min(self._rows, poet.decoder.rows)
            yield from batches(theirs, lambda sheet: sheet.draft.candidates, most)

    def _advance(self, batch: Sequence[Sheet]) -> None:
        began = time.monotonic()
        try:
            batch[0].poet.decoder.advance([sheet.strand for sheet in batch])
        except MemoryError:
            self._make_do(batch)
        except Exception as error:
            log.exception("A batch of %d poems failed", len(batch))
            self._end(batch, error)
        self._observer.worked("poem", rows_of(batch), time.monotonic() - began)

    def _make_do(self, batch: Sequence[Sheet]) -> None:
        """Go on in smaller batches; a poem for which there is not enough alone is given up."""
        log.warning("Out of memory in a batch of %d poems", len(batch))
        self._rows = max(1, rows_of(batch) // 2)
        if len(batch) == 1:
            self._end(batch, EngineBusyError(_RETRY_AFTER_SECONDS))

    def _end(self, batch: Sequence[Sheet], outcome: Poem | Exception) -> None:
        for sheet in batch:
            self._sheets.remove(sheet)
            self._clerk.end(sheet.wish, outcome)

    def _hand_in(self) -> None:
        """End what is written, and drop what nobody wants any more."""
        for sheet in list(self._sheets):
            if sheet.wish.future.cancelled():
                self._end([sheet], EngineBusyError(_RETRY_AFTER_SECONDS))
            elif sheet.poet.is_enough(sheet.draft, sheet.strand):
                self._judge(sheet)
        if not self._sheets:
            self._rows = self._all_rows

    def _judge(self, sheet: Sheet) -> None:
        try:
            poem = sheet.poet.best(sheet.draft, sheet.strand.continuations())
            if poem is None and sheet.round < MAX_ROUNDS:
                sheet.strand = sheet.poet.begin(sheet.draft)
                sheet.round += 1
                return
        except MemoryError:
            self._end([sheet], EngineBusyError(_RETRY_AFTER_SECONDS))
            return
        except Exception as error:
            log.exception("A poem could not be judged")
            self._end([sheet], error)
            return
        self._end([sheet], poem or NothingWrittenError())


def rows_of(sheets: Sequence[Sheet]) -> int:
    """Return how many candidates poems have together."""
    return sum(sheet.draft.candidates for sheet in sheets)


def candidates(poems: int) -> int:
    """Return how many candidates a poem gets, by how many poems are written or wait, itself too.

    With little to do that is all that are of use. With much to do it is one: were more begun
    wherever there is room, there would never be any.

    >>> [candidates(poems) for poems in (1, 2, 3, 6, 50)]
    [8, 8, 5, 2, 1]
    """
    return max(1, min(MAX_CANDIDATES, _ROWS_AT_EASE // poems))
