"""Plays and poems of our own in the layout of the Moby texts."""

import pytest

from engine.corpora.shakespeare import poem_stanzas, scenes, sonnets, spell_out, works_of
from engine.errors import NotTextError

PLAY = """\tTHE MILLER'S CAT


\tDRAMATIS PERSONAE

TOM\ta cat.

MEG\ta miller.


ACT I



SCENE I\tA mill. Sacks
\tby the wall.


\t[Enter TOM, and MEG
\twith a sack]

TOM\tThe mice have call'd a council of the floor;
\tI heard them [Yawns]  through the door.

MEG\t|
\t|  And what said they?
TOM\t|

\tTHE MILLER'S CAT


ACT II



SCENE I\tThe yard.

First Mouse\tWe said--
"""


def _sonnet(number: int) -> str:
    return "".join(f"Line {_name(line)} of the song of {_name(number)},\n" for line in range(1, 15))


def _name(number: int) -> str:
    """Return a name of letters alone, another for each number."""
    return "".join(chr(ord("a") + int(digit)) for digit in f"{number:03}")


def _edition(count: int = 154) -> str:
    songs = "\n".join(f"{'C' * (n % 4 + 1)}.\n\n{_sonnet(n)}" for n in range(1, count + 1))
    return f"\tSONNETS\n\nTO THE ONLY\nREADER\n\n{songs}\n\n  THE END"


def test_of_a_play_only_what_is_spoken_is_kept() -> None:
    first, second = scenes(PLAY)

    assert first == (
        "The mice have call'd a council of the floor;\n"
        "I heard them through the door.\n"
        "\n"
        "And what said they?\n"
    )
    assert second == "We said--\n"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("stopp'd", "stopped"),
        ("Call'd", "Called"),
        ("o'er-charg'd", "o'er-charged"),
        ("agree'd", "agreed"),
        ("she'd", "she'd"),
        ("I'd", "I'd"),
        ("call'dst", "call'dst"),
        ("'d", "'d"),
    ],
)
def test_unpronounced_endings_are_spelled_out(given: str, expected: str) -> None:
    assert spell_out(given) == expected


def test_a_poem_loses_headings_indentation_and_first_capitals() -> None:
    text = "\tA POEM\n\nTO THE READER\n\nFROM off a hill\n  I saw\n\nII.\n\nO day,\n"

    assert poem_stanzas(text) == ["From off a hill\nI saw\n", "O day,\n"]


def test_sonnets_come_in_their_order_without_headings() -> None:
    found = sonnets(_edition(), "own")

    assert found == [_sonnet(n) for n in range(1, 155)]


def test_an_edition_that_is_not_whole_is_refused() -> None:
    with pytest.raises(NotTextError, match="own cannot be used: it has 153 sonnets"):
        sonnets(_edition(153), "own")


def test_as_printed_keeps_spaces_at_the_ends_of_lines() -> None:
    text = _edition().replace("Line", "Line  ").replace(",\n", ",  \n")

    assert sonnets(text, "own", as_printed=True)[0].splitlines()[0].endswith(",  ")


def test_held_out_sonnets_are_in_nothing_that_is_learned() -> None:
    texts = {"play": PLAY, "sonnets": _edition(), "various": "Song of bea\n" * 20}

    works = works_of(texts, {"other": _edition()})

    learned = "".join(works.plays + works.poems + works.sonnets + works.validation)
    for number in range(140, 155):
        assert f"of {_name(number)}," not in learned
    assert len(works.held_out) == 15
    assert all(f"of {_name(n)}," in works.held_out[n - 140] for n in range(140, 155))


def test_every_other_sonnet_is_learned_in_each_edition_or_validates() -> None:
    works = works_of({"sonnets": _edition()}, {"other": _edition()})

    for number in range(1, 140):
        name = f"of {_name(number)},"
        learned = sum(name in piece for piece in works.sonnets)
        validates = sum(name in piece for piece in works.validation)
        assert (learned, validates) in {(2, 0), (0, 1)}
    assert len(works.validation) == 14


def test_files_that_leak_are_left_out() -> None:
    works = works_of({"sonnets": _edition(), "various": PLAY, "play": PLAY}, {})

    assert works.plays == tuple(map(spell_out, scenes(PLAY)))
    assert works.poems == ()
