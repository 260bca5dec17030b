"""What is read of a stranger's text costs time in proportion to it, whatever it is made of."""

import time
from collections.abc import Callable
from contextlib import suppress

import pytest

from bot.client.rendering import escape
from bot.features.etymology import pronunciation
from bot.features.options import PoemOptions, letters_of, parse_dino, parse_retrain_options
from engine import EngineError, NameRequest, PoemRequest
from engine.corpora.verse import fold, stanzas
from engine.text.layout import words_of
from engine.text.normalize import one_line
from engine.text.profanity import is_decent, is_decent_line

READERS: dict[str, Callable[[str], object]] = {
    "options of dino": parse_dino,
    "options of poem": PoemOptions,
    "options of retrain": parse_retrain_options,
    "letters of a name": letters_of,
    "first line": lambda text: PoemRequest(prompt=text),
    "beginning of a name": lambda text: NameRequest(prefix=text),
    "one line": one_line,
    "words": words_of,
    "escaping": escape,
    "pronunciation": pronunciation,
    "decency of a name": is_decent,
    "decency of a line": is_decent_line,
    "folding": fold,
    "stanzas": stanzas,
}
TEXTS = {
    "marks": "\u0301\u0316",
    "marks without a class": "\u0f73",
    "mentions": "<@",
    "emoji": "<a:",
    "fences": "`",
    "blanks": " ",
    "set apart": ". ",
    "letters apart": "f.",
    "options": "a=",
    "quotes": '"',
    "emphasis": "*_",
    "links": "://",
    "empty lines": "\n \n",
    "ligatures": "\ufdfa",
    "joiners": "\u200d",
    "one letter": "a",
    "two letters": "ab",
}
SHORT = 1_000


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("reader", READERS)
def test_ten_times_the_text_takes_some_ten_times_as_long(reader: str, text: str) -> None:
    def seconds(length: int) -> float:
        written = ("x" + TEXTS[text] * length)[:length]
        began = time.thread_time()
        with suppress(EngineError):
            READERS[reader](written)
        return time.thread_time() - began

    seconds(SHORT)  # Tables are read at the first call.
    short = min(seconds(SHORT) for _ in range(3))

    # A hundred times where it is quadratic; a short time is measured inexactly.
    assert min(seconds(10 * SHORT) for _ in range(3)) < 40 * max(short, 0.0005)
