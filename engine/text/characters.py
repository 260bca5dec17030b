"""Which characters cannot be seen, and runs of combining marks: one place for the whole project."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
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

MAX_MARKS = 8
"""Combining marks on one character, at most, of what is normalised."""

# No marks of a class themselves, but they decompose to such.
_MADE_OF_MARKS = "\u0f73\u0f75\u0f81"


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
    if text.isascii() and text.isprintable():
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


def limit_marks(text: str) -> str:
    r"""Return a text in which no character has more than eight combining marks.

    `unicodedata.normalize` takes quadratic time in the length of such a run on Python 3.11.

    >>> len(limit_marks("a" + "\u0301\u0316" * 40_000))
    9
    """
    return text if text.isascii() else _run_of_marks().sub(r"\1", text)


def normalize(form: Literal["NFC", "NFKC", "NFKD"], text: str) -> str:
    """Return a text in a form of Unicode, in linear time: runs of combining marks are cut."""
    return unicodedata.normalize(form, limit_marks(text))


@cache
def _run_of_marks() -> re.Pattern[str]:
    marks = [chr(code) for code in range(0x300, 0x20000) if unicodedata.combining(chr(code))]
    marks += _MADE_OF_MARKS
    both = f"[{''.join(map(re.escape, marks))}]"
    return re.compile(f"({both}{{{MAX_MARKS}}}){both}+")
