"""The `dinobard` program: a function a subcommand.

Exit codes: 0 success, 1 a failure with one line on stderr, 2 wrong usage. What a subcommand needs
is imported inside it, so that names are printed without loading Discord's library.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import click
from threadpoolctl import threadpool_limits

import data
from bot.settings import Settings, SettingsError, load_settings
from engine.errors import EngineError, InvalidRequestError
from engine.store import Store

READABLE = click.Path(exists=True, dir_okay=False, path_type=Path)


class _Program(click.Group):
    """Turns errors of ours into exit codes."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except InvalidRequestError as error:
            raise click.UsageError(str(error), ctx) from error
        except (EngineError, SettingsError) as error:
            raise click.ClickException(str(error)) from error
        except OSError as error:
            if isinstance(error, BrokenPipeError):
                raise
            reason = (error.strerror or str(error)).lower()
            where = f"{error.filename}: " if error.filename else ""
            raise click.ClickException(f"{where}{reason}") from error


def _version() -> str:
    try:
        return version("dinobard")
    except PackageNotFoundError:
        return "from a checkout"


@click.group(cls=_Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(_version(), prog_name="dinobard")
def main() -> None:
    """Invent dinosaur names, here and on Discord."""
    # Threads only get into each other's way with matrices so small, more so on a busy machine.
    threadpool_limits(1, user_api="blas")


@main.command()
def run() -> None:
    """Connect to Discord with the token in .env.

    Without a token the same commands are answered in the terminal.
    """
    settings = load_settings()
    if settings.token is None:
        click.echo(
            "No DISCORD_TOKEN is set, so here are the bot's commands in the terminal.\n"
            "To run it on Discord: create an application on https://discord.com/developers, "
            "copy its token (Bot, Reset Token) into a file .env as DISCORD_TOKEN=..., turn on "
            "Message Content Intent, and start again. README.md shows each step.",
            err=True,
        )
        _chat(settings)
        return
    import asyncio

    from bot.app import StartError, serve
    from bot.telemetry import set_up_logging

    set_up_logging(settings.log_level)
    try:
        asyncio.run(serve(settings, settings.token))
    except StartError as error:
        raise click.ClickException(str(error)) from error


@main.command()
def chat() -> None:
    """Answer the bot's commands in the terminal."""
    _chat(load_settings())


def _chat(settings: Settings) -> None:
    from bot.console import chat as converse

    converse(_store(settings))


@main.command()
@click.option("-n", "--count", default=1, show_default=True, help="How many names.")
@click.option("--prefix", default="", help="Letters that each begins with.")
@click.option("--temperature", default=None, type=float, help="Lower is more usual.")
@click.option("--top-p", default=None, type=float, help="Share of the distribution drawn from.")
@click.option("--seed", default=None, type=int, help="The same seed gives the same names.")
@click.option("--model", default=None, metavar="ID", help="A version; the active one if left out.")
@click.option("--json", "as_json", is_flag=True, help="Print an object with seed and model.")
def dino(as_json: bool, model: str | None, **wish: Any) -> None:
    """Print invented dinosaur names, one a line."""
    from dataclasses import asdict

    from engine.requests import NameRequest
    from engine.service import answer

    request = NameRequest(**{name: value for name, value in wish.items() if value is not None})
    names = answer(_store(load_settings()).load(model), request)
    click.echo(json.dumps(asdict(names)) if as_json else "\n".join(names.names))


@main.group()
def train() -> None:
    """Train a network."""


@train.command("dino")
@click.option("--corpus", type=READABLE, default=data.GENERA, help="Names, one a line.")
@click.option("--licence", default="unknown", help="Of the corpus, for the model's card.")
@click.option("--exclude", type=READABLE, help="Names that must not be learned.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder of models.")
@click.option("--from", "start", metavar="ID", help="Fine-tune this version.")
@click.option("--resume", is_flag=True, help="Go on with the training that was interrupted.")
@click.option("--use", is_flag=True, help="Serve the new version from now on.")
@click.option("--seed", type=click.IntRange(min=0), help="Of all random choices.")
@click.option("--members", type=click.IntRange(1, 64), help="Networks in the ensemble.")
@click.option("--hidden-units", type=click.IntRange(1, 2048), help="Of each network.")
@click.option("--epochs", type=click.IntRange(1, 10_000), help="Passes over the names, at most.")
@click.option("--batch-size", type=click.IntRange(1, 4096), help="Names learned at a time.")
@click.option("--learning-rate", type=click.FloatRange(0, 1, min_open=True), help="Its peak.")
def train_dino(
    corpus: Path,
    licence: str,
    exclude: Path | None,
    out: Path | None,
    start: str | None,
    resume: bool,
    use: bool,
    **options: Any,
) -> None:
    """Train the names network and save it as a new version."""
    from bot.progress import watch
    from engine.corpus import read_names
    from engine.trainer import NamesJob, train_names
    from engine.training import Settings as TrainingSettings

    settings = load_settings()
    names = read_names(corpus)
    if exclude:
        names = names.without(frozenset(read_names(exclude).lines))
    given = {name: value for name, value in options.items() if value is not None}
    store = Store(out or settings.models, data.MODELS)
    job = NamesJob(
        corpus=names,
        licence="MIT" if corpus == data.GENERA else licence,
        known=frozenset(read_names(data.GENERA).names),
        settings=TrainingSettings(**given),
        folder=store.folder,
        command=_command_line(corpus),
        start=store.load(start) if start else None,
        resumes=resume,
    )
    model = watch(train_names(job))
    click.echo(
        f"Saved {model.card.id}, "
        f"{model.card.scores['held_out_nats_per_character']:.4f} nats per character on the "
        f"{model.card.corpus['held_out']} names held out."
    )
    if use:
        store.activate(model.card.id)


def _command_line(corpus: Path) -> str:
    """Return the command as it was typed, without the folders of this machine."""
    words = ["dinobard", *sys.argv[1:]]
    return " ".join(Path(word).name if Path(word).is_absolute() else word for word in words)


@main.command()
@click.argument("network", type=click.Choice(["dino"]))
@click.argument("file", type=READABLE)
@click.option("--model", default=None, metavar="ID", help="A version; the active one if left out.")
@click.option("--json", "as_json", is_flag=True, help="Print an object.")
def score(network: str, file: Path, model: str | None, as_json: bool) -> None:
    """Score a model on the names of FILE, in nats per character, closing newlines counted."""
    from engine.corpus import read_names
    from engine.scores import nats_per_character
    from engine.vocabulary import pad

    loaded = _store(load_settings()).load(model)
    names = pad(read_names(file).lines, loaded.vocabulary)
    nats, characters = nats_per_character(loaded.parameters, names), int(names.weights.sum())
    if as_json:
        result = {"nats_per_character": nats, "characters": characters, "model": loaded.card.id}
        click.echo(json.dumps(result))
    else:
        click.echo(f"{nats:.4f} nats per character over {characters:,} ({loaded.card.id})")


@main.command()
@click.argument("network", type=click.Choice(["dino"]))
@click.option("--model", default=None, metavar="ID", help="A version; the active one if left out.")
@click.option("--seed", default=1, show_default=True, help="Of the samples.")
@click.option("--json", "as_json", is_flag=True, help="Print an object.")
def evaluate(network: str, model: str | None, seed: int, as_json: bool) -> None:
    """Report the quality of 10,000 samples, before any filtering."""
    import numpy as np

    from engine.evaluation import evaluate_samples

    loaded = _store(load_settings()).load(model)
    measures = evaluate_samples(
        loaded.parameters, loaded.vocabulary, loaded.known, np.random.default_rng(seed)
    )
    if as_json:
        click.echo(json.dumps({**measures, "model": loaded.card.id}))
        return
    for name, value in measures.items():
        click.echo(f"{name.replace('_', ' '):24}{value:,.4g}")


@main.group(invoke_without_command=True)
@click.pass_context
def models(ctx: click.Context) -> None:
    """List the versions, choose one, go back."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_models)


@models.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print a list of cards.")
def list_models(as_json: bool = False) -> None:
    """List the versions with their scores; * marks the one that is served."""
    from dataclasses import asdict

    store = _store(load_settings())
    active = store.active()
    if as_json:
        cards = [asdict(card) | {"active": card.id == active} for card in store.versions()]
        click.echo(json.dumps(cards, indent=2))
        return
    for card in store.versions():
        mark = "*" if card.id == active else " "
        nats = card.scores["held_out_nats_per_character"]
        click.echo(f"{mark} {card.id}  {nats:.4f} nats per character  {card.corpus['source']}")


@models.command()
@click.argument("version_id", metavar="ID")
def use(version_id: str) -> None:
    """Serve a version from now on."""
    _store(load_settings()).activate(version_id)
    click.echo(f"{version_id} is served from the next start on.")


@models.command()
def rollback() -> None:
    """Serve the version that was served before."""
    click.echo(f"{_store(load_settings()).roll_back()} is served from the next start on.")


@main.command("replay-article")
@click.option("--names", type=READABLE, default=data.GENERA, help="Names, one a line.")
@click.option("--iterations", type=click.IntRange(1), help="How many; 35,000 if left out.")
def replay_article(names: Path, iterations: int | None) -> None:
    """Train as the article does, 35,000 iterations, and print its transcript."""
    from engine import article
    from engine.corpus import read_names

    lines = read_names(names).lines
    for report in article.replay(lines, iterations or article.ITERATIONS):
        click.echo(str(report))


def _store(settings: Settings) -> Store:
    return Store(settings.models, data.MODELS)
