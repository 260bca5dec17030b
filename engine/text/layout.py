"""Layout of generated verse: whole lines, stanzas, closed ends, and words."""

from __future__ import annotations

import re
from collections.abc import Collection

from engine.networks.vocabulary import END

_SHORTEST_STANZA = 4

_EMPTY_LINES = re.compile(r"\n{3,}")
_ENDS_A_SENTENCE = re.compile(r"[.?!]['\")]*$")
_CLOSED_LINE = re.compile(r"[.?!]['\")]*\n")
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")


def lay_out(text: str) -> str:
    r"""Return the whole lines of a text, stripped, without two empty lines in a row.

    A text without a whole line is cut after its last whole word.

    >>> lay_out("\n\nA rose, \n\n\nA thorn.\n\nAnd th")
    'A rose,\n\nA thorn.'
    """
    end = END if END in text.lstrip() else " "
    whole = text[: text.rfind(end) + 1]
    lines = END.join(line.strip() for line in whole.split(END))
    return _EMPTY_LINES.sub(END * 2, lines).strip()


def close(text: str, known: Collection[str] | None = None) -> str:
    r"""Return a poem up to where it closes best: with a stanza, else with a sentence.

    It loses at most three lines of an unfinished stanza, and a third of its lines for a sentence.
    With `known`, words in lower case, its last word is one of them where possible.

    >>> close("A rose,\nA thorn,\nA song.\nA day")
    'A rose,\nA thorn,\nA song.'
    >>> close("A rose,\nA thorn,\nA song.\nA dawy.", {"a", "rose", "song", "thorn"})
    'A rose,\nA thorn,\nA song.'
    """
    lines = text.split(END)
    fewest = -(-2 * len(lines) // 3)
    ends = [
        end
        for end in range(len(lines), fewest - 1, -1)
        if known is None or share_real(words_of(lines[end - 1])[-1:], known) == 1
    ]
    stanzas = [end for end in ends if "" in lines[end : end + 1] and len(lines) - end <= 4]
    sentences = [end for end in ends if _ENDS_A_SENTENCE.search(lines[end - 1])]
    return END.join(lines[: (*stanzas, *sentences, *ends, len(lines))[0]]).rstrip()


def is_closed(text: str, fewest: int) -> bool:
    r"""Tell whether a line that ends so many characters on, or later, ends a sentence.

    >>> is_closed("A rose.\nA thorn,\n", 5), is_closed("A rose.\nA thorn,\n", 9)
    (True, False)
    """
    return _CLOSED_LINE.search(text, max(0, fewest - 1)) is not None


def roughness(text: str) -> int:
    r"""Count the faults of a poem: an open end, and each stanza of fewer than 4 lines.

    >>> roughness("One,\ntwo,\nthree,\nfour."), roughness("One,\n\ntwo")
    (0, 3)
    """
    stanzas = text.split(END * 2)
    short = sum(stanza.count(END) + 1 < _SHORTEST_STANZA for stanza in stanzas)
    return short + (not _ENDS_A_SENTENCE.search(text))


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case; apostrophes and hyphens in a word belong to it.

    >>> words_of("'Tis th' o'er-snowed year's end--feel'st thou?")
    ['tis', 'th', "o'er-snowed", "year's", 'end', "feel'st", 'thou']
    """
    return _WORD.findall(text.replace("\u2019", "'").lower())


def new_words(before: str, whole: str) -> list[str]:
    """Return the words of a text after those that it began with, one that has grown included.

    >>> new_words("Zxq comp", "Zxq compare thee")
    ['compare', 'thee']
    """
    words = words_of(whole)
    shared = 0
    for own, word in zip(words_of(before), words, strict=False):
        if own != word:
            break
        shared += 1
    return words[shared:]


def share_real(words: Collection[str], known: Collection[str]) -> float:
    """Return the share of words that are known; 1 where there is none.

    >>> share_real(["the", "the", "zxq", "rose"], {"the", "rose"})
    0.75
    """
    return sum(word in known for word in words) / len(words) if words else 1.0
