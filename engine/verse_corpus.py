"""Verse to learn from: texts are read, cleaned, and cut into the pieces that training starts from.

A piece is a text of whole lines, each closed by a newline, with empty lines between its stanzas.
Training and scoring start every piece from a state of zeros, as after an empty line.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.errors import NotTextError

SYMBOLS = ("\n", " ", *"!'(),-.:;?", *string.ascii_uppercase, *string.ascii_lowercase)
"""The 64 symbols of verse."""

MAX_SIZE_BYTES = 16 * 1024**2
MIN_PIECE = 500
"""Characters that a piece of free text should have; shorter stanzas share one."""

SONNETS = 154
FIRST_HELD_OUT = 140
"""Sonnets from this one on are never learned: what verse is scored on."""

_FOLDED = str.maketrans(
    {
        **dict.fromkeys('\u2018\u2019\u201a\u201b\u2032`\u00b4"\u201c\u201d\u201e\u201f', "'"),
        **dict.fromkeys("\u2010\u2011\u2012\u2212", "-"),
        **dict.fromkeys("\u2013\u2014\u2015", "--"),
        "\u2026": "...",
        "\t": " ",
        "\u00a0": " ",
        "[": "(",
        "]": ")",
    }
)
_UNPRONOUNCED = re.compile(r"\b([A-Za-z-]{2,}[a-z])'d\b")
_PRONOUNS = frozenset({"she", "they", "thou", "who", "you", "how", "that", "there", "what", "why"})
_HEADING = re.compile(r"(ACT|SCENE|PROLOGUE|EPILOGUE|INDUCTION)\b")


@dataclass(frozen=True, slots=True)
class Split:
    """Pieces to learn from, and others to choose and to score by.

    Attributes:
        training: pieces to learn from.
        validation: pieces that decide when to stop.
        held_out: pieces that play no part in the training.
    """

    training: tuple[str, ...]
    validation: tuple[str, ...]
    held_out: tuple[str, ...]


def fold(text: str) -> str:
    """Return a text in the symbols of verse: quotes straight, accents gone, the rest left out.

    >>> fold("\u201cThou art caf\u00e9\u2014thou\u201d, 7\u00d7")
    "'Thou art cafe--thou', "
    """
    decomposed = unicodedata.normalize("NFKD", text.translate(_FOLDED))
    return "".join(symbol for symbol in decomposed if symbol in SYMBOLS)


def spell_out(text: str) -> str:
    """Write an unpronounced ending in full, as newer editions do.

    >>> spell_out("Have I not ask'd? Thou'dst said she'd seal'd it")
    "Have I not asked? Thou'dst said she'd sealed it"
    """

    def spelled(match: re.Match[str]) -> str:
        word = match[1]
        if word.lower() in _PRONOUNS:
            return match[0]
        return f"{word}d" if word.endswith("e") else f"{word}ed"

    return _UNPRONOUNCED.sub(spelled, text)


def stanzas(text: str) -> list[str]:
    r"""Return what stands between empty lines, as printed, each line closed by a newline.

    >>> stanzas("Title\n\nOne,\n  two.\n \n\nThree.")
    ['Title\n', 'One,\n  two.\n', 'Three.\n']
    """
    blocks = re.split(r"\n(?:[ \t]*\n)+", text.strip("\n") + "\n\n")
    return [f"{block}\n" for block in blocks if block.strip()]


def scenes(text: str) -> list[str]:
    """Return the scenes of a play as pieces: what is spoken, an empty line between speeches.

    Expects the layout of the Moby texts: acts, scenes and names of speakers start a line, speech
    follows a tab, stage directions stand in brackets, and the persons come before the first act.
    """
    body = re.split(r"^ACT I$", text, maxsplit=1, flags=re.MULTILINE)[-1]
    body = re.sub(r"\[[^\]]*\]", "", body)
    parts = re.split(r"^(?:ACT|SCENE|PROLOGUE|EPILOGUE|INDUCTION)\b.*$", body, flags=re.MULTILINE)
    return [scene for scene in map(_speeches, parts) if len(scene) > 1]


def _speeches(scene: str) -> str:
    lines: list[str] = []
    for line in scene.split("\n"):
        _, tab, speech = line.partition("\t")
        spoken = " ".join(fold(speech).split())
        starts = bool(tab) and not line.startswith("\t")
        if starts or not line.strip():
            lines.append("")
        if spoken and not _is_heading(spoken):
            lines.append(spoken)
    return _joined(lines)


def poem_stanzas(text: str) -> list[str]:
    """Return the stanzas of a poem, without headings, indentation, and capitals at its start."""
    verse: list[str] = []
    for stanza in stanzas(text):
        lines = [" ".join(fold(line).split()) for line in stanza.splitlines()]
        kept = [_plain_start(line) for line in lines if line and not _is_heading(line)]
        if kept:
            verse.append("".join(f"{line}\n" for line in kept))
    return verse


def sonnets(text: str, source: str, *, as_printed: bool = False) -> list[str]:
    """Return the 154 sonnets in their order.

    Args:
        text: an edition of them all: stanzas of twelve lines and more, and nothing else that long.
        source: its name, for the error.
        as_printed: whether spaces at the ends of lines are kept.

    Raises:
        NotTextError: there are not 154.
    """
    blocks = [fold(s) for s in stanzas(text)] if as_printed else poem_stanzas(text)
    found = [block for block in blocks if block.count("\n") >= 12]
    # Dedications are as long as sonnets, and printed in capitals or before the first of them.
    if len(found) != SONNETS:
        raise NotTextError(source, f"it has {len(found)} sonnets; all {SONNETS} are needed")
    return found


def pieces_of(text: str) -> list[str]:
    """Return the stanzas of any text as pieces, short ones together up to 500 characters."""
    pieces: list[str] = []
    for stanza in stanzas(text):
        if pieces and len(pieces[-1]) < MIN_PIECE:
            pieces[-1] += f"\n{stanza}"
        else:
            pieces.append(stanza)
    return pieces


def words_of(texts: Iterable[str]) -> frozenset[str]:
    """Return the words of texts in lower case; apostrophes and hyphens inside a word belong to it.

    >>> sorted(words_of(["'Tis th' self-same rose's, O!"]))
    ['o', "rose's", 'self-same', 'th', 'tis']
    """
    words: set[str] = set()
    for text in texts:
        words.update(re.findall(r"[a-z]+(?:['-][a-z]+)*", text.lower()))
    return frozenset(words)


def _joined(lines: Sequence[str]) -> str:
    text = "".join(f"{line}\n" for line in lines)
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n"


def _is_heading(line: str) -> bool:
    letters = [symbol for symbol in line if symbol.isalpha()]
    return line.rstrip(".").isupper() and (len(letters) > 3 or line.endswith("."))


def _plain_start(line: str) -> str:
    first, space, rest = line.partition(" ")
    if len(first) > 1 and first.isupper():
        return f"{first.capitalize()}{space}{rest}"
    return line
