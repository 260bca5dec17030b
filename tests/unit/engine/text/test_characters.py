"""What cannot be seen is decided in one place."""

import sys

import pytest
import regex

from engine.text.characters import can_be_seen, drop_unseen
from engine.text.normalize import one_line


def test_every_default_ignorable_code_point_cannot_be_seen() -> None:
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    ignorable: list[str] = regex.findall(r"\p{Default_Ignorable_Code_Point}", everything)

    assert len(ignorable) > 4_000
    assert not any(map(can_be_seen, ignorable))


def test_letters_signs_and_spaces_can_be_seen() -> None:
    assert all(map(can_be_seen, "aZ9 .\u00e9\u0416\u6c49\U0001f995\u0301\u00a0"))


@pytest.mark.parametrize(
    "emoji", ["\U0001f469\u200d\U0001f467", "\u2764\ufe0f", "\u2764\ufe0f\u200d\U0001f525"]
)
def test_emoji_stay_whole(emoji: str) -> None:
    assert drop_unseen(emoji) == emoji


@pytest.mark.parametrize("joiner", ["\u200d", "\ufe0f", "\u200c", "\u034f"])
def test_joiners_do_not_hide_in_words(joiner: str) -> None:
    assert drop_unseen(f"a{joiner}b") == "ab"


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("come to discord.gg/dino now", "come to now"),
        ("see www.evil.example and", "see and"),
        ("go evil.example/path ok", "go ok"),
        ("at https://rose.example/a?b=c too", "at too"),
        ("disc\u200bord.gg/dino", ""),
        ("evil.com, they say", ", they say"),
        ("a rose.and a thorn, e.g. this; 3.5 miles, and/or p.m.", None),
    ],
)
def test_links_and_hosts_are_taken_out(typed: str, line: str | None) -> None:
    assert one_line(typed) == (typed if line is None else line)
