"""`dinobard train`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import data
from bot.cli.corpus import shakespeare
from bot.cli.main import FOLDER, READABLE, command_line, main
from bot.config import load_config
from engine.families import FamilyName
from engine.models.registry import ModelRegistry
from engine.models.version import ModelCard

if TYPE_CHECKING:
    from engine.models.poem_model import PoemModel


@main.group()
def train() -> None:
    """Train a network."""


@train.command("dino")
@click.option("--corpus", type=READABLE, default=data.GENERA, help="Names, one a line.")
@click.option("--licence", default="unknown", help="Of the corpus, for the model's card.")
@click.option("--exclude", type=READABLE, help="Names that must not be learned.")
@click.option("--out", type=FOLDER, help="Folder of models.")
@click.option("--from", "start", metavar="ID", help="Fine-tune this version.")
@click.option("--resume", is_flag=True, help="Go on with the training that was interrupted.")
@click.option("--restart", is_flag=True, help="Drop the training that was interrupted.")
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
    restart: bool,
    use: bool,
    **options: Any,
) -> None:
    """Train the names network and save it as a new version.

    Ctrl-C keeps the best so far, and --resume goes on from there.
    """
    from bot.terminal.progress_bar import watch
    from engine.corpora.names import read_names
    from engine.training.names_loop import NamesTrainConfig as TrainingSettings
    from engine.training.names_trainer import NamesJob, train_names

    settings = load_config()
    names = read_names(corpus)
    if exclude:
        names = names.without(frozenset(read_names(exclude).lines))
    given = {name: value for name, value in options.items() if value is not None}
    registry = ModelRegistry(out or settings.models, data.MODELS)
    _check_checkpoint(registry, "dino", resume=resume, restart=restart)
    job = NamesJob(
        corpus=names,
        licence="MIT" if corpus == data.GENERA else licence,
        known=frozenset(read_names(data.GENERA).names),
        settings=TrainingSettings(**given),
        folder=registry.folder_of("dino"),
        command=command_line(),
        start=registry.load(start) if start else None,
        resumes=resume,
    )
    card = watch(train_names(job))
    _finish(registry, card, f"{card.corpus['held_out']} names", use=use)


@train.command("poem")
@click.option(
    "--corpus",
    "corpora",
    type=READABLE,
    multiple=True,
    help="A UTF-8 text to learn in place of Shakespeare; may be given several times.",
)
@click.option("--licence", default="unknown", help="Of the corpus, for the model's card.")
@click.option(
    "--edition",
    "editions",
    type=READABLE,
    multiple=True,
    help="Another edition of all 154 sonnets, learned too; the last one is scored on.",
)
@click.option("--out", type=FOLDER, help="Folder of models.")
@click.option("--from", "start", metavar="ID", help="Fine-tune this version.")
@click.option("--fresh", is_flag=True, help="Learn the corpus from fresh weights.")
@click.option("--resume", is_flag=True, help="Go on with the training that was interrupted.")
@click.option("--restart", is_flag=True, help="Drop the training that was interrupted.")
@click.option("--use", is_flag=True, help="Serve the new version from now on.")
@click.option("--seed", type=click.IntRange(min=0, max=2**31 - 1), help="Of all random choices.")
@click.option("--units", type=click.IntRange(1, 2048), help="Of each of the two layers.")
@click.option("--passes", type=click.FloatRange(0, 10_000, min_open=True), help="Over the text.")
@click.option("--batch-size", type=click.IntRange(1, 1024), help="Pieces learned side by side.")
@click.option("--learning-rate", type=click.FloatRange(0, 1, min_open=True), help="Its peak.")
@click.option("--precision", type=click.Choice(["float32", "bfloat16"]), help="Of the products.")
def train_poem(
    corpora: tuple[Path, ...],
    licence: str,
    editions: tuple[Path, ...],
    out: Path | None,
    start: str | None,
    fresh: bool,
    resume: bool,
    restart: bool,
    use: bool,
    **options: Any,
) -> None:
    """Train the poem network and save it as a new version.

    Without a corpus: on Shakespeare's works, the plays first and then the sonnets 1 to 139. They
    are downloaded when they are needed for the first time, or taken from the folder that
    DINOBARD_CORPUS names.

    With a corpus: on that text alone, fine-tuning the version that is served where its alphabet
    allows. Ctrl-C keeps the best so far, and --resume goes on from there.
    """
    if corpora and editions:
        raise click.UsageError("--edition is for Shakespeare; it does not go with --corpus.")
    from bot.terminal.progress_bar import watch
    from engine.corpora.text_file import read_text
    from engine.corpora.verse import MAX_SIZE_BYTES
    from engine.training.poem_trainer import train_poem as events_of
    from engine.training.recipes import FASTER, RecipeOptions, shakespeare_job, text_job

    settings = load_config()
    registry = ModelRegistry(out or settings.models, data.MODELS)
    _check_checkpoint(registry, "poem", resume=resume, restart=restart)
    given = {name: value for name, value in options.items() if value is not None}
    recipe = RecipeOptions(
        folder=registry.folder_of("poem"),
        command=command_line(),
        options={"precision": FASTER} | given,
        start=_start(registry, start, is_own=bool(corpora) and not fresh),
        resumes=resume,
    )
    if corpora:
        job = text_job(recipe, [read_text(path, MAX_SIZE_BYTES) for path in corpora], licence)
    else:
        works = shakespeare(settings)
        sonnets = [read_text(path, MAX_SIZE_BYTES) for path in editions]
        job = shakespeare_job(recipe, works.texts(), sonnets, works.licence, works.sha256)
    card = watch(events_of(job))
    _finish(registry, card, f"{card.scores['held_out_characters']:,} characters", use=use)


def _check_checkpoint(
    registry: ModelRegistry, network: FamilyName, *, resume: bool, restart: bool
) -> None:
    """Refuse to resume what is not there, and to overwrite unasked what is."""
    from engine.training.trainer import checkpoint_in

    if resume and restart:
        raise click.UsageError("--resume and --restart exclude each other.")
    checkpoint = checkpoint_in(registry.folder_of(network))
    if resume and not checkpoint.exists():
        raise click.ClickException(
            f"There is no interrupted training at {checkpoint}. Start it without --resume."
        )
    if restart:
        checkpoint.unlink(missing_ok=True)
    elif not resume and checkpoint.exists():
        raise click.ClickException(
            f"An interrupted training is at {checkpoint}. Go on with --resume, or drop it with "
            "--restart."
        )


def _finish(registry: ModelRegistry, card: ModelCard, held_out: str, *, use: bool) -> None:
    score = card.scores["held_out_nats_per_character"]
    click.echo(f"Saved {card.id}, {score:.4f} nats per character on the {held_out} held out.")
    if "interrupted" in card.settings:
        click.echo("It is the best so far; the same command with --resume goes on.")
    if use:
        registry.activate(card.id)


def _start(registry: ModelRegistry, version: str | None, *, is_own: bool) -> PoemModel | None:
    """Return the version to fine-tune: the one named, or for a text of one's own the active one."""
    if version:
        return registry.load(version, "poem")
    return registry.load(network="poem") if is_own and registry.versions("poem") else None
