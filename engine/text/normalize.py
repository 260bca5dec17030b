"""Normalisation of what members type: first lines and prefixes, before anything else reads them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from engine.errors import InvalidRequestError
from engine.networks.vocabulary import END, Vocabulary
from engine.text.characters import drop_unseen, normalize

MAX_PROMPT = 160
"""Characters of a first line, at most, as it is shown."""

MAX_TYPED = 4_000
"""Characters that are read, at most: no message of Discord is longer."""

_FULL_LINE = 40

# Markup that a Discord client does not show as text: mentions, emoji of a guild, time stamps.
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
_MASKED = re.compile(r"\[([^\[\]\n]{1,300})\]\([^()\s]{1,500}\)")
_FENCE = re.compile(r"```(?:\w*\n)?|`+")
_SPACE = re.compile(r"\s+")

_PLAIN = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u2039\u203a`\u00b4\u02bc", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2212", "-"),
        **dict.fromkeys("\u2013\u2014\u2015", "--"),
        "…": "...",
        "\t": " ",
        "[": "(",
        "]": ")",
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
"""Quotes, dashes, brackets and letters that the decomposition of Unicode leaves as they are."""


class SpellingTable(dict[int, str]):
    """The symbols of texts in those of a vocabulary, for `str.translate`.

    Training texts and first lines are spelled by it. A symbol that the vocabulary lacks becomes its
    plain form: straight quotes, hyphens, letters without accents, then letters in the other case.
    It becomes nothing if the vocabulary lacks that too.
    """

    def __init__(self, symbols: Collection[str], *, any_case: bool = True) -> None:
        super().__init__()
        self._symbols = frozenset(symbols)
        self._any_case = any_case

    def __missing__(self, code: int) -> str:
        """Find the form of a symbol at its first use."""
        self[code] = form = self._form_of(chr(code))
        return form

    def keeps(self, symbol: str) -> bool:
        """Tell whether a symbol is spelled as it is or, if it is no letter, in its plain form."""
        return symbol in self._symbols or (not symbol.isalpha() and self[ord(symbol)] != "")

    def _form_of(self, symbol: str) -> str:
        if symbol in self._symbols:
            return symbol
        plain = normalize("NFKD", symbol.translate(_PLAIN)).translate(_PLAIN)
        return "".join(map(self._closest, plain))

    def _closest(self, symbol: str) -> str:
        other_case = symbol.swapcase() if self._any_case else symbol
        forms = (symbol, other_case, "'" if symbol == '"' else symbol)
        return next((form for form in forms if form in self._symbols), "")


def one_line(text: str) -> str:
    r"""Return the visible characters of a text, on one line.

    >>> one_line("```py\nShall <@123> I\ncompare\u202e thee```")
    'Shall I compare thee'
    """
    # Invisible characters are removed first, since they may be inside markup.
    seen = drop_unseen(text, keep="\t\n\v\f\r\x1c\x1d\x1e\x1f\x85")
    composed = normalize("NFC", seen)
    text_alone = _MASKED.sub(r"\1", _FENCE.sub(" ", composed))
    return _SPACE.sub(" ", _LINK.sub(" ", _MARKUP.sub(" ", text_alone))).strip()


def plain_letters(text: str) -> str:
    """Return a text in lower case, letters without their accents.

    >>> plain_letters("Éoraptor")
    'eoraptor'
    """
    decomposed = normalize("NFKD", text).casefold()
    return "".join(symbol for symbol in decomposed if not unicodedata.combining(symbol))


def read_prompt(line: str, vocabulary: Vocabulary) -> str:
    r"""Return what the network reads of a first line.

    `line` is a result of `one_line`. Letters that the vocabulary lacks lose their accents; other
    symbols that it lacks are skipped. A line that ends with a letter and is shorter than a line of
    verse is continued after a space; any other is complete and ends with a newline.

    Raises:
        InvalidRequestError: it has no letter that the network knows.

    >>> read_prompt("“Été” — shall I 🦕", Vocabulary(tuple("\n Eehltas-'I")))
    "'Ete' -- shall I\n"
    """
    if not line:
        return ""
    table = SpellingTable(vocabulary.symbols)
    known = _calm(line).translate(table)
    symbols = _SPACE.sub(" ", known).strip()[: 2 * MAX_PROMPT]
    if not any(map(str.isalpha, symbols)):
        raise InvalidRequestError("first line", f"text with at least one {_letter_of(vocabulary)}")
    ends_with_letter = line[-1].isalpha() and line[-1].translate(table) != ""
    goes_on = ends_with_letter and len(symbols) < _FULL_LINE
    space = " " if " " in vocabulary.symbols else ""
    return _capitalised(symbols, vocabulary) + (space if goes_on else END)


def _calm(line: str) -> str:
    # A line in capitals would be continued as a heading.
    shouts = len(line) > 3 and line.upper() == line and line.lower() != line
    return line.lower() if shouts else line


def _capitalised(symbols: str, vocabulary: Vocabulary) -> str:
    first = next(index for index, symbol in enumerate(symbols) if symbol.isalpha())
    capital = symbols[first].upper()
    if capital not in vocabulary.symbols:
        return symbols
    return symbols[:first] + capital + symbols[first + 1 :]


def _letter_of(vocabulary: Vocabulary) -> str:
    letters = sorted({symbol.upper() for symbol in vocabulary.symbols if symbol.isalpha()})
    return f"letter from {letters[0]} to {letters[-1]}" if letters else "letter that I know"
