"""What a dinosaur's name means, part by part, and how it is said."""

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
"""What a root means, by language."""

MAX_CHOICES = 25
"""Beginnings that are proposed, at most; Discord shows no more."""

MAX_TYPED = 100
"""Characters that are looked at of what is typed for a beginning."""

_VOWELS = re.compile(
    r"ae|oe|au|ou|eu|ei|ai|oi|oo|ee|(?<!q)[aeiou]|(?<=q)u(?![aeiouy])|y(?![aeiou])"
)
# What may stand together before a vowel; of other consonants the last one does.
_ONSETS = re.compile(r"(?:(?:ch|ph|th|sh|kh|zh|[bcdfgkptv])[lr]|ch|ph|th|sh|rh|kh|zh|qu|[a-z])$")
# No genus has such a run of letters: typed beginnings do.
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
    """Return what the parts of a name mean, in order; nothing where it cannot be told.

    The reading chosen leaves the fewest letters unexplained, in one place at most, and then has
    the fewest parts.

    Args:
        name: one word in letters from A to Z.
        locale: the language to tell it in; English where there is no word in it.

    >>> meaning("Triceratops"), meaning("Velociraptor"), meaning("Qwx")
    (('three', 'horned face'), ('swift', 'thief'), ())
    """
    parts = _reading(name.lower())
    return tuple(_roots()[part].get(locale, _roots()[part]["en"]) for part in parts)


def pronunciation(name: str) -> str:
    """Return how a name may be said, its syllables apart and the stressed one in capitals.

    Nothing where nobody could say it, as after a beginning of five Qs.

    The stress lies as in Latin: on the last syllable but one if that is long, else before it.

    Args:
        name: one word in letters from A to Z.

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
    """Return letters that names may begin with, and the same with what they mean.

    Args:
        typed: what they begin with themselves, if anything; cut to what a name may begin with.
        locale: the language to tell it in; English where there is no word in it.

    >>> beginnings("tyra")
    [('tyra', 'tyra'), ('tyrann', 'tyrann: tyrant'), ('tyranno', 'tyranno: tyrant')]
    """
    letters = plain_letters(typed[:MAX_TYPED])[:MAX_PREFIX_LETTERS]
    own = [(letters, letters)] if letters.isascii() and letters.isalpha() else []
    known = [form for form in _openings() if form.startswith(letters) and form != letters]
    told = [(form, f"{form}: {', '.join(meaning(form, locale))}") for form in known]
    return [*own, *told][:MAX_CHOICES]


@cache
def _openings() -> tuple[str, ...]:
    """Return the forms of roots that genera begin with, in alphabetical order."""
    genera = [name.lower() for name in data.GENERA.read_text("utf-8").split()]
    return tuple(
        form for form in sorted(_roots()) if any(genus.startswith(form) for genus in genera)
    )


@cache
def _roots() -> Mapping[str, Meanings]:
    """Return what each form of a root means."""
    table = tomllib.loads(data.ROOTS.read_text("utf-8"))
    roots = cast("list[dict[str, str | list[str]]]", table["roots"])
    return {
        form: {key: str(value) for key, value in root.items() if key != "forms"}
        for root in roots
        for form in root["forms"]
    }


def _reading(name: str) -> tuple[str, ...]:
    """Divide a name into roots and at most one stretch of letters that are none."""

    @cache
    def best(start: int, may_skip: bool) -> tuple[int, int, tuple[str, ...]]:
        """Return letters explained, minus the parts, and the parts, of the best reading."""
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
