"""Text on its way in and out of the poem network: what a person types, and verse fit to show."""

from __future__ import annotations

import re
from collections.abc import Collection

from engine.errors import InvalidRequestError
from engine.networks.vocabulary import END, Vocabulary
from engine.text.characters import drop_unseen, normalize

MAX_PROMPT = 160
"""Characters of a first line, at most, as it is shown."""

MAX_TYPED = 4_000
"""Characters that are looked at, at most: no message of Discord is longer."""

_FULL_LINE = 40
_SHORTEST_STANZA = 4

# What a client of Discord makes of these is no text: mentions, emoji of a server, time stamps.
_MARKUP = re.compile(r"<(?:@[!&]?|#|a?:\w{1,40}:|t:|id:|/[-\w ]{1,100}:)-?\w{1,40}(?::\w)?>")
# Invitations, and hosts with or without what stands before and after: `discord.gg/x`,
# `www.evil.example`, `evil.example/path`. A host alone needs a well-known ending: in verse a space
# may be missing after a full stop.
_HOST = r"(?:[^\W_](?:[\w-]{0,62})[.\u3002\uff0e\uff61]){1,8}"
_LINK = re.compile(
    rf"(?<![\w.])(?:(?:\w{{2,12}}://|www\.)\S+|{_HOST}[^\W\d_]{{2,24}}(?::\d{{1,5}})?/\S*"
    rf"|{_HOST}(?:com|net|org|gg|io|ru|cn|xyz|info|biz|link|club|shop|site|online|app|dev|tv"
    r"|example)\b)",
    re.IGNORECASE,
)
_FENCE = re.compile(r"```(?:\w*\n)?|`+")
_SPACE = re.compile(r"\s+")
_EMPTY_LINES = re.compile(r"\n{3,}")
_ENDS_A_SENTENCE = re.compile(r"[.?!]['\")]*$")
_CLOSED_LINE = re.compile(r"[.?!]['\")]*\n")
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")

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


def read_prompt(line: str, vocabulary: Vocabulary) -> str:
    r"""Return what the network reads of a first line.

    Letters that it does not know lose their accents, and what is no letter of its alphabet is
    skipped. In a line that ends with a letter and is shorter than verse the network goes on after
    a space; any other is complete and ends with a newline.

    Args:
        line: what `one_line` made of what was typed; nothing for a poem without a first line.
        vocabulary: the symbols of the network.

    Raises:
        InvalidRequestError: it has no letter that the network knows.

    >>> read_prompt("“Été” — shall I 🦕", Vocabulary(tuple("\n Eehltas-'I")))
    "'Ete' -- shall I\n"
    """
    if not line:
        return ""
    known = "".join(_known(symbol, vocabulary) for symbol in _calm(line))
    symbols = _SPACE.sub(" ", known).strip()[: 2 * MAX_PROMPT]
    if not any(map(str.isalpha, symbols)):
        raise InvalidRequestError("first line", f"text with at least one {_letter_of(vocabulary)}")
    ends_with_letter = line[-1].isalpha() and _known(line[-1], vocabulary) != ""
    goes_on = ends_with_letter and len(symbols) < _FULL_LINE
    space = " " if " " in vocabulary.symbols else ""
    return _capitalised(symbols, vocabulary) + (space if goes_on else END)


def one_line(text: str) -> str:
    r"""Return what can be seen of a text, on one line.

    >>> one_line("```py\nShall <@123> I\ncompare\u202e thee```")
    'Shall I compare thee'
    """
    # First of all what cannot be seen goes: it may stand inside of markup.
    seen = drop_unseen(text, keep="\t\n\v\f\r\x1c\x1d\x1e\x1f\x85")
    composed = normalize("NFC", seen)
    return _SPACE.sub(" ", _LINK.sub(" ", _MARKUP.sub(" ", _FENCE.sub(" ", composed)))).strip()


def lay_out(text: str) -> str:
    r"""Return the whole lines of a text: no blanks at their ends, no two empty lines on end.

    A text without a whole line is cut after its last whole word.

    Args:
        text: what follows its last newline is an unfinished line.

    Returns:
        Lines, the first and the last of them not empty, without a newline after the last; empty
        where there is nothing to show.

    >>> lay_out("\n\nA rose, \n\n\nA thorn.\n\nAnd th")
    'A rose,\n\nA thorn.'
    """
    end = END if END in text.lstrip() else " "
    whole = text[: text.rfind(end) + 1]
    lines = END.join(line.strip() for line in whole.split(END))
    return _EMPTY_LINES.sub(END * 2, lines).strip()


def close(text: str, known: Collection[str] | None = None) -> str:
    r"""Return a poem up to where it closes best: with a stanza, else with a sentence.

    It loses three lines of a stanza that was broken off, and of a sentence a third of all, at most.

    Args:
        text: laid out.
        known: words, in lower case, one of which shall be the last, if that can be; None for any.

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
    r"""Return what a poem lacks: 1 for an open end, 1 for each stanza of fewer than 4 lines.

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


def _calm(line: str) -> str:
    # A line in capitals would be gone on with as a heading.
    shouts = len(line) > 3 and line.upper() == line and line.lower() != line
    return line.lower() if shouts else line


def _known(symbol: str, vocabulary: Vocabulary) -> str:
    """Return what comes closest to a symbol in a vocabulary, perhaps nothing."""
    if symbol in vocabulary.symbols:
        return symbol
    plain = normalize("NFKD", symbol.translate(_PLAIN)).translate(_PLAIN)
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


def _letter_of(vocabulary: Vocabulary) -> str:
    letters = sorted({symbol.upper() for symbol in vocabulary.symbols if symbol.isalpha()})
    return f"letter from {letters[0]} to {letters[-1]}" if letters else "letter that I know"
