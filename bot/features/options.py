"""What follows a command, as typed arguments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine import InvalidRequestError
from engine.families import FAMILIES, FamilyName
from engine.requests import MAX_PREFIX_LETTERS
from engine.text.normalize import plain_letters

MAX_NAMES = 20
"""Names in one answer, at most: so many fit one screen of a chat."""

MAX_NAME = 32
"""Characters of a name that is typed, at most: those of Discord have no more."""

_LETTERS_OF_A_PERSON = 5
_LETTERS = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class NameOptions:
    """Options of `dino`: names begin with the letters `beginning`, or like a person's name.

    None stands for the default of the guild, or for a random seed.
    """

    count: int = 1
    beginning: str = ""
    person: str | None = None
    temperature: float | None = None
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class PoemOptions:
    """Options of `poem`: `length` characters follow the first line; None for a default."""

    first_line: str = ""
    length: int | None = None
    temperature: float | None = None
    seed: int | None = None


def parse_dino(text: str, people: Mapping[str, str] | None = None) -> NameOptions:
    """Read a number of names and what they begin with, in any order, either left out.

    `people` has the names of mentioned members by their mentions.

    Raises:
        InvalidRequestError: it is something else.

    >>> options = parse_dino("5 tri")
    >>> options.count, options.beginning
    (5, 'tri')
    """
    words = text.split()
    numbers = [word for word in words if _is_number(word)]
    others = [word for word in words if not _is_number(word)]
    persons = [people[word] for word in others if word in people] if people else []
    is_option = any(word.startswith("-") or "=" in word for word in others)
    if len(numbers) > 1 or is_option or (persons and len(others) > 1):
        raise _not_understood()
    parsed = NameOptions(_count(numbers[0]) if numbers else 1)
    return replace(parsed, person=persons[0]) if persons else like(parsed, " ".join(others))


def like(parsed: NameOptions, words: str) -> NameOptions:
    """Return a request for names that begin with the typed letters, or like the typed name.

    Raises:
        InvalidRequestError: they are neither.

    >>> like(NameOptions(), "Zoë").beginning, like(NameOptions(), "Anna Maria").person
    ('Zoë', 'Anna Maria')
    """
    letters = plain_letters(words)
    if not words or (
        letters.isascii() and letters.isalpha() and len(letters) <= MAX_PREFIX_LETTERS
    ):
        return replace(parsed, beginning=words)
    has_letter, has_digit = any(map(str.isalpha, words)), any(map(str.isdigit, words))
    if len(words) > MAX_NAME or (has_digit and not has_letter):
        raise _not_understood()
    return replace(parsed, person=words)


def letters_of(person: str) -> str:
    """Return the letters that a name may begin with to be like that of a person; perhaps none.

    >>> letters_of("~ Zoë-Marie ~"), letters_of("Maximilian"), letters_of("恐龙")
    ('zoe', 'maxim', '')
    """
    found = _LETTERS.search(plain_letters(person))
    return found[0][:_LETTERS_OF_A_PERSON] if found else ""


def _not_understood() -> InvalidRequestError:
    return InvalidRequestError("request", "a number of names, and letters or a name to begin like")


def _is_number(word: str) -> bool:
    # Those of a Chinese keyboard, which are wider, and of other scripts too.
    return word.removeprefix("-").isdecimal()


def _count(word: str) -> int:
    count = int(word) if len(word) <= 4 else MAX_NAMES + 1
    if not 1 <= count <= MAX_NAMES:
        raise InvalidRequestError("number of names", f"1 to {MAX_NAMES}")
    return count


_ALLOWED = "dino or poem, then perhaps fresh, passes=20, minutes=5 or temperature=0.8"
_NUMBERS: Mapping[str, type[float]] = {"passes": int, "minutes": float, "temperature": float}


@dataclass(frozen=True, slots=True)
class RetrainOptions:
    """Options of `retrain`, which `TrainingRequest` validates; None for a default.

    Passes over the text and minutes are limits, the temperature is that of the samples shown, and
    a fresh training starts from scratch.
    """

    network: FamilyName
    passes: int | None = None
    minutes: float | None = None
    temperature: float | None = None
    is_fresh: bool = False


def parse_retrain_options(words: str) -> RetrainOptions:
    """Read a request, its options in any order.

    Raises:
        InvalidRequestError: it is none.

    >>> parse_retrain_options("dino fresh minutes=5")
    RetrainOptions(network='dino', passes=None, minutes=5.0, temperature=None, is_fresh=True)
    """
    match words.lower().split():
        case [network, *options] if network in FAMILIES:
            parsed = RetrainOptions(network)
        case _:
            raise InvalidRequestError("training request", _ALLOWED)
    for option in options:
        parsed = _with(parsed, option)
    return parsed


def _with(parsed: RetrainOptions, option: str) -> RetrainOptions:
    name, _, value = option.partition("=")
    if name == "fresh" and not value:
        return replace(parsed, is_fresh=True)
    try:
        number: Any = _NUMBERS[name](value)
    except (KeyError, ValueError) as error:
        raise InvalidRequestError("training request", _ALLOWED) from error
    return replace(parsed, **{name: number})
