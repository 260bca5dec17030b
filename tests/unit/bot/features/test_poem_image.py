"""Poems as pictures: whatever they are made of, the layout holds."""

import io
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.features import poem_image
from bot.features.poem_image import MISSING, Lettering
from engine.text import fonts
from engine.text.fonts import first_with

LETTERING = Lettering(30)
ROOM = poem_image.WIDTH - 160


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
        "恐龙 O rose 龙 and 龙, מילה 龙" * 9,
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
        "scripts in turn",
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
    content = poem_image.draw(poem)

    drawn = pixels(content)
    assert drawn.shape[1] == poem_image.WIDTH
    assert drawn.shape[0] <= 160 + 44 * (poem_image.MAX_LINES + 2)
    # Nothing is written on the margins: beside the frame they are all paper.
    for margin in (drawn[30:-30, 30:78], drawn[30:-30, -78:-30]):
        assert margin.min() == margin.max()
    assert len(content) < 1_000_000


def test_verse_is_written_in_ink() -> None:
    assert (pixels(poem_image.draw("O rose")) < 80).sum() > (pixels(poem_image.draw("")) < 80).sum()


def test_long_lines_are_broken_between_words_and_indented() -> None:
    lines = poem_image.lay_out("Shall I compare thee " * 8, LETTERING)

    assert len(lines) > 1
    assert [indent > 0 for indent, _ in lines] == [False] + [True] * (len(lines) - 1)
    assert " ".join(text for _, text in lines).split() == ("Shall I compare thee " * 8).split()


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=200))
def test_every_line_fits(poem: str) -> None:
    for indent, line in poem_image.lay_out(poem, LETTERING):
        assert indent + LETTERING.length(line) <= ROOM or len(line) == 1


def test_the_font_is_a_serif() -> None:
    assert LETTERING.font.getname()[0] == "DejaVu Serif"


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A system without any font of its own."""
    forget = poem_image._face_for.cache_clear  # pyright: ignore[reportPrivateUsage]
    with monkeypatch.context() as patch:
        patch.setattr(fonts, "system_fonts", tuple)
        forget()
        yield
    forget()


@pytest.fixture
def chinese() -> None:
    if first_with("龙龟") is None:
        pytest.skip("no font here has Chinese")


@pytest.mark.parametrize(
    ("line", "drawn"),
    [
        ("O rose", "O rose"),
        ("恐龙 O rose", f"{MISSING * 2} O rose"),
        ("你好, world", f"{MISSING * 2}, world"),
        ("𠮷", MISSING),
        ("O rose 🦖🦕, thou", "O rose, thou"),
        ("🦖 O rose 🌹", "O rose"),
        ("a 🌹 b", "a b"),
        ("a 🌹b🌹c", "a bc"),
        ("👍🏽 ❤️", "❤"),
        ("שלום", "שלום"),
        ("🦖", ""),
    ],
)
@pytest.mark.usefixtures("bare")
def test_what_no_font_has_is_a_box_if_it_is_a_letter_and_else_left_out(
    line: str, drawn: str
) -> None:
    assert LETTERING.drawable(line) == drawn


@pytest.mark.usefixtures("bare")
def test_without_a_font_letters_are_one_like_another() -> None:
    assert (
        poem_image.draw("龙")
        == poem_image.draw("龟")
        == poem_image.draw(MISSING)
        != poem_image.draw("")
    )


@pytest.mark.usefixtures("chinese")
def test_another_script_is_written_in_a_font_that_has_it() -> None:
    drawn = [poem_image.draw(poem) for poem in ("龙", "龟", MISSING, "", "龙 O rose", "O rose 龙")]

    assert len(set(drawn)) == len(drawn)
    assert LETTERING.drawable("龙。O rose") == "龙。O rose"


def test_where_no_spaces_are_written_lines_are_broken_between_symbols() -> None:
    lines = [text for _, text in poem_image.lay_out("O rose " + "恐龙" * 40, LETTERING)]

    assert len(lines) >= 3
    assert lines[0].startswith("O rose ")
    assert all(LETTERING.length(line) > ROOM / 2 for line in lines[:-1])
    assert sum(len(line) for line in lines) == len("O rose ") + 80


def test_what_closes_begins_no_line_and_what_opens_ends_none() -> None:
    wide = LETTERING.drawable("龙")
    for count in range(20, 60):
        line = wide * count + "。" + wide * 10 + "《" + wide * 30 + "》"
        pieces = [text for _, text in poem_image.lay_out(line, LETTERING)]
        assert not any(piece.startswith(("。", "》")) for piece in pieces)
        assert not any(piece.endswith("《") for piece in pieces)
