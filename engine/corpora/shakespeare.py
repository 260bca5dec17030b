"""Shakespeare's works in the layout of the Moby texts, prepared for training.

To make pretraining similar to fine-tuning, only the speeches of the plays are kept, and endings are
spelled as in newer editions of the sonnets.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.corpora.verse import fold, stanzas
from engine.errors import NotTextError

SONNETS = 154
FIRST_HELD_OUT = 140
"""The number of the first held-out sonnet; verse is scored on it and those after it."""

SONNETS_FILE = "sonnets"
POEM_FILES = frozenset({"loverscomplaint", "rapeoflucrece", "venusandadonis"})
UNUSED_FILES = frozenset({"various"})
"""It has a variant of a held-out sonnet."""

_VALIDATION_EVERY = 10
_UNPRONOUNCED = re.compile(r"\b([A-Za-z-]{2,}[a-z])'d\b")
_PRONOUNS = frozenset({"she", "they", "thou", "who", "you", "how", "that", "there", "what", "why"})
_BREAK = re.compile(
    r"^(?:ACT|PROLOGUE|EPILOGUE|INDUCTION)\b.*$|^SCENE\b.*(?:\n\t.*)*", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class ShakespeareSplit:
    """The works, split for training.

    Attributes:
        plays: one piece for each scene.
        sonnets: sonnets 1 to 139 in each edition, but for those for validation.
        validation: some of them, a tenth, in the last edition.
        held_out: sonnets 140 to 154 in the last edition.
    """

    plays: tuple[str, ...]
    poems: tuple[str, ...]
    sonnets: tuple[str, ...]
    validation: tuple[str, ...]
    held_out: tuple[str, ...]


def works_of(texts: Mapping[str, str], editions: Mapping[str, str]) -> ShakespeareSplit:
    """Split Shakespeare's works, given by the names of their files, and editions of the sonnets.

    Raises `NotTextError` where an edition does not have all 154 sonnets.
    """
    moby = sonnets(texts[SONNETS_FILE], SONNETS_FILE)
    all_editions = [[spell_out(sonnet) for sonnet in moby]]
    all_editions += [sonnets(text, name, as_printed=True) for name, text in editions.items()]
    learned: list[str] = []
    for edition in all_editions:
        learned += [s for n, s in enumerate(edition[: FIRST_HELD_OUT - 1], 1) if not _validates(n)]
    last = all_editions[-1]
    plays, poems = _others(texts)
    return ShakespeareSplit(
        plays=tuple(map(spell_out, plays)),
        poems=tuple(map(spell_out, poems)),
        sonnets=tuple(learned),
        validation=tuple(s for n, s in enumerate(last[: FIRST_HELD_OUT - 1], 1) if _validates(n)),
        held_out=tuple(last[FIRST_HELD_OUT - 1 :]),
    )


def _validates(number: int) -> bool:
    return number % _VALIDATION_EVERY == _VALIDATION_EVERY // 2


def _others(texts: Mapping[str, str]) -> tuple[list[str], list[str]]:
    plays: list[str] = []
    poems: list[str] = []
    for name, text in texts.items():
        if name in POEM_FILES:
            poems.append("\n".join(poem_stanzas(text)))
        elif name not in UNUSED_FILES | {SONNETS_FILE}:
            plays += scenes(text)
    return plays, poems


def spell_out(text: str) -> str:
    """Spell an unpronounced ending in full, as newer editions do.

    >>> spell_out("Have I not ask'd? Thou'dst said she'd seal'd it")
    "Have I not asked? Thou'dst said she'd sealed it"
    """

    def spelled(match: re.Match[str]) -> str:
        word = match[1]
        if word.lower() in _PRONOUNS:
            return match[0]
        return f"{word}d" if word.endswith("e") else f"{word}ed"

    return _UNPRONOUNCED.sub(spelled, text)


def scenes(text: str) -> list[str]:
    """Return the scenes of a play as pieces: speeches with empty lines between them.

    In the Moby texts acts, scenes and names of speakers start a line, speech follows a tab, stage
    directions are in brackets, and the list of persons precedes the first act.
    """
    body = re.split(r"^ACT I$", text, maxsplit=1, flags=re.MULTILINE)[-1]
    body = re.sub(r"\[[^\]]*\]", "", body)
    parts = _BREAK.split(body)
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
    """Return the stanzas of a poem without headings, indentation and capitals at its start."""
    verse: list[str] = []
    for stanza in stanzas(text):
        lines = [" ".join(fold(line).split()) for line in stanza.splitlines()]
        kept = [_plain_start(line) for line in lines if line and not _is_heading(line)]
        if kept:
            verse.append("".join(f"{line}\n" for line in kept))
    return verse


def sonnets(text: str, source: str, *, as_printed: bool = False) -> list[str]:
    """Return the 154 sonnets of an edition, in order; `as_printed` keeps spaces at line ends.

    Raises:
        NotTextError: there are not 154.
    """
    blocks = [fold(s) for s in stanzas(text)] if as_printed else poem_stanzas(text)
    found = [block for block in blocks if block.count("\n") >= 12]
    # Dedications are as long as sonnets, and printed in capitals or before the first of them.
    if len(found) != SONNETS:
        reason = f"it has {len(found)} sonnets; all {SONNETS} are needed"
        raise NotTextError(source, reason, "sonnets", found=len(found), needed=SONNETS)
    return found


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
