import string

import pytest

from engine.errors import InvalidRequestError
from engine.networks.vocabulary import Vocabulary
from engine.text import normalize

VOCABULARY = Vocabulary(("\n", *" !',-.:;?", *string.ascii_uppercase, *string.ascii_lowercase))


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        pytest.param("Shall I compare thee?", "Shall I compare thee?", id="as it is"),
        pytest.param("  Shall\n\nI\tcompare ", "Shall I compare", id="white space"),
        pytest.param("Hail <@123>, <@!9> and <@&77>", "Hail , and", id="mentions"),
        pytest.param("In <#42> <a:rex:98765> <:rex:1>", "In", id="channel and emoji of a server"),
        pytest.param("Since <t:1618953630:R> we wait", "Since we wait", id="time stamp"),
        pytest.param("```py\nprint\n``` and `this`", "print and this", id="code"),
        pytest.param("A\u202e\u200bb\x00\x1b[31m\ud800c", "Ab[31mc", id="unseen"),
        pytest.param("cafe\u0301 🦕 “so”", "café 🦕 “so”", id="accents, emoji, quotes stay"),
        pytest.param("@everyone *loves* me", "@everyone *loves* me", id="stays to be escaped"),
        pytest.param("\u200b \ufeff", "", id="nothing to see"),
    ],
)
def test_what_is_typed_becomes_one_line(typed: str, line: str) -> None:
    assert normalize.one_line(typed) == line


@pytest.mark.parametrize(
    ("line", "symbols"),
    [
        pytest.param("", "", id="none"),
        pytest.param("Shall I compare thee", "Shall I compare thee ", id="goes on in it"),
        pytest.param("Is this the end?", "Is this the end?\n", id="complete by its mark"),
        pytest.param("I am here 🦕", "I am here\n", id="complete by what is not read"),
        pytest.param("shall we", "Shall we ", id="begins with a capital"),
        pytest.param("SHALL WE GO", "Shall we go ", id="shouted"),
        pytest.param(
            "\u2018Été\u2019 — naïve…", "'Ete' -- naive...\n", id="quotes, accents, dashes"
        ),
        pytest.param('He said "no"', "He said 'no'\n", id="quotes that it lacks"),
        pytest.param(
            "\U0001d57eh\u00e1ll ﬁsh Æthel ß", "Shall fish Aethel ss ", id="letters in disguise"
        ),
        pytest.param("**Shall** _I_ ~~go~~ #now", "Shall I go now ", id="markdown"),
        pytest.param("Любовь and мир", "And\n", id="another alphabet beside"),
    ],
)
def test_the_network_reads_what_it_knows_of_a_line(line: str, symbols: str) -> None:
    assert normalize.read_prompt(line, VOCABULARY) == symbols


def test_a_line_as_long_as_verse_is_complete() -> None:
    line = "When in the morning all the birds awake to sing"

    assert normalize.read_prompt(line, VOCABULARY) == f"{line}\n"


def test_an_alphabet_of_small_letters_reads_small_letters() -> None:
    small = Vocabulary(("\n", " ", *string.ascii_lowercase))

    assert normalize.read_prompt("Shall I GO", small) == "shall i go "


def test_an_alphabet_of_accents_keeps_them() -> None:
    assert normalize.read_prompt("Йод ё", Vocabulary(tuple("\n Йёдо"))) == "Йод ё "


@pytest.mark.parametrize("line", ["🦕🦖", "春眠不覚暁", "1234", "***", "?!"])
def test_a_line_without_a_letter_is_refused_with_what_is_allowed(line: str) -> None:
    with pytest.raises(InvalidRequestError, match="at least one letter from A to Z"):
        normalize.read_prompt(line, VOCABULARY)


def test_an_alphabet_without_a_space_goes_on_without_one() -> None:
    assert normalize.read_prompt("春眠", Vocabulary(tuple("\n春眠"))) == "春眠"


def test_an_alphabet_without_letters_refuses_all_lines() -> None:
    with pytest.raises(InvalidRequestError, match="letter that I know"):
        normalize.read_prompt("12 34", Vocabulary(tuple("\n 1234")))
