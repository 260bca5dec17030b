"""What follows a command, as typed arguments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from engine import InvalidRequestError
from engine.requests import plain_letters

MAX_NAMES = 20
"""Names in one answer, at most: so many fit one screen of a chat."""

_LETTERS_OF_A_PERSON = 5
_LETTERS = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class NameWish:
    """What a member wishes for with `dino`.

    Attributes:
        count: how many names.
        beginning: the letters that each begins with.
        person: the name of somebody whose name they are to begin like, or None.
        temperature: None where the server's own is good enough.
        seed: None for any.
    """

    count: int = 1
    beginning: str = ""
    person: str | None = None
    temperature: float | None = None
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class PoemWish:
    """What a member wishes for with `poem`.

    Attributes:
        first_line: of the poem, or nothing.
        length: characters that follow it; None for what is usual.
        temperature: None where the server's own is good enough.
        seed: None for any.
    """

    first_line: str = ""
    length: int | None = None
    temperature: float | None = None
    seed: int | None = None


def parse_dino(text: str, people: Mapping[str, str] | None = None) -> NameWish:
    """Read a number of names and what they begin with, in any order, either left out.

    Args:
        text: what follows the command.
        people: the names of those who are mentioned, by the mention.

    Raises:
        InvalidRequestError: it is something else.

    >>> wish = parse_dino("5 tri")
    >>> wish.count, wish.beginning
    (5, 'tri')
    """
    words = text.split(maxsplit=2)
    numbers = [word for word in words if _is_number(word)]
    others = [word for word in words if not _is_number(word)]
    if len(words) > 2 or len(numbers) > 1 or len(others) > 1:
        raise InvalidRequestError("wish", "a number of names, the letters they begin with, or both")
    beginning = others[0] if others else ""
    person = (people or {}).get(beginning)
    return NameWish(
        count=_count(numbers[0]) if numbers else 1,
        beginning="" if person is not None else beginning,
        person=person,
    )


def letters_of(person: str) -> str:
    """Return the letters that a name may begin with to be like that of a person; perhaps none.

    >>> letters_of("~ Zoë-Marie ~"), letters_of("Maximilian"), letters_of("恐龙")
    ('zoe', 'maxim', '')
    """
    found = _LETTERS.search(plain_letters(person))
    return found[0][:_LETTERS_OF_A_PERSON] if found else ""


def _is_number(word: str) -> bool:
    digits = word.removeprefix("-")
    return digits.isascii() and digits.isdecimal()


def _count(word: str) -> int:
    count = int(word) if len(word) <= 4 else MAX_NAMES + 1
    if not 1 <= count <= MAX_NAMES:
        raise InvalidRequestError("number of names", f"1 to {MAX_NAMES}")
    return count
