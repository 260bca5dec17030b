"""Text in pictures: each run of symbols in the first font at hand that has them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

from PIL import ImageFont
from PIL.ImageDraw import ImageDraw
from PIL.ImageFont import FreeTypeFont

from engine.text.fonts import Face, bundled, face_of, first_with

MISSING = "□"
"""Stands for a letter that no font at hand has."""

_PREFERRED = (bundled("DejaVuSerif"), bundled("DejaVuSans"))
_REMEMBERED, _OPEN_FONTS = 10_000, 32
_NOTHING = "\0"
# With one of the spaces around it, where there are two.
_LEFT_OUT = re.compile(r"^\0+ ?| ?\0+(?=\W|$)|\0+")


class Lettering:
    """Writes in a size, in a serif where that has the symbols.

    Args:
        size: of the letters, in pixels.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self.font = _font(_serif(), size)

    def drawable(self, line: str) -> str:
        """Return a line with a box for each letter that no font has, and without such ornaments."""
        return _LEFT_OUT.sub("", "".join(map(_substitute, line)))

    def length(self, line: str) -> float:
        """Return how long a line is when it is written, in pixels."""
        return sum(_font(face, self._size).getlength(run) for face, run in _runs(line))

    def write(self, canvas: ImageDraw, place: tuple[float, float], line: str, ink: str) -> None:
        """Write a line.

        Args:
            canvas: to write on.
            place: where the line begins, and the top of its letters.
            line: as `drawable` returns it.
            ink: its colour.
        """
        x, top = place
        baseline = top + self.font.getmetrics()[0]
        for face, run in _runs(line):
            font = _font(face, self._size)
            canvas.text((x, baseline), run, ink, font, anchor="ls")
            x += font.getlength(run)


def _runs(line: str) -> Iterator[tuple[Face, str]]:
    """Yield the longest parts of a line that are written in one font."""
    face, run = _serif(), ""
    for symbol in line:
        # Signs and marks are written like the letters that they follow.
        stays = face.has(symbol) and unicodedata.category(symbol)[0] not in "LN"
        other = face if stays else _face_for(symbol) or _serif()
        if other != face and run:
            yield face, run
            run = ""
        face, run = other, run + symbol
    if run:
        yield face, run


def _substitute(symbol: str) -> str:
    category = unicodedata.category(symbol)
    if _is_selector(symbol):
        return _NOTHING
    if _face_for(symbol):
        return symbol
    return MISSING if category[0] in "LNP" else _NOTHING


def _is_selector(symbol: str) -> bool:
    """Tell whether a symbol only says how the one before it is to look."""
    return "\ufe00" <= symbol <= "\ufe0f" or "\U000e0100" <= symbol <= "\U000e01ef"


@lru_cache(_REMEMBERED)
def _face_for(symbol: str) -> Face | None:
    return first_with(symbol, _PREFERRED)


@cache
def _serif() -> Face:
    face = face_of(_PREFERRED[0])
    if face is None:
        raise RuntimeError("the font that comes with matplotlib cannot be read")
    return face


@lru_cache(_OPEN_FONTS)
def _font(face: Face, size: int) -> FreeTypeFont:
    return ImageFont.truetype(face.path, size, index=face.number)
