"""The program itself, and what several subcommands need."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import click
from threadpoolctl import threadpool_limits

import data
from bot import program_version
from bot.config import Config, ConfigError
from engine.errors import EngineError, InvalidRequestError
from engine.models.registry import ModelRegistry

READABLE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)

_Item = TypeVar("_Item")


class _Program(click.Group):
    """Convert our errors to exit codes."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except InvalidRequestError as error:
            raise click.UsageError(str(error), ctx) from error
        except (EngineError, ConfigError) as error:
            raise click.ClickException(str(error)) from error
        except OSError as error:
            if isinstance(error, BrokenPipeError):
                raise
            reason = (error.strerror or str(error)).lower()
            where = f"{error.filename}: " if error.filename else ""
            raise click.ClickException(f"{where}{reason}") from error


@click.group(cls=_Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(program_version(), prog_name="dinobard")
def main() -> None:
    """Invent dinosaur names and write poems, here and on Discord."""
    # Threads only get into each other's way with matrices so small, more so on a busy machine.
    threadpool_limits(1, user_api="blas")


def store_of(settings: Config) -> ModelRegistry:
    """Return the versions that these settings give access to."""
    return ModelRegistry(settings.models, data.MODELS)


def with_progress(items: Iterable[_Item], length: int, label: str) -> Iterator[_Item]:
    """Yield items, with a progress bar on stderr if that is a terminal."""
    is_hidden = not sys.stderr.isatty()
    with click.progressbar(items, length, label, file=sys.stderr, hidden=is_hidden) as bar:
        yield from bar


def command_line() -> str:
    """Return the command that does the same anew, without the folders of this machine."""
    words = ["dinobard", *(word for word in sys.argv[1:] if word not in {"--resume", "--restart"})]
    return " ".join(Path(word).name if Path(word).is_absolute() else word for word in words)
