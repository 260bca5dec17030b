"""A poem as a picture to share."""

from __future__ import annotations

import io
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache, lru_cache

from PIL import Image, ImageDraw, ImageFont
from PIL.ImageFont import FreeTypeFont

from engine.text.characters import normalize
from engine.text.fonts import Face, bundled, face_of, first_with

MISSING = "□"
"""Stands for a letter that no font at hand has."""

_PREFERRED = (bundled("DejaVuSerif"), bundled("DejaVuSans"))
_REMEMBERED, _OPEN_FONTS = 10_000, 32
_NOTHING = "\0"
# With one of the spaces around it, where there are two.
_LEFT_OUT = re.compile(r"^\0+ ?| ?\0+(?=\W|$)|\0+")

WIDTH = 1_000
"""Of a picture, in pixels."""

MAX_LINES = 80
"""Lines in a picture, at most; an ellipsis stands for others."""

_MARGIN = 80
_SIZE = 30
_LINE = 44
_INDENT = 40
_PAPER, _INK, _FAINT = "#f6f0e2", "#2b2a27", "#57a773"
_SIGNATURE = "Dinobard"

# Marks pile up over other lines; more than two on a letter are none of any language.
_PILES = re.compile(
    r"([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{2})"
    r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+"
)
# What closes stays with what it closes, a mark with its letter, and what opens with what it opens.
_NOT_FIRST = frozenset({"Pe", "Pf", "Po", "Lm", "Mn", "Mc", "Me"})
_NOT_LAST = frozenset({"Ps", "Pi"})


def draw(poem: str) -> bytes:
    """Return a poem as a PNG picture, whatever its symbols are and however long its lines.

    The first picture in a script takes a while, where many fonts are searched for one that has it.
    """
    lettering = Lettering(_SIZE)
    lines = lay_out(poem, lettering)
    height = 2 * _MARGIN + _LINE * (len(lines) + 2)
    image = Image.new("RGB", (WIDTH, height), _PAPER)
    canvas = ImageDraw.Draw(image)
    canvas.rectangle((24, 24, WIDTH - 25, height - 25), outline=_FAINT, width=3)
    for number, (indent, line) in enumerate(lines):
        lettering.write(canvas, (_MARGIN + indent, _MARGIN + _LINE * number), line, _INK)
    signed = height - _MARGIN - _LINE // 2
    canvas.text((WIDTH - _MARGIN, signed), _SIGNATURE, _FAINT, lettering.font, anchor="rs")
    content = io.BytesIO()
    # Few colours are enough for letters, and take a third of the bytes.
    image.quantize(32).save(content, "PNG", optimize=True)
    return content.getvalue()


def lay_out(poem: str, lettering: Lettering) -> list[tuple[int, str]]:
    """Break the lines of a poem that do not fit a picture."""
    lines: list[tuple[int, str]] = []
    for line in poem.splitlines():
        pieces = _broken(lettering.drawable(_visible(line)), lettering)
        lines += [(_INDENT if n else 0, piece) for n, piece in enumerate(pieces)]
    return lines if len(lines) <= MAX_LINES else [*lines[: MAX_LINES - 1], (0, "…")]


def _broken(line: str, lettering: Lettering) -> list[str]:
    """Return the pieces of a line that fit, ended where a line may be broken if there is such."""
    pieces: list[str] = []
    room = WIDTH - 2 * _MARGIN
    while lettering.length(line) > room:
        fitting = _fitting(line, lettering, room)
        ends = range(min(fitting, len(line) - 1), 0, -1)
        end = next((end for end in ends if _may_break(line, end)), fitting)
        pieces.append(line[:end].rstrip())
        line = line[end:].lstrip()
        room = WIDTH - 2 * _MARGIN - _INDENT
    return [*pieces, line]


def _may_break(line: str, end: int) -> bool:
    """Tell whether a line may be broken before a symbol: at spaces, and where none are written."""
    before, after = line[end - 1], line[end]
    if after == " ":
        return True
    if unicodedata.category(after) in _NOT_FIRST or unicodedata.category(before) in _NOT_LAST:
        return False
    return _is_wide(before) or _is_wide(after)


def _is_wide(symbol: str) -> bool:
    # What stands for a missing letter mostly stands for such a one.
    return symbol == MISSING or unicodedata.east_asian_width(symbol) in {"W", "F"}


def _fitting(line: str, lettering: Lettering, room: float) -> int:
    """Return how many symbols fit, at least one."""
    more = range(2, len(line) + 1)
    return 1 + bisect_right(more, room, key=lambda count: lettering.length(line[:count]))


def _visible(line: str) -> str:
    """Return a line without what is not seen or would be drawn over other lines."""
    spaced = (" " if c.isspace() else c for c in normalize("NFC", line))
    visible = "".join(c for c in spaced if c.isprintable())
    return _PILES.sub(r"\1", visible)


class Lettering:
    """Writes in a size, in a serif where that has the symbols."""

    def __init__(self, size: int) -> None:
        self._size = size
        self.font = _font(_serif(), size)

    def drawable(self, line: str) -> str:
        """Return a line with a box for each letter that no font has, and without such ornaments."""
        return _LEFT_OUT.sub("", "".join(map(_substitute, line)))

    def length(self, line: str) -> float:
        """Return how long a line is when it is written, in pixels."""
        return sum(_font(face, self._size).getlength(run) for face, run in _runs(line))

    def write(
        self, canvas: ImageDraw.ImageDraw, place: tuple[float, float], line: str, ink: str
    ) -> None:
        """Write a line."""
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
