"""Validation of uploaded texts; each error says what to change."""

from __future__ import annotations

import hashlib
import unicodedata
from typing import Any

from engine.corpora.names import MAX_SIZE_BYTES, NameCorpus, names_of
from engine.corpora.text_file import Text, text_of
from engine.corpora.verse import prepare, split
from engine.errors import CorpusTooLargeError, CorpusTooSmallError, NotTextError
from engine.families import FamilyName, family

MIN_LETTERS = 8
"""Different letters that a text should have; real ones have twenty and more."""

_ALLOWED_CONTROLS = "\t\n\v\f\r\x1c\x1d\x1e\x85"
_MIN_SHARE_OF_LETTERS = 0.5


def check_upload(
    network: FamilyName,
    content: bytes,
    source: str = "upload.txt",
    max_size_bytes: int = MAX_SIZE_BYTES,
) -> Any:
    """Check that a network can learn an uploaded text, and return the corpus.

    Raises:
        CorpusTooLargeError: it is larger than that.
        NotTextError: it is not UTF-8, has control characters, hardly any letters, or a line that
            is not a name.
        CorpusTooSmallError: there is too little of it to hold some out.
    """
    if len(content) > max_size_bytes:
        raise CorpusTooLargeError(len(content), max_size_bytes)
    text = text_of(content, source)
    _refuse_controls(text)
    return family(network).validate_upload(text)


def check_names(text: Text) -> NameCorpus:
    """Check a list of names, one a line, in the letters A to Z."""
    names = names_of(text)
    names.split()
    _refuse_few_letters("".join(names.names), text.source)
    return names


def check_verse(text: Text) -> Text:
    """Check verse or prose in any alphabet."""
    _refuse_monotony(text.content, text.source)
    split(prepare([text], None).pieces)
    return text


def fingerprint(content: bytes) -> str:
    """Return the SHA-256 of an upload, for the record."""
    return hashlib.sha256(content).hexdigest()


def _refuse_controls(text: Text) -> None:
    for number, line in enumerate(text.content.split("\n"), start=1):
        for symbol in line:
            if unicodedata.category(symbol) == "Cc" and symbol not in _ALLOWED_CONTROLS:
                sign = f"U+{ord(symbol):04X}"
                reason = f"line {number:,} has the control character {sign}; save it as plain text"
                raise NotTextError(text.source, reason, "control", line=number, sign=sign)


def _refuse_monotony(content: str, source: str) -> None:
    visible = [symbol for symbol in content if not symbol.isspace()]
    letters = [symbol for symbol in visible if symbol.isalpha()]
    if not visible:
        raise CorpusTooSmallError(0, 5_000, "characters")
    if len(letters) < _MIN_SHARE_OF_LETTERS * len(visible):
        reason = "it is made of other signs than letters; give verse or prose"
        raise NotTextError(source, reason, "signs")
    _refuse_few_letters("".join(letters), source)


def _refuse_few_letters(letters: str, source: str) -> None:
    different = len(set(letters.casefold()))
    if different < MIN_LETTERS:
        reason = f"it has {different} different letters alone; give at least {MIN_LETTERS}"
        raise NotTextError(source, reason, "letters", found=different, needed=MIN_LETTERS)
