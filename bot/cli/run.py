"""`dinobard run` and `dinobard chat`."""

from __future__ import annotations

import os
import sys

import click

from bot import signals
from bot.cli.main import main, store_of
from bot.config import Config, load_config


@main.command()
def run() -> None:
    """Connect to Discord with the token in .env.

    Without a token the same commands are answered in the terminal, if there is one.
    """
    settings = load_config()
    if settings.token is None and not _has_terminal():
        raise click.ClickException(
            "No DISCORD_TOKEN is set in .env or in the environment. docs/operations.md shows how "
            "to get one; without one, `dinobard chat` answers what it reads."
        )
    if settings.token is None:
        click.echo(
            "No DISCORD_TOKEN is set, so here are the bot's commands in the terminal.\n"
            "To run it on Discord: create an application on https://discord.com/developers, "
            "copy its token (Bot, Reset Token) into a file .env as DISCORD_TOKEN=..., turn on "
            "Message Content Intent, and start again. README.md shows each step.",
            err=True,
        )
        signals.leave_signals_alone()
        _chat(settings)
        return
    import asyncio

    from bot.app import StartError, serve
    from bot.observability.logs import set_up_logging
    from bot.storage.database import DatabaseError
    from bot.storage.home import HomeInUseError, HomeUser, used_by

    set_up_logging(settings.log_level, settings.log_format)
    user = HomeUser("bot", os.getpid(), settings.shard_count, settings.shard_ids)
    try:
        with used_by(settings.home, user):
            asyncio.run(serve(settings, settings.token))
    except (StartError, DatabaseError, HomeInUseError) as error:
        raise click.ClickException(str(error)) from error
    signals.end()


def _has_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()  # pyright: ignore[reportUnnecessaryComparison] (closed)


@main.command()
def chat() -> None:
    """Answer the bot's commands in the terminal."""
    _chat(load_config())


def _chat(settings: Config) -> None:
    from bot.storage.database import DatabaseError
    from bot.storage.home import HomeInUseError, HomeUser, used_by
    from bot.terminal.chat import chat as converse
    from engine.jobs.spec import Limits

    try:
        limits = Limits(models_bytes=settings.models_bytes)
        with used_by(settings.home, HomeUser("terminal", os.getpid())):
            converse(store_of(settings), settings.database, settings.corpus, limits)
    except (DatabaseError, HomeInUseError) as error:
        raise click.ClickException(str(error)) from error
