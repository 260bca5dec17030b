import pytest

from engine.corpora.text_file import Text
from engine.corpora.verse import (
    MIN_PIECES,
    SYMBOLS,
    alphabet_of,
    fold,
    is_foldable,
    pieces_of,
    restrict,
    spelled,
    split,
    stanzas,
)
from engine.errors import CorpusTooSmallError, NotTextError
from engine.networks.vocabulary import Vocabulary
from tests.verse import STANZAS, VERSE

LATIN = Vocabulary(SYMBOLS)


def test_there_are_64_symbols() -> None:
    assert len(set(SYMBOLS)) == len(SYMBOLS) == 64


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("\u2018tis \u201ctrue\u201d", "'tis 'true'"),
        ("na\u00efve \u2013 \u00c9tude\u2026", "naive -- Etude..."),
        ("5 cats & \u732b", " cats  "),
        ("line\n\ttab", "line\n tab"),
    ],
)
def test_folding_keeps_what_can_be_read(given: str, expected: str) -> None:
    assert fold(given) == expected
    assert set(fold(given)) <= set(SYMBOLS)


def test_stanzas_put_together_again_are_the_text() -> None:
    assert stanzas(VERSE) == list(STANZAS)
    assert stanzas(f"\n\n{VERSE}\n \n\t\n") == list(STANZAS)
    assert stanzas(" \n\n") == []


def test_short_stanzas_share_a_piece() -> None:
    pieces = pieces_of(VERSE)

    assert "\n".join(pieces) == VERSE
    assert all(len(piece) >= 500 for piece in pieces[:-1])
    assert pieces_of("x" * 600 + "\n\n" + "y" * 600) == ["x" * 600 + "\n", "y" * 600 + "\n"]


def test_a_split_spares_nothing_and_shares_nothing() -> None:
    parts = split(STANZAS)

    everything = [*parts.training, *parts.validation, *parts.held_out]
    assert sorted(everything) == sorted(STANZAS)
    assert (len(parts.validation), len(parts.held_out)) == (4, 4)


def test_a_split_does_not_depend_on_order_or_repetition() -> None:
    assert split(STANZAS[::-1] + STANZAS[:9]) == split(STANZAS)


def test_too_few_pieces_cannot_be_split() -> None:
    with pytest.raises(CorpusTooSmallError, match="9 pieces of 500 characters in lines"):
        split(STANZAS[: MIN_PIECES - 1])


def test_an_alphabet_leaves_rare_symbols_out() -> None:
    vocabulary = alphabet_of("\u03b1\u03b2\u03b1\u03b2\u03b1\u03b2q")

    assert vocabulary.symbols == ("\n", "\u03b1", "\u03b2")
    assert restrict("\u03b1q\n", vocabulary) == "\u03b1\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (VERSE, True),
        ("caf\u00e9 " + "word " * 400, True),
        ("\u03b1\u03b2\u03b3 abc", False),
        ("Stra\u00dfe, \u00fcber", False),
    ],
    ids=["plain", "one accent", "Greek", "German"],
)
def test_texts_that_folding_would_spoil_are_told_apart(text: str, expected: bool) -> None:
    assert is_foldable(text) is expected


def test_a_text_is_scored_as_printed_where_the_model_knows_its_symbols() -> None:
    text = Text("verse.txt", "", "Ah,  \n\u2019tis \u00e9!")

    assert spelled(text, LATIN) == "Ah,  \n'tis e!"


def test_a_text_is_not_scored_in_another_case() -> None:
    with pytest.raises(NotTextError, match="line 1 has 'A'"):
        spelled(Text("verse.txt", "", "Ah"), Vocabulary(tuple("\nah")))


def test_what_the_model_does_not_know_is_named_with_its_line() -> None:
    with pytest.raises(NotTextError, match=r"verse\.txt .* line 2 has '7'"):
        spelled(Text("verse.txt", "", "Ah,\nbe 7."), LATIN)
