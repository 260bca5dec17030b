"""What follows a command, as typed arguments."""

from __future__ import annotations

from engine import InvalidRequestError, NameRequest, PoemRequest

MAX_NAMES = 20
"""Names in one answer, at most: so many fit one screen of a chat."""


def parse_dino(text: str) -> NameRequest:
    """Read a number of names and the letters they begin with, in any order, either left out.

    Raises:
        InvalidRequestError: it is something else.

    >>> request = parse_dino("5 tri")
    >>> request.count, request.prefix
    (5, 'tri')
    """
    words = text.split(maxsplit=2)
    numbers = [word for word in words if _is_number(word)]
    others = [word for word in words if not _is_number(word)]
    if len(words) > 2 or len(numbers) > 1 or len(others) > 1:
        raise InvalidRequestError("wish", "a number of names, the letters they begin with, or both")
    return NameRequest(
        count=_count(numbers[0]) if numbers else 1, prefix=others[0] if others else ""
    )


def parse_poem(text: str) -> PoemRequest:
    """Read the first line of a poem, or nothing.

    Raises:
        InvalidRequestError: it is too long.

    >>> parse_poem(" Shall I  compare thee").prompt
    'Shall I compare thee'
    """
    return PoemRequest(prompt=text)


def _is_number(word: str) -> bool:
    digits = word.removeprefix("-")
    return digits.isascii() and digits.isdecimal()


def _count(word: str) -> int:
    count = int(word) if len(word) <= 4 else MAX_NAMES + 1
    if not 1 <= count <= MAX_NAMES:
        raise InvalidRequestError("number of names", f"1 to {MAX_NAMES}")
    return count
