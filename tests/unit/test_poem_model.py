"""The poem model that comes with the program."""

import os
from pathlib import Path

import pytest

import data
from engine.corpora.shakespeare import FIRST_HELD_OUT, sonnets
from engine.corpora.text_file import read_text
from engine.corpora.verse import MAX_SIZE_BYTES
from engine.evaluation.metrics import nats_of_verse
from engine.models.poem_model import PoemModel
from engine.models.registry import ModelRegistry
from engine.networks.lstm import logits_of

SHARED = Path(os.environ.get("DINOBARD_ARTICLE", Path(__file__).parents[3] / "shared"))
SONNETS = SHARED / "corpora/article/sonnets.txt"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> PoemModel:
    return ModelRegistry(tmp_path_factory.mktemp("own"), data.MODELS).load(network="poem")


def test_it_is_small_enough_to_be_shipped(model: PoemModel) -> None:
    files = (data.MODELS / "poem" / model.card.id).iterdir()

    assert sum(file.stat().st_size for file in files) <= 16 * 10**6


def test_its_card_says_how_it_is_made_and_how_good_it_is(model: PoemModel) -> None:
    assert model.card.command.startswith("dinobard train poem")
    assert model.card.corpus["licence"] == "public domain"
    assert model.card.corpus["held_out"] == "sonnets 140 to 154"
    assert model.card.scores["held_out_nats_per_character"] <= 1.35


@pytest.mark.skipif(not SONNETS.exists(), reason="the article's sonnets are not here")
def test_its_score_is_that_of_its_card(model: PoemModel) -> None:
    text = read_text(SONNETS, MAX_SIZE_BYTES)
    held_out = sonnets(text.content, text.source, as_printed=True)[FIRST_HELD_OUT - 1 :]

    nats = nats_of_verse(logits_of(model.network), held_out, model.vocabulary)

    assert nats.characters == model.card.scores["held_out_characters"]
    assert nats.mean == pytest.approx(model.card.scores["held_out_nats_per_character"], abs=1e-4)
