import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.text.characters import Form, normalize

FORMS: tuple[Form, ...] = ("NFC", "NFD", "NFKC", "NFKD")
SYMBOLS = "aé \n각ᄀ\u1161\u11a8\u0301\u0316\u0327\u0f73\u0f71\uff9e\uff76カ各ﬁ\u09c7\u09be"


@given(st.text(st.sampled_from(SYMBOLS), max_size=30), st.integers(1, 600))
def test_a_long_text_is_normalised_as_in_one_piece(piece: str, times: int) -> None:
    text = f"{piece}x" * times
    for form in FORMS:
        assert normalize(form, text) == unicodedata.normalize(form, text)  # noqa: TID251 - compared


@given(st.text(max_size=200))
def test_any_text_is_normalised_as_the_library_does(text: str) -> None:
    for form in FORMS:
        assert normalize(form, text) == unicodedata.normalize(form, text)  # noqa: TID251 - compared


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
