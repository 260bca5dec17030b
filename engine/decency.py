"""Keeps indecent words out, inside of names too, with the word list of a maintained library."""

from __future__ import annotations

import re
from functools import cache

import pyobscenity

# Rude stems hide before the endings that a dinosaur's name is built with: read them alone as well.
_ENDING = re.compile(
    r"(?:[aeiou]?(?:saur(?:us|a)?|raptor|ceratops|ceras|cephale|don|nychus|mimus|titan|suchus"
    r"|venator|tyrannus|pelta|ops|long))$"
)


@cache
def _word_filter() -> pyobscenity.ProfanityFilter:
    return pyobscenity.ProfanityFilter.english()


def is_decent(name: str) -> bool:
    """Tell whether a name neither holds an indecent word nor is one with an ending put to it.

    >>> is_decent("Titanosaurus"), is_decent("Titsaurus")
    (True, False)
    """
    lowered = name.lower()
    stem = _ENDING.sub("", lowered)
    return not any(_word_filter().has_match(text) for text in {lowered, stem})
