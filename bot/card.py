"""A poem as a picture to share."""

from __future__ import annotations

import io
import re
import unicodedata
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from PIL.ImageFont import FreeTypeFont

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


def draw(poem: str) -> bytes:
    """Return a poem as a PNG picture, whatever its symbols are and however long its lines.

    Args:
        poem: its lines.
    """
    font = _font(_SIZE)
    lines = lay_out(poem, font)
    height = 2 * _MARGIN + _LINE * (len(lines) + 2)
    image = Image.new("RGB", (WIDTH, height), _PAPER)
    canvas = ImageDraw.Draw(image)
    canvas.rectangle((24, 24, WIDTH - 25, height - 25), outline=_FAINT, width=3)
    for number, (indent, line) in enumerate(lines):
        canvas.text((_MARGIN + indent, _MARGIN + _LINE * number), line, _INK, font)
    signed = height - _MARGIN - _LINE // 2
    canvas.text((WIDTH - _MARGIN, signed), _SIGNATURE, _FAINT, font, anchor="rs")
    return _png(image)


def lay_out(poem: str, font: FreeTypeFont) -> list[tuple[int, str]]:
    """Break the lines of a poem that do not fit a picture.

    Args:
        poem: its lines.
        font: that it is written in.

    Returns:
        For each line of the picture how far it is indented, in pixels, and its text.
    """
    lines: list[tuple[int, str]] = []
    for line in poem.splitlines():
        pieces = _broken(_drawable(line), font)
        lines += [(_INDENT if n else 0, piece) for n, piece in enumerate(pieces)]
    return lines if len(lines) <= MAX_LINES else [*lines[: MAX_LINES - 1], (0, "…")]


def _broken(line: str, font: FreeTypeFont) -> list[str]:
    """Return the pieces of a line that fit, ended between words where that is possible."""
    pieces: list[str] = []
    room = WIDTH - 2 * _MARGIN
    while font.getlength(line) > room:
        fitting = _fitting(line, font, room)
        space = line.rfind(" ", 1, fitting + 1)
        end = space if space > 0 else fitting
        pieces.append(line[:end].rstrip())
        line = line[end:].lstrip()
        room = WIDTH - 2 * _MARGIN - _INDENT
    return [*pieces, line]


def _fitting(line: str, font: FreeTypeFont, room: float) -> int:
    """Return how many symbols fit, at least one."""
    few, many = 1, len(line)
    while few < many:
        middle = (few + many + 1) // 2
        if font.getlength(line[:middle]) <= room:
            few = middle
        else:
            many = middle - 1
    return few


def _drawable(line: str) -> str:
    """Return a line without what is not seen or would be drawn over other lines."""
    visible = "".join(c for c in unicodedata.normalize("NFC", line) if c.isprintable())
    return _PILES.sub(r"\1", visible)


def _png(image: Image.Image) -> bytes:
    content = io.BytesIO()
    # Few colours are enough for letters, and a third of the bytes.
    image.quantize(32).save(content, "PNG", optimize=True)
    return content.getvalue()


@cache
def _font(size: int) -> FreeTypeFont:
    """Return the serif font that comes with matplotlib, without loading the library."""
    package = find_spec("matplotlib")
    if package is None or package.origin is None:
        raise RuntimeError("matplotlib is not installed, whose font is needed")
    fonts = Path(package.origin).parent / "mpl-data" / "fonts" / "ttf"
    return ImageFont.truetype(fonts / "DejaVuSerif.ttf", size)
