"""Unicode normalisation in time linear in the text, whoever wrote it.

`unicodedata.normalize` takes time quadratic in a run of combining marks, and holds the interpreter
meanwhile. Nothing else calls it; ruff refuses that.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Literal

Form = Literal["NFC", "NFD", "NFKC", "NFKD"]

_CHUNK = 256
_LONGEST_RUN = 64
"""Marks after a character that are normalised with it; longer runs are cut anywhere."""


def normalize(form: Form, text: str) -> str:
    r"""Return a text in a normalisation form.

    It is cut into chunks, between which other threads may run. Of a run of more than 64 marks the
    order may differ from the canonical one.

    >>> normalize("NFC", "e\u0301")
    'é'
    """
    if text.isascii():
        return text
    return "".join(
        unicodedata.normalize(form, chunk)  # noqa: TID251 - bounded here
        for chunk in _chunks(text)
    )


def _chunks(text: str) -> Iterator[str]:
    begin = 0
    while begin < len(text):
        end = begin + _CHUNK
        latest = min(end + _LONGEST_RUN, len(text))
        while end < latest and not _begins_a_character(text[end]):
            end += 1
        yield text[begin:end]
        begin = end


def _begins_a_character(symbol: str) -> bool:
    """Tell whether a symbol composes with none before it, in any form."""
    return symbol.isascii() or not (
        unicodedata.category(symbol).startswith("M")
        or "\u1160" <= symbol <= "\u11ff"  # vowels and final consonants of Hangul
        or symbol in "\uff9e\uff9f"  # half-width marks of Katakana
        or "\uffa0" <= symbol <= "\uffdc"  # half-width Hangul
    )
