"""Unicode normalisation in time linear in the text, whoever wrote it.

`unicodedata.normalize` takes time quadratic in a run of combining marks, and holds the interpreter
meanwhile. Nothing else calls it; ruff refuses that.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Literal

MAX_MARKS = 30
"""Combining marks on one character that are kept, as in the Stream-Safe Text Format of UAX 15."""

Form = Literal["NFC", "NFD", "NFKC", "NFKD"]

_CHUNK = 4_096
_SEARCHED = 64
_END_OF_MARKS = 0x20000
"""The planes from here on have no combining marks."""


def normalize(form: Form, text: str) -> str:
    r"""Return a text in a normalisation form, with at most `MAX_MARKS` marks on a character.

    A long text is cut into chunks, between which other threads may run.

    >>> normalize("NFC", "e\u0301"), len(normalize("NFC", "e" + 99_999 * "\u0301"))
    ('é', 30)
    """
    if text.isascii():
        return text
    return "".join(
        unicodedata.normalize(form, limit_marks(chunk))  # noqa: TID251 - bounded here
        for chunk in _chunks(text)
    )


def limit_marks(text: str) -> str:
    """Return a text without the marks of each run that are beyond `MAX_MARKS`.

    >>> len(limit_marks("a" + 40 * "\u0301" + "b"))
    32
    """
    return _long_run().sub(lambda run: run[0][:MAX_MARKS], text)


def _chunks(text: str) -> Iterator[str]:
    begin = 0
    while begin < len(text):
        end = begin + _CHUNK
        # Marks belong to the character before them; those of a long run are left out.
        latest = min(end + _SEARCHED, len(text))
        while end < latest and not _begins_a_character(text[end]):
            end += 1
        yield text[begin:end]
        begin = end
        while end == latest and begin < len(text) and _is_mark(text[begin]):
            begin += 1


def _begins_a_character(symbol: str) -> bool:
    """Tell whether a symbol composes with none before it."""
    return symbol.isascii() or not (
        _is_mark(symbol)
        or unicodedata.category(symbol).startswith("M")
        or "\u1160" <= symbol <= "\u11ff"  # vowels and final consonants of Hangul
    )


def _is_mark(symbol: str) -> bool:
    """Tell whether a symbol is reordered, after decomposition if it has one."""
    decomposed = unicodedata.normalize("NFKD", symbol)  # noqa: TID251 - one symbol
    return unicodedata.combining(decomposed[0]) > 0


@cache
def _long_run() -> re.Pattern[str]:
    marks = [symbol for symbol in map(chr, range(0x300, _END_OF_MARKS)) if _is_mark(symbol)]
    return re.compile(f"[{''.join(map(re.escape, marks))}]{{{MAX_MARKS + 1},}}")
