"""Characters of Unicode: which can be seen, and its normalisation forms.

`unicodedata.normalize` takes time quadratic in a run of combining marks, and holds the interpreter
meanwhile. Only `normalize` calls it, on short pieces; ruff refuses it elsewhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Literal

# Default_Ignorable_Code_Point of Unicode 16: a client shows nothing for them.
_IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_IS_IGNORABLE = re.compile(f"[{_IGNORABLE}]")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_BLANK = "\u2800"
_JOINER = "\u200d"
_EMOJI_STYLE = "\ufe0f"

Form = Literal["NFC", "NFD", "NFKC", "NFKD"]

_CHUNK = 256
_LONGEST_RUN = 64
"""Marks after a character that are normalised with it; longer runs are cut anywhere."""


def can_be_seen(symbol: str) -> bool:
    r"""Tell whether a client shows anything for a character, a space included.

    >>> [can_be_seen(symbol) for symbol in "a \u034f\u3164\u202e"]
    [True, True, False, False, False]
    """
    if symbol.isascii() and symbol.isprintable():
        return True
    is_hidden = _IS_IGNORABLE.match(symbol) or symbol == _BLANK
    return not is_hidden and unicodedata.category(symbol) not in _HIDDEN


def drop_unseen(text: str, keep: str = "") -> str:
    r"""Return a text without characters that cannot be seen.

    White space stays, and so does what joins emoji and gives them colour.

    Args:
        text: of any length.
        keep: characters that stay whatever they are.

    >>> drop_unseen("fu\u034fck \U0001f469\u200d\U0001f467")
    'fuck \U0001f469\u200d\U0001f467'
    """
    # Most texts are plain, and a look at each of their characters takes long.
    if text.isascii() and text.translate(dict.fromkeys(map(ord, keep))).isprintable():
        return text
    kept: list[str] = []
    after_emoji = False
    for symbol in text:
        joins = symbol in (_JOINER, _EMOJI_STYLE)
        if joins and after_emoji:
            kept.append(symbol)
            after_emoji = symbol != _JOINER
        elif not joins and (symbol in keep or can_be_seen(symbol)):
            kept.append(symbol)
            after_emoji = _is_emoji(symbol)
    return "".join(kept)


def _is_emoji(symbol: str) -> bool:
    return unicodedata.category(symbol) == "So" or "\U0001f3fb" <= symbol <= "\U0001f3ff"


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
