"""Replies to errors of discord.py: a command refused before a feature has run."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.client import channel_permissions, checks
from bot.client.channel_permissions import MissingPermissionError
from bot.client.checks import ForeignGuildError, NotHereError
from bot.context import RequestContext
from bot.features.error_replies import reason_of as reason_in_table
from bot.features.error_replies import reply_to
from bot.observability import requests
from bot.replies import Reply


class MalformedCallError(app_commands.AppCommandError):
    """A slash command came with options that cannot be read."""


_Wrapping = (
    commands.CommandInvokeError,
    commands.HybridCommandError,
    app_commands.CommandInvokeError,
)

_MESSAGES: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    ((NotHereError,), "not-here"),
    ((MissingPermissionError,), "missing-permission"),
    ((ForeignGuildError,), "not-a-member"),
    ((commands.NoPrivateMessage, app_commands.NoPrivateMessage), "only-on-servers"),
    ((commands.UserInputError, app_commands.TransformerError), "misunderstood"),
    ((commands.CheckFailure, app_commands.CheckFailure), "not-allowed"),
    (
        (
            MalformedCallError,
            app_commands.CommandNotFound,
            app_commands.CommandSignatureMismatch,
        ),
        "command-changed",
    ),
)
"""The text for each kind of error; the first that fits."""


def cause_of(error: Exception) -> Exception:
    """Return an error without the library's wrappings."""
    while isinstance(error, _Wrapping):
        error = error.original
    return error


def refusal_of(error: Exception, context: RequestContext, command: str) -> Reply:
    """Turn an error into a reply."""
    message = _message(error)
    if message is None:
        return reply_to(error, context.texts)
    requests.refused(message)
    if isinstance(error, NotHereError):
        return checks.refusal(error, context.texts)
    if isinstance(error, ForeignGuildError):
        return checks.foreign_refusal(error, context.texts)
    if isinstance(error, MissingPermissionError):
        return channel_permissions.refusal(error, context.texts)
    values = {"command": command} if message == "misunderstood" else {}
    return Reply(context.texts(message, **values), is_refusal=True, is_private=True)


def reason_of(error: Exception) -> str:
    """Return the name of the reason for a refusal, for the log and the metrics."""
    return _message(error) or reason_in_table(error) or "unexpected"


def _message(error: Exception) -> str | None:
    return next((message for kinds, message in _MESSAGES if isinstance(error, kinds)), None)
