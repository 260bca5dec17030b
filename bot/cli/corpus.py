"""`dinobard corpus`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click

import data
from bot.cli.main import main, with_progress
from bot.config import Config, load_config
from engine.corpora.downloads import Collection, fetch, read_manifest
from engine.corpora.text_file import read_text
from engine.corpora.verse import MAX_SIZE_BYTES


@dataclass(frozen=True, slots=True)
class CorpusFiles:
    """The files of a collection on this machine."""

    paths: tuple[Path, ...]
    licence: str
    sha256: str

    def texts(self) -> dict[str, str]:
        """Read them, by the names of the files without their endings."""
        return {path.stem: read_text(path, MAX_SIZE_BYTES).content for path in self.paths}


def shakespeare(settings: Config) -> CorpusFiles:
    """Find or download what the poem network learns from."""
    return _fetched(read_manifest(data.CORPORA)["shakespeare"], settings)


def learned_text(settings: Config, corpora: Sequence[Path], editions: Sequence[Path]) -> str:
    """Return the text that a poem network was trained on: the corpora, or Shakespeare's works.

    Further editions of the sonnets, given to the training, are included.
    """
    from engine.corpora.shakespeare import works_of
    from engine.corpora.verse import fold, is_foldable

    if corpora:
        whole = "\n\n".join(read_text(path, MAX_SIZE_BYTES).content for path in corpora)
        return fold(whole) if is_foldable(whole) else whole
    sonnets = {path.name: read_text(path, MAX_SIZE_BYTES).content for path in editions}
    works = works_of(shakespeare(settings).texts(), sonnets)
    return "\n\n".join((*works.plays, *works.poems, *works.sonnets, *works.validation))


@main.group()
def corpus() -> None:
    """List the texts that networks learn from, and download them."""


@corpus.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print a list of collections.")
def list_collections(as_json: bool) -> None:
    """List the collections of the manifest with source and licence."""
    collections = read_manifest(data.CORPORA).values()
    if as_json:
        click.echo(json.dumps([asdict(collection) for collection in collections], indent=2))
        return
    for collection in collections:
        size = sum(file.size_bytes for file in collection.files)
        click.echo(
            f"{collection.name}  {len(collection.files)} files, {size:,} bytes, "
            f"{collection.licence}\n  {collection.description}\n  {collection.url}"
        )


@corpus.command("fetch")
@click.argument("name")
def fetch_collection(name: str) -> None:
    """Download the collection NAME, check it, and print where each file is."""
    collections = read_manifest(data.CORPORA)
    if name not in collections:
        raise click.UsageError(f"There is no {name!r}; there is: {', '.join(collections)}.")
    for path in _fetched(collections[name], load_config()).paths:
        click.echo(path)


def _fetched(collection: Collection, settings: Config) -> CorpusFiles:
    files = fetch(collection, settings.home / "corpora", settings.corpus)
    paths = tuple(with_progress(files, len(collection.files), collection.name))
    return CorpusFiles(paths, collection.licence, collection.sha256)
