"""What a line may be meant to be read as: letters split, doubled, reversed, masked, misspelled."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import groupby

from engine.text.confusables import latin

_DIGITS = str.maketrans("0134579@$!|", "oieastgasii")
_SEPARATED = re.compile(r"[^\W\d_]+")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
_NATURAL = re.compile(r"['\u2019-]")
_MASK = re.compile(r"[*#%?]")
_ENDING = re.compile(r"(?:s|es|ed|er|ers|ing|in)$")
_NO_WORD = re.compile(r"^(.)\1|(?<=..)([bcdghjkmnpqrvwxz])\2$")
_VOWEL = re.compile("[aeiouy]")
# Two letters that are words of English or of another language of verse.
_SHORT_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        a i o ad ah al am an as at au be by ca ce da de di do du el em en er es et eh fa go
        ha he hi ho id if il im in is it ja je la le lo lu ma me mi my na ne no nu of oh on
        or os ou ox pa per pi po pu re sa se si so su te ti to tu um un up us va we ye yo za
        zu the and his her sea has ass tit pen but for not sin sh
        """,
    )
)
_LONGEST = 14
_MOST_PARTS = 4


def is_disguised(line: str, strong: Collection[str]) -> bool:
    """Tell whether a line spells one of some words in a disguise.

    >>> is_disguised("f_uck", {"fuck"}), is_disguised("sun glade", {"sung"})
    (True, False)
    """
    return any(_is_strong(word, strong) for word in _spelled(line, strong)) or any(
        _is_masked(word, strong) for word in line.split() if _MASK.search(word)
    )


def undigited(text: str) -> str:
    """Return a text with digits and signs that stand for letters as those letters."""
    words = text.split(" ")
    return " ".join(
        word.translate(_DIGITS) if any(map(str.isalpha, word.strip("!|"))) else word
        for word in words
    )


def _spelled(line: str, strong: Collection[str]) -> Iterator[str]:
    plain = {word for word in _SEPARATED.findall(line) if word in strong}
    for chunk in latin(line).split():
        for text in dict.fromkeys((chunk, undigited(chunk.strip("!|*_~")))):
            parts = _SEPARATED.findall(text)
            # A word as it stands is for the lists, which know its exceptions.
            yield from (part for part in parts if part not in plain)
            natural = _NATURAL.search(text) and all(map(_is_word, parts))
            if len(parts) > 1 and not natural:
                yield "".join(parts)
    parts = _WORD.findall(latin(line))
    for first in range(len(parts)):
        for count in range(2, _MOST_PARTS + 1):
            some = parts[first : first + count]
            joined = "".join(some)
            if len(joined) > _LONGEST:
                break
            if not all(map(_is_word, some)):
                yield joined


def _is_word(part: str) -> bool:
    """Tell whether a part of a line may be a word by itself."""
    if part in _SHORT_WORDS:
        return True
    return len(part) > 2 and not _NO_WORD.search(part) and bool(_VOWEL.search(part))


def _is_strong(word: str, strong: Collection[str]) -> bool:
    if not 4 <= len(word) <= 2 * _LONGEST:
        return False
    if word in strong:
        return True
    runs = [(letter, len(list(run))) for letter, run in groupby(word)]
    once = "".join(letter for letter, _ in runs)
    halved = "".join(letter * -(-count // 2) for letter, count in runs)
    # With an ending and nothing else it is another word, as "spices" is.
    stem = _ENDING.sub("", word)
    forms = (form for text in (word, halved, once) for form in (text[::-1], *_respelled(text)))
    return any(form in strong and form != stem for form in forms)


def _respelled(word: str) -> Iterator[str]:
    for base in (word, _ENDING.sub("", word)):
        if len(base) < 4:
            continue
        yield base
        yield base.replace("ph", "f")
        yield base.replace("v", "u")
        yield base.replace("q", "g")
        yield re.sub(r"^k(?=u|o)", "c", base)
        yield base.replace("bb", "gg")
        yield base.replace("zz", "ss")


def _is_masked(word: str, strong: Collection[str]) -> bool:
    """Tell whether a word with some of its letters masked can be one of some words."""
    core = word.strip(".,;:!\"'()_~|*")
    if not 4 <= len(core) <= _LONGEST or not _MASK.search(core):
        return False
    if sum(map(str.isalpha, core)) < 2 or not core[0].isalpha() or not core[-1].isalpha():
        return False
    pattern = re.compile("".join("." if _MASK.match(c) else re.escape(c) for c in core))
    return any(map(pattern.fullmatch, strong))
