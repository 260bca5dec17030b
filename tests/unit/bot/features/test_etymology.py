"""What dinosaur names mean, and how they are said."""

import re
from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

import data
from bot.features.etymology import beginnings, meaning, pronunciation
from bot.i18n.texts import LOCALES
from engine.requests import MAX_PREFIX_LETTERS

GENERA = data.GENERA.read_text("utf-8").split()


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Tyrannosaurus", ("tyrant", "lizard")),
        ("Pachycephalosaurus", ("thick", "head", "lizard")),
        ("Xenoceratops", ("strange", "horned face")),
        ("Zhuchengtyrannus", ("tyrant",)),
        ("Microraptor", ("small", "thief")),
        ("Brachylophosaurus", ("short", "crest", "lizard")),
        ("Mei", ()),
    ],
)
def test_the_parts_that_are_known_are_told_in_order(name: str, parts: tuple[str, ...]) -> None:
    assert meaning(name) == parts


def test_meanings_are_told_in_chinese_and_else_in_english() -> None:
    assert meaning("Velociraptor", "zh-CN") == ("迅捷", "盗贼")
    assert meaning("Velociraptor", "eo") == ("swift", "thief")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Velociraptor", "ve-lo-si-RAP-tor"),
        ("Diplodocus", "di-PLO-do-kus"),
        ("Pteranodon", "te-RA-no-don"),
        ("Archaeopteryx", "ar-kee-OP-te-riks"),
        ("Brachiosaurus", "bra-ki-o-SAW-rus"),
        ("Mei", "MEI"),
    ],
)
def test_names_are_said_as_paleontologists_say_them(name: str, said: str) -> None:
    assert pronunciation(name) == said


@pytest.mark.parametrize("name", ["Qqqqqisaurus", "Bcd", "Zkwtops", "Raptorzzz", "Aaaa"])
def test_what_nobody_can_say_is_not_said(name: str) -> None:
    assert pronunciation(name) == ""


def test_any_genus_has_one_stressed_syllable() -> None:
    for name in GENERA:
        syllables = pronunciation(name).split("-")

        assert all(syllables)
        assert len([syllable for syllable in syllables if syllable.isupper()]) == 1, name


@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1))
def test_any_name_has_one_stressed_syllable_or_none_at_all(name: str) -> None:
    said = pronunciation(name)

    assert not said or [syllable.isupper() for syllable in said.split("-")].count(True) == 1


@given(st.text("abcdefghijklmnopqrstuvwxyz", max_size=26))
def test_any_name_can_be_read(name: str) -> None:
    assert all(meaning(name))


def test_most_genera_mean_something() -> None:
    told = [name for name in GENERA if meaning(name)]

    assert len(told) > 0.75 * len(GENERA)


def test_beginnings_are_proposed_that_genera_have() -> None:
    proposed = [letters for letters, _ in beginnings("t")]

    assert proposed[0] == "t"
    assert {"tri", "tyranno"} <= set(proposed)
    assert all(letters.startswith("t") for letters in proposed)
    assert len(beginnings("")) == 25


@given(st.text(max_size=20))
def test_any_text_gets_proposals_that_discord_takes(typed: str) -> None:
    for letters, label in beginnings(typed):
        assert re.fullmatch("[a-z]+", letters)
        assert 1 <= len(label) <= 100


@pytest.mark.parametrize("typed", ["x" * 150, "ﷺ" * 6_000, "tyr" + "a" * 1_000])
def test_of_a_text_without_end_the_beginning_is_proposed(typed: str) -> None:
    for letters, label in beginnings(typed):
        assert 1 <= len(letters) <= MAX_PREFIX_LETTERS
        assert len(label) <= 100
    assert not typed.isascii() or beginnings(typed)[0][0] == typed[:MAX_PREFIX_LETTERS]


def test_all_that_may_be_proposed_fits_in_every_language() -> None:
    for locale in LOCALES:
        proposed = [found for letter in ascii_lowercase for found in beginnings(letter, locale)]
        assert all(len(label) <= 100 for _, label in proposed)
        assert all(len(beginnings(letter, locale)) <= 25 for letter in ascii_lowercase)
