"""`dinobard dino` and `dinobard poem`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

import click

from bot.cli.main import main, store_of
from bot.config import load_config

_Command = TypeVar("_Command", bound=Callable[..., None])


def _model_options(command: _Command) -> _Command:
    for option in (
        click.option(
            "--json", "as_json", is_flag=True, help="Print an object with seed and model."
        ),
        click.option("--indecent", is_flag=True, help="Leave indecent words in."),
        click.option("--server", "guild", type=int, metavar="ID", help="Of this Discord server."),
        click.option("--model", metavar="ID", help="A version; the active one if left out."),
    ):
        command = option(command)
    return command


@main.command()
@click.option("-n", "--count", default=1, show_default=True, help="How many names.")
@click.option("--prefix", default="", help="Letters that each begins with.")
@click.option("--temperature", default=None, type=float, help="Lower is more usual.")
@click.option("--top-p", default=None, type=float, help="Share of the distribution sampled from.")
@click.option("--seed", default=None, type=int, help="The same seed gives the same names.")
@_model_options
def dino(
    as_json: bool, indecent: bool, guild: int | None, model: str | None, **options: Any
) -> None:
    """Print invented dinosaur names, one a line."""
    from dataclasses import asdict

    from engine.requests import NameRequest
    from engine.serving.local_backend import generate_names

    given = {name: value for name, value in options.items() if value is not None}
    request = NameRequest(**given, decent=not indecent)
    names = generate_names(store_of(load_config()).of_guild(guild).load(model), request)
    click.echo(json.dumps(asdict(names)) if as_json else "\n".join(names.names))


@main.command()
@click.argument("text", nargs=-1)
@click.option("--length", default=None, type=int, help="Characters that follow, at most.")
@click.option("--temperature", default=None, type=float, help="Lower is more usual.")
@click.option("--top-p", default=None, type=float, help="Share of the distribution sampled from.")
@click.option("--top-k", default=None, type=int, help="The most symbols that are sampled from.")
@click.option("--candidates", default=None, type=int, help="Of which the best is printed.")
@click.option("--seed", default=None, type=int, help="The same seed gives the same poem.")
@_model_options
def poem(
    text: tuple[str, ...],
    as_json: bool,
    indecent: bool,
    guild: int | None,
    model: str | None,
    **options: Any,
) -> None:
    """Continue TEXT, a first line, into a poem; without it, write one from scratch."""
    from dataclasses import asdict

    from engine.requests import PoemRequest
    from engine.serving.local_backend import read_poem_generator

    given = {name: value for name, value in options.items() if value is not None}
    request = PoemRequest(prompt=" ".join(text), **given, decent=not indecent)
    written = read_poem_generator(store_of(load_config()).of_guild(guild), model).poem(request)
    click.echo(json.dumps(asdict(written)) if as_json else written.text)
