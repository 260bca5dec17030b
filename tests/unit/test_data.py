"""What comes with the program is whole and as the documents say."""

import json
import re
from pathlib import Path

import click
import pytest

import data
from bot.cli import main
from engine import ModelRegistry

ROOT = Path(__file__).parents[2]


CARDS = sorted(data.MODELS.glob("dino/*/card.json"))


@pytest.mark.parametrize("card", CARDS, ids=[card.parent.name for card in CARDS])
def test_a_shipped_model_is_whole_and_its_card_tells_how_it_is_made(
    card: Path, tmp_path: Path
) -> None:
    model = ModelRegistry(tmp_path, data.MODELS).load(card.parent.name)

    assert model.known >= {name.lower() for name in data.GENERA.read_text().split()}
    written = json.loads(card.read_text())
    assert written["command"] == "dinobard train dino --out data/models"
    assert written["corpus"]["licence"] == "MIT"
    assert written["scores"]["share_distinct"] >= 0.95


def test_the_readme_names_only_subcommands_that_exist() -> None:
    page = (ROOT / "README.md").read_text("utf-8")
    named = set(re.findall(r"`\.venv/bin/dinobard ([a-z-]+)", page))

    assert named == set(main.list_commands(click.Context(main)))


def test_the_documented_scores_are_those_of_the_card(tmp_path: Path) -> None:
    registry = ModelRegistry(tmp_path, data.MODELS)
    scores = registry.load().card.scores

    page = (ROOT / "docs/performance.md").read_text("utf-8")
    assert f"{scores['held_out_nats_per_character']:.3f} nats" in page
    assert f"{scores['share_distinct']:.1%}".replace("%", " %") in page
    assert f"{scores['share_new']:.1%}".replace("%", " %") in page
