"""Text on its way in and out of the poem network: what a person types, and verse fit to show."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from engine.decency import is_decent
from engine.errors import InvalidRequestError
from engine.vocabulary import END, Vocabulary

MAX_PROMPT = 160
"""Characters of a first line, at most, as it is shown."""

MAX_TYPED = 4_000
"""Characters that are looked at, at most: no message of Discord is longer."""

_FULL_LINE = 40
_ENDS_A_LINE = (",", ".", ";", ":", "?", "!")

# What a client of Discord makes of these is no text: mentions, emoji of a server, time stamps.
_MARKUP = re.compile(r"<(?:@[!&]?|#|a?:\w{1,40}:|t:|id:|/[-\w ]{1,100}:)-?\w{1,40}(?::\w)?>")
_FENCE = re.compile(r"```(?:\w*\n)?|`+")
_SPACE = re.compile(r"\s+")
_EMPTY_LINES = re.compile(r"\n{3,}")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")

_PLAIN = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u2039\u203a`\u00b4\u02bc", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"),
        **dict.fromkeys("\u2014\u2015", "--"),
        "…": "...",
        "ß": "ss",
        "æ": "ae",
        "Æ": "Ae",
        "œ": "oe",
        "Œ": "Oe",
        "ø": "o",
        "Ø": "O",
        "ð": "d",
        "Ð": "D",
        "þ": "th",
        "Þ": "Th",
        "ł": "l",
        "Ł": "L",
        "\u0131": "i",
    }
)
"""Quotes, dashes and letters that the decomposition of Unicode leaves as they are."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A first line.

    Attributes:
        line: as it was given, on one line; empty where the network opens the poem itself.
        symbols: what the network reads of it, all of them in its vocabulary. It ends with a
            newline where the line is complete, and without one where the network may go on in it.
    """

    line: str
    symbols: str


def read_prompt(text: str, vocabulary: Vocabulary) -> Prompt:
    r"""Make a first line of whatever a person has typed.

    Mentions, code fences and what cannot be seen are taken out and line breaks become spaces.
    The network reads letters that it does not know without their accents, and skips the rest.

    Args:
        text: anything; blank for a poem that the network opens itself.
        vocabulary: the symbols of the network.

    Raises:
        InvalidRequestError: it is too long, or has no letter that the network knows.

    >>> read_prompt("“Été” — shall I 🦕", Vocabulary(tuple("\n Eehltas-'I")))
    Prompt(line='“Été” — shall I 🦕', symbols="'Ete' -- shall I")
    """
    line = one_line(text[: MAX_TYPED + 1])
    if len(text) > MAX_TYPED or len(line) > MAX_PROMPT:
        raise InvalidRequestError("first line", f"at most {MAX_PROMPT} characters long")
    if not line:
        if text.strip():
            raise _no_letter(vocabulary)
        return Prompt("", "")
    symbols = _SPACE.sub(" ", "".join(_known(symbol, vocabulary) for symbol in _calm(line)))
    symbols = symbols.strip()
    if not any(map(str.isalpha, symbols)):
        raise _no_letter(vocabulary)
    is_complete = len(symbols) >= _FULL_LINE or symbols.endswith(_ENDS_A_LINE)
    return Prompt(line, _capitalised(symbols, vocabulary) + (END if is_complete else ""))


def one_line(text: str) -> str:
    r"""Return what can be seen of a text, on one line.

    >>> one_line("```py\nShall <@123> I\ncompare\u202e thee```")
    'Shall I compare thee'
    """
    composed = unicodedata.normalize("NFC", _MARKUP.sub(" ", _FENCE.sub(" ", text)))
    spaced = _SPACE.sub(" ", composed)
    return _SPACE.sub(" ", "".join(filter(_can_be_seen, spaced))).strip()


def lay_out(text: str) -> str:
    r"""Return the whole lines of a sample: no blanks at their ends, no two empty lines on end.

    Args:
        text: what the network wrote; what follows its last newline is an unfinished line.

    Returns:
        Lines, the first and the last of them not empty, without a newline after the last; empty
        where no line was finished.

    >>> lay_out("\n\nA rose, \n\n\nA thorn.\n\nAnd th")
    'A rose,\n\nA thorn.'
    """
    whole = text[: text.rfind(END) + 1]
    lines = END.join(line.strip() for line in whole.split(END))
    return _EMPTY_LINES.sub(END * 2, lines).strip(END)


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case; a hyphen parts words, an apostrophe does not.

    >>> words_of("'Tis th' o'er-snowed year's end: Feel'st thou?")
    ['tis', 'th', "o'er", 'snowed', "year's", 'end', "feel'st", 'thou']
    """
    return _WORD.findall(text.replace("\u2019", "'").lower())


def new_words(before: str, whole: str) -> list[str]:
    """Return the words that a text has beyond those that it began with.

    A word that was begun before counts where it has grown.

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


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of several continuations of a prompt.

    Attributes:
        symbols: what the network wrote after the prompt's symbols.
        log_likelihood: the mean of log p over them.
    """

    symbols: str
    log_likelihood: float


def best(prompt: Prompt, candidates: Collection[Candidate], known: Collection[str]) -> Candidate:
    """Return the most readable continuation: decent, of real words, likely, in this order.

    Args:
        prompt: what they continue.
        candidates: at least one.
        known: words, in lower case.
    """

    def merit(candidate: Candidate) -> tuple[bool, float]:
        words = new_words(prompt.symbols, prompt.symbols + candidate.symbols)
        is_verse = bool(lay_out(candidate.symbols)) and all(map(is_decent, set(words)))
        # An invented word in a hundred weighs as much as a tenth of a nat a character.
        return is_verse, 10 * share_real(words, known) + candidate.log_likelihood

    return max(candidates, key=merit)


def _can_be_seen(symbol: str) -> bool:
    # Of the invisible ones only the joiner stays: it holds families of emoji together.
    return symbol == "\u200d" or unicodedata.category(symbol) not in {"Cc", "Cf", "Cs", "Co", "Cn"}


def _calm(line: str) -> str:
    # A line in capitals would be gone on with as a heading.
    shouts = len(line) > 3 and line.upper() == line and line.lower() != line
    return line.lower() if shouts else line


def _known(symbol: str, vocabulary: Vocabulary) -> str:
    """Return what comes closest to a symbol in a vocabulary, perhaps nothing."""
    if symbol in vocabulary.symbols:
        return symbol
    plain = unicodedata.normalize("NFKD", symbol.translate(_PLAIN)).translate(_PLAIN)
    return "".join(_closest(part, vocabulary) for part in plain)


def _closest(symbol: str, vocabulary: Vocabulary) -> str:
    forms = (symbol, symbol.swapcase(), "'" if symbol == '"' else symbol)
    return next((form for form in forms if form in vocabulary.symbols), "")


def _capitalised(symbols: str, vocabulary: Vocabulary) -> str:
    first = next(index for index, symbol in enumerate(symbols) if symbol.isalpha())
    capital = symbols[first].upper()
    if capital not in vocabulary.symbols:
        return symbols
    return symbols[:first] + capital + symbols[first + 1 :]


def _no_letter(vocabulary: Vocabulary) -> InvalidRequestError:
    letters = sorted({symbol.upper() for symbol in vocabulary.symbols if symbol.isalpha()})
    allowed = f"text with at least one letter from {letters[0]} to {letters[-1]}"
    return InvalidRequestError("first line", f"{allowed}, at most {MAX_PROMPT} characters long")
