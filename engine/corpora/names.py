"""Lists of names to train on: read, checked, split."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from engine.corpora.text_file import Text, read_text
from engine.errors import CorpusTooSmallError, NotTextError
from engine.text.normalize import plain_letters

MAX_SIZE_BYTES = 1024**2
MIN_NAMES = 50
MAX_LETTERS = 40


@dataclass(frozen=True, slots=True)
class NameCorpus:
    """A file of names.

    Attributes:
        sha256: of the file's bytes, in hexadecimal.
        lines: the names in lower case, in the order of the file, repetitions included.
    """

    source: str
    sha256: str
    lines: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names without repetitions."""
        return tuple(dict.fromkeys(self.lines))

    def without(self, excluded: Collection[str]) -> NameCorpus:
        """Return the corpus without some names."""
        return replace(self, lines=tuple(name for name in self.lines if name not in excluded))

    def split(self) -> tuple[list[str], list[str]]:
        """Return the names to train on and the tenth held out, which their hashes choose.

        Raises:
            CorpusTooSmallError: there are too few to hold some of them out.
        """
        if len(self.names) < MIN_NAMES:
            raise CorpusTooSmallError(len(self.names), MIN_NAMES, "names", "different names")
        held_out = [name for name in self.names if share_of(name, 10) == 0] or [self.names[0]]
        spared = frozenset(held_out)
        return [name for name in self.names if name not in spared], held_out


def share_of(name: str, shares: int, salt: str = "") -> int:
    """Assign a name to one of `shares` equal parts by a hash, always to the same one.

    >>> share_of("triceratops", 10), share_of("triceratops", 10)
    (6, 6)
    """
    digest = hashlib.sha256(f"{salt}{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % shares


def read_names(path: Path, max_size_bytes: int = MAX_SIZE_BYTES) -> NameCorpus:
    """Read names, one a line; case, accents and empty lines do not matter."""
    return names_of(read_text(path, max_size_bytes))


def names_of(text: Text) -> NameCorpus:
    """Return the names of a text, one a line.

    Raises:
        NotTextError: it has no names, or a line is not a name.
    """
    names = tuple(_names_in(text.content.splitlines(), text.source))
    if not names:
        raise NotTextError(text.source, "it has no names; write one a line", "empty")
    return NameCorpus(text.source, text.sha256, names)


def _names_in(lines: Sequence[str], source: str) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        name = plain_letters(line.strip())
        if not name:
            continue
        if not (name.isascii() and name.isalpha()):
            rule = "names are written in the letters A to Z, accents allowed, and nothing else"
            raise NotTextError(
                source, f"line {number:,} is not a name; {rule}", "name", line=number
            )
        if len(name) > MAX_LETTERS:
            reason = f"line {number:,} has {len(name):,} letters; a name has {MAX_LETTERS} at most"
            raise NotTextError(source, reason, "length", line=number, most=MAX_LETTERS)
        yield name
