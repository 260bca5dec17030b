"""Verse for training: cleaned, and divided into pieces.

A piece is a text of whole lines, each closed by a newline, with empty lines between its stanzas.
Training and scoring start every piece from a state of zeros, as after an empty line.
"""

from __future__ import annotations

import hashlib
import re
import string
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from engine.corpora.text_file import Text
from engine.errors import CorpusTooSmallError, NotTextError
from engine.networks.vocabulary import Vocabulary
from engine.text.characters import normalize
from engine.text.normalize import SpellingTable

SYMBOLS = ("\n", " ", *"!'(),-.:;?", *string.ascii_uppercase, *string.ascii_lowercase)
"""The 64 symbols of verse."""

MAX_SIZE_BYTES = 16 * 1024**2
MIN_PIECE = 500
"""Characters that a piece of free text should have; shorter stanzas share one."""

MIN_PIECES = 10
"""Pieces that a text should have, so that some can be held out."""

MIN_SPELLED = 0.995
"""Share of a text that a version must spell to be fine-tuned on it."""

_MAX_PIECE = 4_000
_SHARES = 20
_MAX_SYMBOLS = 512
_COUNTED = f"pieces of {MIN_PIECE} characters in lines and paragraphs"
_RARE = 3
_PLAIN_SHARE = 0.995
_VERSE = SpellingTable(SYMBOLS)


@dataclass(frozen=True, slots=True)
class Split:
    """Pieces to learn from, and others to choose and to score by.

    Attributes:
        validation: pieces that decide when to stop.
        held_out: pieces that play no part in the training.
    """

    training: tuple[str, ...]
    validation: tuple[str, ...]
    held_out: tuple[str, ...]


def fold(text: str) -> str:
    """Return a text in the symbols of verse: straight quotes, no accents, no other symbols.

    >>> fold("\u201cThou art caf\u00e9\u2014thou\u201d, 7\u00d7")
    "'Thou art cafe--thou', "
    """
    return text.translate(_VERSE)


def stanzas(text: str) -> list[str]:
    r"""Return the stanzas of a text as printed, each line closed by a newline.

    >>> stanzas("Title\n\nOne,\n  two.\n \n\nThree.")
    ['Title\n', 'One,\n  two.\n', 'Three.\n']
    """
    blocks = re.split(r"\n(?:[ \t]*\n)+", text.strip("\n") + "\n\n")
    return [f"{block}\n" for block in blocks if block.strip()]


def pieces_of(text: str) -> list[str]:
    """Return the stanzas of a text as pieces; short ones are joined up to 500 characters.

    A stanza of more than 4,000 characters is divided between lines.
    """
    pieces: list[str] = []
    for stanza in chain.from_iterable(map(_cut, stanzas(text))):
        if pieces and len(pieces[-1]) < MIN_PIECE:
            pieces[-1] += f"\n{stanza}"
        else:
            pieces.append(stanza)
    return pieces


@dataclass(frozen=True, slots=True)
class Prepared:
    """Texts, ready for training.

    Attributes:
        known_share: of the text that the vocabulary of the start spells; None without a start.
        fits_start: whether that is enough to fine-tune the start.
        learned_share: of the text that `vocabulary` spells.
    """

    pieces: list[str]
    vocabulary: Vocabulary
    known_share: float | None
    fits_start: bool
    learned_share: float


def prepare(texts: Sequence[Text], known: Vocabulary | None) -> Prepared:
    """Clean texts and divide them into pieces.

    Texts that the vocabulary of a version to fine-tune spells are spelled by it. Others get a
    vocabulary of their own.
    """
    whole = normalize("NFC", "\n\n".join(text.content for text in texts))
    known_share = spelled_share(whole, known) if known else None
    fits_start = known_share is not None and known_share >= MIN_SPELLED
    vocabulary = known if known and fits_start else alphabet_of(whole)
    return Prepared(
        pieces_of(spell(whole, vocabulary)),
        vocabulary,
        known_share,
        fits_start,
        spelled_share(whole, vocabulary),
    )


def spell(text: str, vocabulary: Vocabulary) -> str:
    """Return a text in the symbols of a vocabulary, without what has no form in them."""
    return text.translate(SpellingTable(vocabulary.symbols))


def spelled_share(text: str, vocabulary: Vocabulary) -> float:
    r"""Return the share of a text that a vocabulary spells: letters as they are, others folded.

    >>> spelled_share("Aha \u2013 hah", Vocabulary(tuple("\n ah-")))
    0.8888888888888888
    """
    table = SpellingTable(vocabulary.symbols)
    counts = Counter(text)
    kept = sum(count for symbol, count in counts.items() if table.keeps(symbol))
    return kept / len(text) if text else 1.0


def _cut(stanza: str) -> list[str]:
    if len(stanza) <= _MAX_PIECE:
        return [stanza]
    parts = [""]
    for line in stanza.splitlines(keepends=True):
        if len(parts[-1]) >= MIN_PIECE:
            parts.append("")
        parts[-1] += line
    return parts


def split(pieces: Sequence[str]) -> Split:
    """Divide pieces by their hashes: a twentieth for validation, a twentieth held out.

    Raises:
        CorpusTooSmallError: there are too few to spare some.
    """
    shuffled = sorted(dict.fromkeys(pieces), key=_hash)
    if len(shuffled) < MIN_PIECES:
        raise CorpusTooSmallError(len(shuffled), MIN_PIECES, "pieces", _COUNTED)
    share = max(1, len(shuffled) // _SHARES)
    return Split(
        training=tuple(shuffled[2 * share :]),
        validation=tuple(shuffled[:share]),
        held_out=tuple(shuffled[share : 2 * share]),
    )


def _hash(piece: str) -> bytes:
    return hashlib.sha256(piece.encode()).digest()


def alphabet_of(text: str) -> Vocabulary:
    """Return the symbols that occur three times or more in a text, and the newline."""
    counts = Counter(text)
    common = [symbol for symbol, count in counts.most_common(_MAX_SYMBOLS) if count >= _RARE]
    return Vocabulary(tuple(sorted({"\n", *common})))


def restrict(text: str, vocabulary: Vocabulary) -> str:
    """Return a text without the symbols that a vocabulary lacks."""
    known = frozenset(vocabulary.symbols)
    return "".join(symbol for symbol in text if symbol in known)


def spelled(text: Text, vocabulary: Vocabulary) -> str:
    """Return a text with the symbols that a vocabulary lacks folded into those it has.

    Raises:
        NotTextError: a symbol cannot be folded.
    """
    table = SpellingTable(vocabulary.symbols, any_case=False)

    def known_form(symbol: str, line: int) -> str:
        form = symbol.translate(table)
        if not form:
            reason = f"line {line:,} has {symbol!r}, which the model does not know"
            raise NotTextError(text.source, reason, "symbol", line=line, sign=symbol)
        return form

    lines = enumerate(text.content.split("\n"), start=1)
    return "\n".join("".join(known_form(symbol, n) for symbol in line) for n, line in lines)


def is_foldable(text: str) -> bool:
    """Tell whether a text is in the Latin alphabet, so that folding it loses almost nothing."""
    letters = [symbol for symbol in normalize("NFC", text) if symbol.isalpha()]
    return sum(symbol.isascii() for symbol in letters) >= _PLAIN_SHARE * len(letters)
