"""What is said where discord.py refuses a command before any action hears of it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import checks
from bot.client.checks import NotHereError
from bot.client.responses import Context, context_of
from bot.context import RequestContext
from bot.features.error_replies import reason_of as reason_in_table
from bot.features.error_replies import reply_to
from bot.observability import requests
from bot.replies import Reply
from bot.services import Services
from bot.storage.database import DatabaseError

# The nearest command is this near at least: "dnio" is near "dino", "dinosaur" is a word of its own.
_NEARNESS = 0.7
_LONGEST_WORD = 20

_Wrapping = (
    commands.CommandInvokeError,
    commands.HybridCommandError,
    app_commands.CommandInvokeError,
)


class MalformedCallError(app_commands.AppCommandError):
    """A slash command came with options that cannot be read."""


async def context_or_anonymous(
    services: Services, source: Context | discord.Interaction[Any]
) -> RequestContext:
    """Return who asks, or nobody in particular where the database cannot be read."""
    try:
        return await context_of(services, source)
    except DatabaseError:
        return RequestContext()


def cause_of(error: Exception) -> Exception:
    """Return what lies below the library's wrappings of an error."""
    while isinstance(error, _Wrapping):
        error = error.original
    return error


_CHANGED = (
    MalformedCallError,
    app_commands.CommandNotFound,
    app_commands.CommandSignatureMismatch,
)


def refusal_of(error: Exception, context: RequestContext, command: str) -> Reply:
    """Turn an error that no action has answered into what its asker is told.

    Args:
        error: without the library's wrappings.
        context: who is told.
        command: the full name of the command.
    """
    message = _message(error)
    if message is None:
        return reply_to(error, context.texts)
    requests.refused(message)
    if isinstance(error, NotHereError):
        return checks.refusal(error, context.texts)
    values = {"command": command} if message == "misunderstood" else {}
    return Reply(context.texts(message, **values), is_refusal=True, is_private=True)


def reason_of(error: Exception) -> str:
    """Return the name of the reason for a refusal; of an error without the library's wrappings."""
    return _message(error) or reason_in_table(error) or "unexpected"


def _message(error: Exception) -> str | None:
    """Return the text that says why discord.py refuses a command, if that is what it does."""
    if isinstance(error, NotHereError):
        return "not-here"
    if isinstance(error, commands.NoPrivateMessage | app_commands.NoPrivateMessage):
        return "only-on-servers"
    if isinstance(error, commands.UserInputError | app_commands.TransformerError):
        return "misunderstood"
    if isinstance(error, commands.CheckFailure | app_commands.CheckFailure):
        return "not-allowed"
    if isinstance(error, _CHANGED):
        return "command-changed"
    return None


def names_of(some: Iterable[commands.Command[Any, ..., Any]]) -> list[str]:
    """Return the names of commands, as they are typed after a prefix or the name of a group."""
    return [command.name for command in some]


def nearest(word: str, names: Iterable[str]) -> str | None:
    """Return the name of a command that a word was probably meant to be, if there is one.

    >>> nearest("PEOM", ["dino", "poem"])
    'poem'
    """
    # Where a message begins with "!!" or "!?" nothing was meant for a bot.
    if len(word) > _LONGEST_WORD or not word.isalpha():
        return None
    found = difflib.get_close_matches(word.lower(), list(names), n=1, cutoff=_NEARNESS)
    return found[0] if found else None
