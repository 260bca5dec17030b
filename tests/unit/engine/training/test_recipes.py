"""Which start is fine-tuned on which text, and how much of a text is learned."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from engine.corpora.shakespeare import FIRST_HELD_OUT, SONNETS
from engine.corpora.text_file import Text
from engine.corpora.verse import SYMBOLS, alphabet_of, prepare, spell, spelled_share
from engine.models.poem_model import PoemModel
from engine.networks.vocabulary import Vocabulary
from engine.text.normalize import read_prompt
from engine.training.events import PartlyLearned, StageStarted, StartUnfit, VersionSaved
from engine.training.poem_trainer import Event, train_poem
from engine.training.recipes import PoemJob, RecipeOptions, shakespeare_job, text_job
from tests.verse import VERSE

LATIN = Vocabulary(SYMBOLS)
TINY: dict[str, Any] = {
    "embedding": 4,
    "units": 8,
    "passes": 0.1,
    "batch_size": 8,
    "window": 24,
    "evaluate_every": 1,
}
CYRILLIC_TEXT = VERSE.lower().translate(
    {ord(latin): ord("\u0430") + n for n, latin in enumerate("abcdefghijklmnopqrstuvwxyz")}
)
FEW = int(len(VERSE) * 0.005 / 0.995)
"""Symbols that added to so much verse are just less than 0.5 % of it."""


def text(content: str) -> Text:
    return Text("upload.txt", "0" * 64, content)


def job(folder: Path, content: str, start: PoemModel | None = None) -> PoemJob:
    return text_job(RecipeOptions(folder, "train", TINY, start), [text(content)], "CC0")


def trained(events: Sequence[Event]) -> PoemModel:
    assert isinstance(events[-1], VersionSaved)
    return events[-1].model


@pytest.mark.parametrize(
    ("known", "content"),
    [
        (alphabet_of(VERSE.lower()), "Shall I Compare Thee\n" * 40),
        (alphabet_of(CYRILLIC_TEXT), VERSE),
        (LATIN, CYRILLIC_TEXT),
        (LATIN, VERSE.replace("a", "ä")),
        (LATIN, VERSE + "7" * (FEW + 1)),
    ],
    ids=["capitals", "Latin text", "Cyrillic text", "accents", "digits"],
)
def test_a_start_that_cannot_spell_a_text_costs_it_no_letter(
    known: Vocabulary, content: str
) -> None:
    prepared = prepare([text(content)], known)

    assert not prepared.fits_start
    assert prepared.learned_share == 1
    assert "".join(prepared.pieces).split() == content.split()


@pytest.mark.parametrize(
    ("content", "share"),
    [
        (VERSE, 1.0),
        (VERSE.replace("'", "\u2019").replace(";", "\u2026").replace(" ", "\u00a0"), 1.0),
        (VERSE + "7" * FEW, 0.995),
        (VERSE + "é" * FEW, 0.995),
    ],
    ids=["plain", "print", "digits", "accents"],
)
def test_a_start_that_spells_a_text_is_fine_tuned_on_what_it_spells(
    content: str, share: float
) -> None:
    prepared = prepare([text(content)], LATIN)

    assert prepared.fits_start
    assert prepared.learned_share == prepared.known_share
    assert share <= prepared.learned_share < share + 0.0005
    assert set("".join(prepared.pieces)) <= set(SYMBOLS)


def test_rare_symbols_of_a_text_are_left_out_and_counted() -> None:
    prepared = prepare([text(f"{VERSE}\n%%\n")], None)

    assert "%" not in prepared.vocabulary.symbols
    assert prepared.learned_share == pytest.approx(1 - 2 / (len(VERSE) + 4), rel=1e-6)


@pytest.mark.parametrize(
    "line",
    ["“Été” — \u2039ça\u203a \u2013 “oui”…", "[Exit] Æther ½ ﬁsh", "Straße\u2010ball"],
)
@pytest.mark.parametrize("symbols", [SYMBOLS, (*SYMBOLS, '"', "[", "é"), tuple("\n abcdefist-'")])
def test_a_first_line_is_spelled_as_training_texts_are(line: str, symbols: tuple[str, ...]) -> None:
    vocabulary = Vocabulary(symbols)

    learned = " ".join(spell(line, vocabulary).split())
    assert read_prompt(line, vocabulary).strip().lower() == learned.lower()


def test_a_share_counts_letters_that_change() -> None:
    assert spelled_share("Café", Vocabulary(tuple("\nCafe"))) == 0.75
    assert spelled_share("", LATIN) == 1


@pytest.mark.slow
def test_a_training_says_why_it_learns_afresh_and_the_card_what_it_learned(tmp_path: Path) -> None:
    small = trained(list(train_poem(job(tmp_path, VERSE.lower()))))

    events = list(train_poem(job(tmp_path, f"{VERSE}\n%\n", small)))

    share = spelled_share(f"{VERSE}\n%\n", small.vocabulary)
    assert events[0] == StartUnfit(small.card.id, share)
    learned = events[1]
    assert isinstance(learned, PartlyLearned)
    assert 0.999 < learned.share < 1
    card = trained(events).card
    assert card.corpus["learned_share"] == learned.share
    assert "from" not in card.settings
    tuned = list(train_poem(job(tmp_path, VERSE.lower(), small)))
    assert isinstance(tuned[0], StageStarted)
    assert trained(tuned).card.corpus["learned_share"] == 1
    assert trained(tuned).card.settings["from"] == small.card.id


def _name(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in f"{number:03}")


def _works() -> dict[str, str]:
    """Return works in the layout of the Moby texts."""
    verse = (
        "".join(f"Line {_name(n * 14 + m)} it is{',' if n or m else '?'}\n" for m in range(14))
        for n in range(154)
    )
    play = "\tA PLAY\n\n\nACT I\n\n\n\nSCENE I\tA mill.\n\n\nTOM\tWe said the mice were here;\n"
    return {"sonnets": "\n".join(f"\tI.\n\n{s}" for s in verse), "play": play}


@pytest.mark.slow
@pytest.mark.parametrize("lost", ["all letters", "one mark"])
def test_the_usual_texts_are_learned_whatever_alphabet_was_learned_before(
    tmp_path: Path, lost: str
) -> None:
    known = CYRILLIC_TEXT if lost == "all letters" else _works()["sonnets"].replace("?", "%%%")
    first = trained(list(train_poem(job(tmp_path, known))))
    options = RecipeOptions(tmp_path, "train", TINY, first)

    usual = shakespeare_job(options, _works(), [], "public domain", "0" * 64)
    events = list(train_poem(usual))

    assert (usual.start is None) == (lost == "all letters")
    assert (events[0] == usual.unfit_start) == (lost == "all letters")
    assert [stage.name for stage in usual.stages][-1] == "fine-tuning"
    assert len(usual.held_out) == SONNETS - FIRST_HELD_OUT + 1
    assert trained(events).card.corpus["learned_share"] == usual.learned_share
    assert (usual.learned_share == 1) == (lost == "all letters")
    assert usual.learned_share >= 0.995
