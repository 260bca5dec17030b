"""Letters that look like others, read as those: Unicode TS 39, styled letters, accents."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import cast

from confusable_homoglyphs import confusables  # pyright: ignore[reportMissingTypeStubs]
from pyobscenity import transformers

from engine.text.characters import normalize

_TABLE = cast("Mapping[str, Sequence[Mapping[str, str]]]", confusables.confusables_data)  # pyright: ignore[reportUnknownMemberType]
_CURRENCIES = cast("Mapping[str, str]", transformers.confusable_mapping)  # pyright: ignore[reportUnknownMemberType]
_NAMED = re.compile(
    r"(?:LATIN|REGIONAL INDICATOR SYMBOL|SQUARED|CIRCLED)\b.*?"
    r"\b(?:LETTER|CAPITAL) ([A-Z])(?: WITH .*)?$"
)
_CYRILLIC = str.maketrans("acekmhopxytbi3469", "асекмнорхутвізчбя")
_MAX_STEPS = 4


def latin(text: str) -> str:
    """Return a text with look-alikes of Latin letters as those letters, without accents.

    >>> latin("r\u00f6\u0455\u0435 f\u03c5ck \u0444")
    'rose fuck \u0444'
    """
    if text.isascii():
        return text
    return "".join(map(_latin, normalize("NFKD", text)))


def cyrillic(word: str) -> str:
    """Return a word that has a Cyrillic letter with its Latin look-alikes as Cyrillic ones.

    >>> cyrillic("xy\u0439") == "\u0445\u0443\u0439"
    True
    """
    has_cyrillic = any("\u0400" <= symbol <= "\u04ff" for symbol in word)
    return word.translate(_CYRILLIC) if has_cyrillic else word


@lru_cache(maxsize=65_536)
def _latin(symbol: str) -> str:
    if symbol.isascii():
        return symbol
    if unicodedata.combining(symbol):
        return ""
    if named := _NAMED.search(unicodedata.name(symbol, "")):
        return named[1].lower()
    if unicodedata.category(symbol) == "Sc":
        return _CURRENCIES.get(symbol, symbol).lower()
    return _prototype(symbol)


def _prototype(symbol: str) -> str:
    """Return the ASCII letter that a letter looks like, or itself where there is none."""
    like = symbol
    for _ in range(_MAX_STEPS):
        entry = _TABLE.get(like, ())
        if len(entry) != 1:
            return symbol
        like = normalize("NFKD", entry[0]["c"])[:1].casefold()
        if like.isascii():
            return like if like.isalpha() else symbol
    return symbol
