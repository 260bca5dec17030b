"""`dinobard corpus`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import click

import data
from bot.cli.program import main
from bot.settings import Settings, load_settings
from engine.manifest import Collection, fetch, read_manifest


@dataclass(frozen=True, slots=True)
class Works:
    """The files of a collection on this machine.

    Attributes:
        paths: in the order of the manifest.
        licence: of all.
        sha256: of all.
    """

    paths: tuple[Path, ...]
    licence: str
    sha256: str


def shakespeare(settings: Settings) -> Works:
    """Find or download what the poem network learns from.

    Raises:
        CorpusError: a file is missing, or not what it should be.
    """
    return _fetched(read_manifest(data.CORPORA)["shakespeare"], settings)


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
    for path in _fetched(collections[name], load_settings()).paths:
        click.echo(path)


def _fetched(collection: Collection, settings: Settings) -> Works:
    files = fetch(collection, settings.home / "corpora", settings.corpus)
    with click.progressbar(
        files, length=len(collection.files), label=collection.name, file=sys.stderr
    ) as bar:
        paths = tuple(bar)
    return Works(paths, collection.licence, collection.sha256)
