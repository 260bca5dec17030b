import sys
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.text import normalize as normalize_module
from engine.text.normalize import MAX_MARKS, Form, limit_marks, normalize

FORMS: tuple[Form, ...] = ("NFC", "NFD", "NFKC", "NFKD")
END_OF_MARKS = normalize_module._END_OF_MARKS  # pyright: ignore[reportPrivateUsage] - a claim on Unicode
SYMBOLS = "aé \n각ᄀ\u1161\u11a8\u0301\u0316\u0327\u0f73\u0f71\uff9e\uff76カ各ﬁ\u09c7\u09be"


@given(st.text(st.sampled_from(SYMBOLS), max_size=30), st.integers(1, 600))
def test_a_long_text_is_normalised_as_in_one_piece(piece: str, times: int) -> None:
    text = f"{piece}x" * times
    for form in FORMS:
        assert normalize(form, text) == unicodedata.normalize(form, text)  # noqa: TID251 - compared


@given(st.text(max_size=200))
def test_any_text_with_few_marks_is_normalised_as_the_library_does(text: str) -> None:
    for form in FORMS:
        assert normalize(form, text) == unicodedata.normalize(form, limit_marks(text))  # noqa: TID251


@pytest.mark.parametrize(
    "run", ["\u0301\u0316", "\u0f73", "\uff9e", "\u0344\u0327", "\u1dc4\u0323", "\u0591\u05bf"]
)
def test_the_time_for_a_run_of_marks_is_linear(run: str) -> None:
    def seconds(length: int) -> float:
        began = time.process_time()
        for form in FORMS:
            normalize(form, "a" + run * length)
        return time.process_time() - began

    seconds(1)
    short = min(seconds(20_000) for _ in range(3))

    # Ten times the text takes ten times as long, and a hundred where it is quadratic.
    assert seconds(200_000) < 40 * max(short, 0.002)


def test_a_run_of_marks_is_cut() -> None:
    assert limit_marks("a" + "\u0301" * 31) == "a" + "\u0301" * MAX_MARKS
    assert limit_marks("a" + "\u0301" * 30) == "a" + "\u0301" * 30


def test_no_mark_is_beyond_those_that_are_looked_for() -> None:
    planes = map(chr, range(END_OF_MARKS, sys.maxunicode + 1))

    assert not [symbol for symbol in planes if unicodedata.combining(symbol)]
