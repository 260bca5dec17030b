"""`dinobard backup` and `dinobard restore`."""

from __future__ import annotations

import io
import os
import sys
import tempfile
from pathlib import Path
from typing import BinaryIO, TextIO, cast

import click

from bot.cli.main import main, store_of
from bot.config import Config, load_config
from engine.files import flush_folder

_STREAM = "-"
_FILE = click.argument("file", metavar="FILE", type=click.Path(dir_okay=False, allow_dash=True))


@main.command()
@_FILE
def backup(file: str) -> None:
    """Save database and models to FILE, while the bot runs; - writes to standard output.

    The archive has no trainings that are running, and no downloaded texts. A version of a model
    that is damaged is named and left out.
    """
    from bot.storage.archive import BackupError

    settings = load_config()
    try:
        if file == _STREAM:
            _back_up(settings, sys.stdout.buffer, settings.home)
            sys.stdout.buffer.flush()
        else:
            _replace(settings, Path(file))
    except BackupError as error:
        raise click.ClickException(str(error)) from error


def _replace(settings: Config, path: Path) -> None:
    """Write the archive to a file aside, readable to its owner alone, and rename it."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as archive:
            _back_up(settings, archive, path.parent)
            archive.flush()
            os.fsync(archive.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    flush_folder(path.parent)


def _back_up(settings: Config, archive: BinaryIO, scratch: Path) -> None:
    from bot.storage.backup import back_up

    summary = back_up(settings.home, store_of(settings), archive, scratch)
    for problem in summary.left_out:
        click.echo(f"Left out: {problem}", err=True)
    database = "the database" if summary.has_database else "no database"
    click.echo(
        f"Saved {database} and {summary.versions} versions, {summary.size_bytes:,} bytes.", err=True
    )


@main.command()
@_FILE
def restore(file: str) -> None:
    """Replace database and models by those in FILE; - reads from standard input.

    The bot must be stopped. The archive is checked first; until everything is in place, what was
    there is kept.
    """
    from bot.storage.archive import BackupError
    from bot.storage.backup import restore as put_back
    from bot.storage.home import HomeInUseError

    home = load_config().home
    standard_input = cast("TextIO | None", sys.stdin)
    try:
        if file == _STREAM:
            count = put_back(home, standard_input.buffer if standard_input else io.BytesIO())
        else:
            with Path(file).open("rb") as archive:
                count = put_back(home, archive)
    except (BackupError, HomeInUseError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Restored {count} files to {home}.", err=True)
