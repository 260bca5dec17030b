"""`dinobard score` and `dinobard evaluate`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.corpora import shakespeare
from bot.cli.program import READABLE, main, store_of
from bot.settings import Settings, load_settings
from engine.store import NETWORKS, Network, Store

if TYPE_CHECKING:
    from engine.scores import Nats


@main.command()
@click.argument("network", type=click.Choice(NETWORKS))
@click.argument("file", type=READABLE)
@click.option("--model", default=None, metavar="ID", help="A version; the active one if left out.")
@click.option("--json", "as_json", is_flag=True, help="Print an object.")
def score(network: Network, file: Path, model: str | None, as_json: bool) -> None:
    """Score a model on FILE, in nats per character.

    Names: one a line, closing newlines counted. Verse: each block between empty lines by itself,
    from a state of zeros that has been fed an empty line; every character of it counts, with the
    newline of each of its lines.
    """
    store = store_of(load_settings())
    nats, version = (
        _scored_verse(store, file, model)
        if network == "poem"
        else _scored_names(store, file, model)
    )
    if as_json:
        result = {
            "nats_per_character": nats.mean,
            "characters": nats.characters,
            "model": version,
        }
        click.echo(json.dumps(result))
    else:
        click.echo(f"{nats.mean:.4f} nats per character over {nats.characters:,} ({version})")


def _scored_names(store: Store, file: Path, model: str | None) -> tuple[Nats, str]:
    from engine.corpus import read_names
    from engine.scores import Nats, nats_per_character
    from engine.vocabulary import pad

    loaded = store.load(model)
    names = pad(read_names(file).lines, loaded.vocabulary)
    characters = int(names.weights.sum())
    mean = nats_per_character(loaded.parameters, names)
    return Nats(mean * characters, characters), loaded.card.id


def _scored_verse(store: Store, file: Path, model: str | None) -> tuple[Nats, str]:
    from engine.corpus import read_text
    from engine.errors import NotTextError
    from engine.lstm import logits_of
    from engine.scores import nats_of_verse
    from engine.verse_corpus import MAX_SIZE_BYTES, spelled, stanzas

    text = read_text(file, MAX_SIZE_BYTES)
    loaded = store.load_poem(model)
    blocks = stanzas(spelled(text, loaded.vocabulary))
    if not blocks:
        raise NotTextError(file.name, "it has no lines")
    return nats_of_verse(logits_of(loaded.network), blocks, loaded.vocabulary), loaded.card.id


@main.command()
@click.argument("network", type=click.Choice(NETWORKS))
@click.option("--model", default=None, metavar="ID", help="A version; the active one if left out.")
@click.option("--seed", default=1, show_default=True, help="Of the samples.")
@click.option(
    "--corpus",
    "corpora",
    type=READABLE,
    multiple=True,
    help="A text that a poem model has learned from, in place of Shakespeare's works.",
)
@click.option("--json", "as_json", is_flag=True, help="Print an object.")
def evaluate(
    network: Network, model: str | None, seed: int, corpora: tuple[Path, ...], as_json: bool
) -> None:
    """Report the quality of a model.

    Names: of 10,000 samples, before any filtering. Poems: of 200 as they are shown, from varied
    first lines.
    """
    settings = load_settings()
    if network == "poem":
        version, measures = _measured_poems(settings, model, seed, corpora)
    else:
        version, measures = _measured_names(store_of(settings), model, seed)
    if as_json:
        click.echo(json.dumps({**measures, "model": version}))
        return
    for name, value in measures.items():
        click.echo(f"{name.replace('_', ' '):36}{value:,.4g}")


def _measured_names(store: Store, model: str | None, seed: int) -> tuple[str, dict[str, float]]:
    import numpy as np

    from engine.evaluation import evaluate_samples

    loaded = store.load(model)
    rng = np.random.default_rng(seed)
    measures = evaluate_samples(loaded.parameters, loaded.vocabulary, loaded.known, rng)
    return loaded.card.id, measures


def _measured_poems(
    settings: Settings, model: str | None, seed: int, corpora: tuple[Path, ...]
) -> tuple[str, dict[str, float]]:
    from engine.poem_evaluation import evaluate_poems, requests, write_all
    from engine.service import read_poet

    learned = _learned(settings, corpora)
    poet = read_poet(store_of(settings), model)
    with click.progressbar(
        write_all(poet, wishes := requests(seed)),
        length=len(wishes),
        label="poems",
        file=sys.stderr,
    ) as bar:
        poems = list(bar)
    return poet.id, evaluate_poems(poems, poet.words, learned)


def _learned(settings: Settings, corpora: tuple[Path, ...]) -> str:
    """Return what a poem model has learned from, as it was cleaned and as it is printed."""
    from engine.corpus import read_text
    from engine.shakespeare import works_of
    from engine.verse_corpus import MAX_SIZE_BYTES, fold

    texts = [read_text(path, MAX_SIZE_BYTES) for path in corpora]
    printed = [fold(text.content) for text in texts]
    if corpora:
        return "\n".join(printed)
    files = {p.stem: read_text(p, MAX_SIZE_BYTES).content for p in shakespeare(settings).paths}
    works = works_of(files, {})
    return "\n".join(works.plays + works.poems + works.sonnets + works.validation)
