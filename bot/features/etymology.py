"""Etymology and pronunciation of dinosaur names."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from typing import cast

import data
from engine.requests import MAX_PREFIX_LETTERS
from engine.text.normalize import plain_letters

Meanings = Mapping[str, str]
"""Meaning of a root by language."""

MAX_CHOICES = 25
"""Suggested beginnings, at most; Discord shows no more."""

MAX_TYPED = 100
"""Characters of a typed beginning that are read, at most."""

_VOWELS = re.compile(
    r"ae|oe|au|ou|eu|ei|ai|oi|oo|ee|(?<!q)[aeiou]|(?<=q)u(?![aeiouy])|y(?![aeiou])"
)
# Consonants that may begin a syllable; of others the last one begins it.
_ONSETS = re.compile(r"(?:(?:ch|ph|th|sh|kh|zh|[bcdfgkptv])[lr]|ch|ph|th|sh|rh|kh|zh|qu|[a-z])$")
# Only typed beginnings lead to such letters, no genus has them.
_UNSAYABLE = re.compile(r"(.)\1\1|[^aeiouy]{6}|^(?!sch)[^aeiouy]{4}|[^aeiouy]{4}$|^[^aeiouy]+$")
_SPELLINGS = (
    (r"^pt", "t"),
    (r"^ps", "s"),
    (r"^gn", "n"),
    (r"^x", "z"),
    (r"ch", "k"),
    (r"ph", "f"),
    (r"rh", "r"),
    (r"qu", "kw"),
    (r"x", "ks"),
    (r"[ao]e", "ee"),
    (r"eu", "yoo"),
    (r"au", "aw"),
    (r"c(?=[eiy])", "s"),
    (r"c", "k"),
    (r"g(?=[eiy])", "j"),
    (r"y(?![aeiou])", "i"),
)


def meaning(name: str, locale: str = "en") -> tuple[str, ...]:
    """Return the meanings of a name's parts in order; nothing if unknown.

    Of all divisions of a name the one with the fewest unexplained letters is used, which must be
    adjacent, and of these the one with the fewest parts. English replaces a missing translation.

    >>> meaning("Triceratops"), meaning("Velociraptor"), meaning("Qwx")
    (('three', 'horned face'), ('swift', 'thief'), ())
    """
    parts = _reading(name.lower())
    return tuple(_roots()[part].get(locale, _roots()[part]["en"]) for part in parts)


def pronunciation(name: str) -> str:
    """Return the syllables of a name, the stressed one in capitals; nothing if unpronounceable.

    Stress is as in Latin: on the last syllable but one if that is long, otherwise before it.

    >>> pronunciation("Triceratops"), pronunciation("Tyrannosaurus"), pronunciation("Qqqqqisaurus")
    ('tri-SE-ra-tops', 'ti-ran-no-SAW-rus', '')
    """
    if _UNSAYABLE.search(name.lower()):
        return ""
    syllables = _syllables(name.lower())
    stressed = _stressed(syllables)
    said = [_said(syllable, is_first=n == 0) for n, syllable in enumerate(syllables)]
    return "-".join(text.upper() if n == stressed else text for n, text in enumerate(said))


def beginnings(typed: str, locale: str = "en") -> list[tuple[str, str]]:
    """Return suggested beginnings for typed letters, each with a label that explains it.

    >>> beginnings("tyra")
    [('tyra', 'tyra'), ('tyrann', 'tyrann: tyrant'), ('tyranno', 'tyranno: tyrant')]
    """
    letters = plain_letters(typed[:MAX_TYPED])[:MAX_PREFIX_LETTERS]
    own = [(letters, letters)] if letters.isascii() and letters.isalpha() else []
    known = [form for form in _openings() if form.startswith(letters) and form != letters]
    told = [(form, f"{form}: {', '.join(meaning(form, locale))}") for form in known]
    return [*own, *told][:MAX_CHOICES]


def preload() -> None:
    """Read the table of roots, which takes 50 ms."""
    _openings()


@cache
def _openings() -> tuple[str, ...]:
    """Return the forms of roots with which genera begin, in alphabetical order."""
    genera = [name.lower() for name in data.GENERA.read_text("utf-8").split()]
    return tuple(
        form for form in sorted(_roots()) if any(genus.startswith(form) for genus in genera)
    )


@cache
def _roots() -> Mapping[str, Meanings]:
    """Return the meanings of each form of a root."""
    table = tomllib.loads(data.ROOTS.read_text("utf-8"))
    roots = cast("list[dict[str, str | list[str]]]", table["roots"])
    return {
        form: {key: str(value) for key, value in root.items() if key != "forms"}
        for root in roots
        for form in root["forms"]
    }


def _reading(name: str) -> tuple[str, ...]:
    """Divide a name into roots and at most one run of other letters."""

    @cache
    def best(start: int, may_skip: bool) -> tuple[int, int, tuple[str, ...]]:
        """Return the explained letters, minus the number of parts, and the parts."""
        if start == len(name):
            return 0, 0, ()
        readings = [(0, 0, cast("tuple[str, ...]", ()))] if may_skip else []
        for end in range(start + 1, len(name) + 1):
            part = name[start:end]
            if part in _roots():
                letters, parts, rest = best(end, may_skip)
                readings.append((letters + len(part), parts - 1, (part, *rest)))
            if may_skip:
                readings.append(best(end, False))
        return max(readings, default=(-len(name), 0, ()), key=lambda reading: reading[:2])

    return best(0, True)[2]


def _syllables(name: str) -> list[str]:
    vowels = list(_VOWELS.finditer(name))
    starts = [0]
    for before, after in pairwise(vowels):
        between = name[before.end() : after.start()]
        onset = _ONSETS.search(between)
        starts.append(after.start() - len(onset[0] if onset else ""))
    return [name[start:end] for start, end in zip(starts, [*starts[1:], len(name)], strict=True)]


def _stressed(syllables: list[str]) -> int:
    count = len(syllables)
    if count <= 2:
        return 0
    is_long = not re.search(r"(?:^|[^aeiouy])[aeiouy]$", syllables[-2])
    return count - 2 if is_long else count - 3


def _said(syllable: str, *, is_first: bool) -> str:
    for spelling, sound in _SPELLINGS:
        if is_first or not spelling.startswith("^"):
            syllable = re.sub(spelling, sound, syllable)
    return syllable
