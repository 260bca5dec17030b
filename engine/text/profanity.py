"""Keeps indecent words out, inside of names too.

The English ones are those of a maintained library, whose wild cards know them disguised; others are
in `data/indecent.toml`. A text is looked through as it is, and with what hides words undone:
letters drawn out ("fuuuck"), letters set apart ("f.u.c.k").
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import cast

import pyobscenity
from pyobscenity.english_preset import (
    english_dataset,
    english_recommended_blacklist_transformers,
)

import data
from engine.text.characters import drop_unseen, normalize
from engine.text.confusables import cyrillic, latin
from engine.text.disguises import is_disguised, undigited

# Rude stems hide before the endings that a dinosaur's name is built with: read them alone as well,
# with the vowel that joins the two and without it.
_ENDING = re.compile(
    r"([aeiou]?)(?:saur(?:us|a)?|raptor|ceratops|ceras|cephale|don|nychus|mimus|titan|suchus"
    r"|venator|tyrannus|pelta|ops|long)$"
)
_FULL_WORD = 4
_LETTER = r"[^\W\d_]"
# Three of a letter are none of any language; of some, not even two are common in English.
_DRAWN_OUT = re.compile(rf"({_LETTER})\1{{2,}}|([ahijkquvwxy])\2+")
_SET_APART = re.compile(rf"(?<!\w){_LETTER}(?:[\W_]+{_LETTER})+(?!\w)")
_WORD = re.compile(rf"(?:{_LETTER}|[\u0300-\u036f\u0900-\u097f])+")
_BETWEEN = re.compile(r"[\W_]+")
_PUNCTUATION = "*_~`|.,;:!?()[]{}<>\"'-\u2013\u2014\u2018\u2019\u201c\u201d\u2026"


def is_decent(name: str) -> bool:
    """Tell whether a name or a word neither holds an indecent word nor is one with an ending.

    >>> is_decent("Titanosaurus"), is_decent("Titsaurus"), is_decent("Fuuuckosaurus")
    (True, False, False)
    """
    word = latin(_plain(name)) if not _plain(name).isascii() else _plain(name)
    stems = dict.fromkeys((word, _ENDING.sub("", word), _ENDING.sub(r"\1", word)))
    readings = _readings(_plain(name), *stems)
    return not (
        _is_listed(readings)
        or _is_known(readings)
        or any(is_disguised(s, _strong()) for s in stems)
    )


def is_decent_prefix(prefix: str) -> bool:
    """Tell whether names may begin so: the beginning of an unmistakable word is no beginning.

    Three letters may begin with what is harmless: "tit" begins Titanosaurus.

    >>> is_decent_prefix("tit"), is_decent_prefix("nigg"), is_decent_prefix("tric")
    (True, False, True)
    """
    word = latin(_plain(prefix))
    if len(word) < _FULL_WORD:
        return not _is_listed(word)
    begins_one = any(strong.startswith(word) for strong in _strong() if len(strong) > _FULL_WORD)
    return is_decent(prefix) and not (begins_one or _phrases(" ?").match(word))


def is_decent_line(line: str) -> bool:
    """Tell whether a line that somebody wrote holds no indecent word but those of Shakespeare.

    >>> is_decent_line("The cock doth craw"), is_decent_line("f.u.c.k the cock")
    (True, False)
    """
    # What has no letter is not read as letters: 455 is no word.
    plain = _plain(line)
    words = [word.strip(_PUNCTUATION) for word in plain.split()]
    kept = [word for word in words if any(map(_is_letter, word)) and word not in _quotable()]
    readings = _readings(" ".join(kept))
    unquoted = " ".join(word for word in plain.split() if word.strip(_PUNCTUATION) in kept)
    return not (
        any(map(_has_phrase, {plain, latin(plain), undigited(latin(plain))}))
        or _is_listed(readings)
        or _is_known(readings)
        or is_disguised(unquoted, _strong())
    )


def _is_letter(symbol: str) -> bool:
    return symbol.isalpha() or (not symbol.isascii() and latin(symbol).isalpha())


def _plain(text: str) -> str:
    return (
        normalize("NFKC", drop_unseen(text, keep="\t\n"))
        .casefold()
        .replace("\u0451", "\u0435")
        .replace("\u2019", "'")
    )


def _readings(*texts: str) -> str:
    """Return texts and what they may be meant to be read as, each once, on lines of their own.

    They are looked through together, since the library takes long whatever it reads.
    """
    looks = (reading for text in texts for reading in (latin(text), undigited(latin(text))))
    mixed = (" ".join(map(cyrillic, text.split())) for text in texts if not text.isascii())
    texts = tuple(dict.fromkeys((*texts, *looks, *mixed)))
    joined = [_SET_APART.sub(lambda found: _BETWEEN.sub("", found[0]), text) for text in texts]
    once = [_DRAWN_OUT.sub(lambda found: found[1] or found[2], text) for text in joined]
    twice = [_DRAWN_OUT.sub(lambda found: 2 * (found[1] or found[2]), text) for text in joined]
    return "\n".join(dict.fromkeys((*texts, *joined, *once, *twice)))


def _is_listed(text: str) -> bool:
    """Tell whether a text holds a word of our own list."""
    indecent = _list()
    if not text.isascii() and indecent.inside.search(text):
        return True
    return any(
        word in indecent.whole
        or any(word[:length] in indecent.beginnings for length in range(1, len(word) + 1))
        for word in _WORD.findall(text)
    )


@dataclass(frozen=True, slots=True)
class _List:
    """Our own words.

    Attributes:
        whole: those that stand for themselves alone.
        beginnings: those that words begin with.
        inside: finds those that words hold; none of them is ASCII.
    """

    whole: frozenset[str]
    beginnings: frozenset[str]
    inside: re.Pattern[str]


@cache
def _list() -> _List:
    table = cast("Mapping[str, Sequence[str]]", _table()["words"])
    words = [_plain(word) for some in table.values() for word in some]
    inside = [word.strip("*") for word in words if word.startswith("*")]
    return _List(
        whole=frozenset(word for word in words if "*" not in word),
        beginnings=frozenset(word.rstrip("*") for word in words if word.endswith("*")),
        inside=re.compile("|".join(map(re.escape, inside))),
    )


@cache
def _strong() -> frozenset[str]:
    return frozenset(cast("Sequence[str]", _table()["strong"]))


@cache
def _phrases(between: str = " ") -> re.Pattern[str]:
    table = cast("Mapping[str, Sequence[str]]", _table())
    groups, before, after, phrases = (
        "|".join(re.escape(_plain(words)).replace(r"\ ", between) for words in table[key])
        for key in ("groups", "before", "after", "phrases")
    )
    insults = rf"(?:{before}){between}(?:{groups})|(?:{groups}){between}(?:{after})"
    return re.compile(rf"\b(?:{insults}|{phrases})\b")


def _has_phrase(text: str) -> bool:
    return _phrases().search(" ".join(_WORD.findall(text))) is not None


@cache
def _quotable() -> frozenset[str]:
    return frozenset(cast("Sequence[str]", _table()["quotable"]))


@cache
def _table() -> Mapping[str, object]:
    return tomllib.loads(data.INDECENT.read_text("utf-8"))


def _is_known(text: str) -> bool:
    """Tell whether a text holds an English word that the library knows."""
    # It looks for all its exceptions first, which takes most of the time.
    return _without_exceptions().has_match(text) and _word_filter().has_match(text)


@cache
def _word_filter() -> pyobscenity.ProfanityFilter:
    return pyobscenity.ProfanityFilter.english()


@cache
def _without_exceptions() -> pyobscenity.RegexMatcher:
    dataset = cast("Mapping[str, list[object]]", english_dataset.build())  # pyright: ignore[reportUnknownMemberType]
    return pyobscenity.RegexMatcher(
        dataset["blacklisted_terms"],
        blacklist_transformers=english_recommended_blacklist_transformers,
    )
