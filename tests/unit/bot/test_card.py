"""Poems as pictures: whatever they are made of, the layout holds."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFont

from bot import card

FONT = card._font(30)  # pyright: ignore[reportPrivateUsage] - the font that cards are written in
ROOM = card.WIDTH - 160


def pixels(content: bytes) -> np.ndarray:
    image = Image.open(io.BytesIO(content))
    assert image.format == "PNG"
    return np.asarray(image.convert("L"))


@pytest.mark.parametrize(
    "poem",
    [
        "Shall I compare thee to a summer's day?\nThou art more lovely",
        "x" * 160 + "\nand more",
        "恐龙的诗歌没有空格" * 17,
        "🦖🦕 O rose 👩‍👩‍👧‍👦",
        "שלום עולם \u202eesrever\u202c",
        "O" + "\u0301\u0316" * 80 + " zalgo",
        "\n" * 1_500,
        "a\n" * 1_500,
        "",
        "\x00\x1b[31m\t\ufeff",
    ],
    ids=[
        "verse",
        "no spaces",
        "other alphabet",
        "emoji",
        "right to left",
        "zalgo",
        "empty lines",
        "many lines",
        "nothing",
        "control",
    ],
)
def test_nothing_breaks_the_layout(poem: str) -> None:
    content = card.draw(poem)

    drawn = pixels(content)
    assert drawn.shape[1] == card.WIDTH
    assert drawn.shape[0] <= 160 + 44 * (card.MAX_LINES + 2)
    # Nothing is written on the margins: beside the frame they are all paper.
    for margin in (drawn[30:-30, 30:78], drawn[30:-30, -78:-30]):
        assert margin.min() == margin.max()
    assert len(content) < 1_000_000


def test_verse_is_written_in_ink() -> None:
    assert (pixels(card.draw("O rose")) < 80).sum() > (pixels(card.draw("")) < 80).sum()


def test_long_lines_are_broken_between_words_and_indented() -> None:
    lines = card.lay_out("Shall I compare thee " * 8, FONT)

    assert len(lines) > 1
    assert [indent > 0 for indent, _ in lines] == [False] + [True] * (len(lines) - 1)
    assert " ".join(text for _, text in lines).split() == ("Shall I compare thee " * 8).split()


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=200))
def test_every_line_fits(poem: str) -> None:
    for indent, line in card.lay_out(poem, FONT):
        assert indent + FONT.getlength(line) <= ROOM or len(line) == 1


def test_the_font_is_a_serif() -> None:
    assert isinstance(FONT, ImageFont.FreeTypeFont)
    assert FONT.getname()[0] == "DejaVu Serif"
