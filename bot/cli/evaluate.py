"""`dinobard score` and `dinobard evaluate`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.corpus import learned_text
from bot.cli.main import READABLE, main, store_of, with_progress
from bot.config import load_config
from engine.families import FAMILIES, FamilyName, family
from engine.requests import MAX_CANDIDATES

if TYPE_CHECKING:
    from engine.models.names_model import NamesModel
    from engine.models.poem_model import PoemModel


@main.command()
@click.argument("network", type=click.Choice(list(FAMILIES)))
@click.argument("file", type=READABLE)
@click.option("--model", default=None, metavar="ID", help="A version; the active one if left out.")
@click.option("--json", "as_json", is_flag=True, help="Print an object.")
def score(network: FamilyName, file: Path, model: str | None, as_json: bool) -> None:
    """Score a model on FILE, in nats per character.

    Names: one a line, closing newlines counted. Verse: each block between empty lines by itself,
    from a state of zeros that has been fed an empty line; every character of it counts, with the
    newline of each of its lines.
    """
    registry = store_of(load_config())
    scored = _scored_verse if family(network).answers == "poem" else _scored_names
    mean, characters, version = scored(registry.load(model, network), file)
    if as_json:
        result = {"nats_per_character": mean, "characters": characters, "model": version}
        click.echo(json.dumps(result))
    else:
        click.echo(f"{mean:.4f} nats per character over {characters:,} ({version})")


def _scored_names(loaded: NamesModel, file: Path) -> tuple[float, int, str]:
    from engine.corpora.names import read_names
    from engine.evaluation.metrics import nats_per_character
    from engine.networks.vocabulary import pad

    names = pad(read_names(file).lines, loaded.vocabulary)
    mean = nats_per_character(loaded.parameters, names)
    return mean, int(names.weights.sum()), loaded.card.id


def _scored_verse(loaded: PoemModel, file: Path) -> tuple[float, int, str]:
    from engine.corpora.text_file import read_text
    from engine.corpora.verse import MAX_SIZE_BYTES, spelled, stanzas
    from engine.errors import NotTextError
    from engine.evaluation.metrics import nats_of_verse
    from engine.networks.lstm import logits_of

    text = read_text(file, MAX_SIZE_BYTES)
    blocks = stanzas(spelled(text, loaded.vocabulary))
    if not blocks:
        raise NotTextError(file.name, "it has no lines", "lines")
    nats = nats_of_verse(logits_of(loaded.network), blocks, loaded.vocabulary)
    return nats.mean, nats.characters, loaded.card.id


@main.group()
def evaluate() -> None:
    """Report the quality of what a model makes."""


@evaluate.command("dino")
@click.option("--model", default=None, metavar="ID", help="A version; the active one if left out.")
@click.option("--seed", default=1, show_default=True, help="Of the samples.")
@click.option("--json", "as_json", is_flag=True, help="Print an object.")
def evaluate_dino(model: str | None, seed: int, as_json: bool) -> None:
    """Describe 10,000 samples of the names network, before any filtering."""
    import numpy as np

    from engine.evaluation.names_report import evaluate_samples

    loaded: NamesModel = store_of(load_config()).load(model)
    measures = evaluate_samples(
        loaded.parameters, loaded.vocabulary, loaded.known, np.random.default_rng(seed)
    )
    _print(measures, loaded.card.id, as_json=as_json)


@evaluate.command("poem")
@click.option(
    "--corpus",
    "corpora",
    type=READABLE,
    multiple=True,
    help="What the model has learned, if it is not Shakespeare; may be given several times.",
)
@click.option("--edition", "editions", type=READABLE, multiple=True, help="As it was in training.")
@click.option("--model", default=None, metavar="ID", help="A version; the active one if left out.")
@click.option(
    "--candidates",
    type=click.IntRange(1, MAX_CANDIDATES),
    default=MAX_CANDIDATES,
    show_default=True,
    help="Of which the best is kept; the bot, with much to do, writes but one.",
)
@click.option("--seed", default=1, show_default=True, help="Of the first poem; the next adds one.")
@click.option("--json", "as_json", is_flag=True, help="Print an object.")
def evaluate_poem(
    corpora: tuple[Path, ...],
    editions: tuple[Path, ...],
    model: str | None,
    candidates: int,
    seed: int,
    as_json: bool,
) -> None:
    """Describe 200 poems from varied first lines, with the default options.

    What they share with Shakespeare's works, or with the corpus, is looked for in those.
    """
    from engine.evaluation.reports import evaluate_poems, requests, write_all
    from engine.serving.local_backend import read_poem_generator

    settings = load_config()
    learned = learned_text(settings, corpora, editions)
    generator = read_poem_generator(store_of(settings), model)
    poem_requests = requests(seed, candidates=candidates)
    written = write_all(generator, poem_requests)
    poems = list(with_progress(written, len(poem_requests), "poems"))
    _print(evaluate_poems(poems, generator.words, learned), generator.id, as_json=as_json)


def _print(measures: Mapping[str, float], model: str, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({**measures, "model": model}))
        return
    for name, value in measures.items():
        click.echo(f"{name.replace('_', ' '):36}{value:,.4g}")
