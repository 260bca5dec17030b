"""Fonts that are at hand, and which symbols they have.

Matplotlib's own come first, then those of the system. A font is opened when it is first asked for
something that those before it lack; what it has is remembered, not the font.
"""

from __future__ import annotations

import logging
import os
import re
import sys
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

log = logging.getLogger(__name__)

MAX_FONTS = 300
"""Fonts of the system that are looked into, at most."""

_COLLECTIONS = frozenset({".ttc", ".otc"})
_ENDINGS = _COLLECTIONS | {".ttf", ".otf"}
# Written otherwise than upright and of the usual weight, or with a picture of a box for any symbol.
_ODD = re.compile(r"bold|italic|oblique|light|thin|black|heavy|medium|condensed|mono|emoji|unifont")
_OUTLINES = frozenset({"glyf", "CFF ", "CFF2"})
_PICTURES = frozenset({"CBDT", "sbix"})
_EMPTY = re.compile(r"lastresort|adobeblank")


@dataclass(frozen=True, slots=True)
class Face:
    """A font of a file.

    Attributes:
        path: the file.
        number: which one, where the file is a collection.
        bounds: where what it has begins and ends, in turn.
    """

    path: Path
    number: int
    bounds: tuple[int, ...] = field(compare=False, repr=False)

    def has(self, symbol: str) -> bool:
        """Tell whether a symbol is in the font."""
        return bisect_right(self.bounds, ord(symbol)) % 2 == 1


def first_with(symbols: str, preferred: Sequence[Path] = ()) -> Face | None:
    """Return the first font that has all of some symbols, or None where there is none.

    The first call that no preferred font can serve takes seconds where many fonts are installed.

    Args:
        symbols: that are to be written.
        preferred: fonts to try before those of the system.
    """
    for path in (*preferred, *system_fonts()):
        face = face_of(path)
        if face and all(map(face.has, symbols)):
            return face
    return None


def bundled(name: str) -> Path:
    """Return the path of a font that comes with Matplotlib, without loading the library."""
    package = find_spec("matplotlib")
    if package is None or package.origin is None:
        raise RuntimeError("matplotlib is not installed, whose fonts are needed")
    return Path(package.origin).parent / "mpl-data" / "fonts" / "ttf" / f"{name}.ttf"


@cache
def system_fonts() -> tuple[Path, ...]:
    """Return the fonts of the system, those first that suit verse."""
    found = {path for folder in _folders() for path in _fonts_in(folder)}
    return tuple(islice(sorted(found, key=_oddness), MAX_FONTS))


@cache
def face_of(path: Path) -> Face | None:
    """Return the font of a file, of a collection the one for simplified Chinese if there is one.

    None stands for a file that cannot be read, or has pictures of symbols in place of outlines.
    """
    from fontTools.ttLib import TTFont

    try:
        with path.open("rb") as file:
            number = _number_in(file) if path.suffix.lower() in _COLLECTIONS else 0
            font: Any = TTFont(file, fontNumber=number, lazy=True)
            tables = frozenset[str](font.keys())
            if tables & _PICTURES or not tables & _OUTLINES:
                return None
            return Face(path, number, _bounds(frozenset[int](font.getBestCmap() or ())))
    except Exception as error:  # Whatever a parser meets in a damaged file.
        log.warning("The font %s cannot be read: %r", path.name, error)
        return None


def _number_in(file: BinaryIO) -> int:
    from fontTools.ttLib import TTCollection

    collection: Any = TTCollection(file, lazy=True)
    names = [str(font["name"].getBestFamilyName()) for font in collection.fonts]
    file.seek(0)
    return next((number for number, name in enumerate(names) if name.endswith(" SC")), 0)


def _bounds(symbols: frozenset[int]) -> tuple[int, ...]:
    begins = (symbol for symbol in symbols if symbol - 1 not in symbols)
    ends = (symbol + 1 for symbol in symbols if symbol + 1 not in symbols)
    return tuple(sorted([*begins, *ends]))


def _folders() -> list[Path]:
    if sys.platform == "win32":
        return [Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts"]
    home = os.environ.get("HOME", "/")
    common = (
        "/usr/share/fonts",
        "/usr/local/share/fonts",
        "/System/Library/Fonts",
        "/Library/Fonts",
    )
    own = (f"{home}/.local/share/fonts", f"{home}/.fonts", f"{home}/Library/Fonts")
    return [Path(folder) for folder in (*common, *own)]


def _fonts_in(folder: Path) -> Iterator[Path]:
    # Folders that cannot be read are passed over.
    for parent, _, names in os.walk(folder):
        for name in names:
            path = Path(parent, name)
            if path.suffix.lower() in _ENDINGS and not _EMPTY.search(name.lower()):
                yield path


def _oddness(path: Path) -> tuple[bool, bool, str]:
    name = path.name.lower()
    return bool(_ODD.search(name)), "serif" not in name, str(path)
