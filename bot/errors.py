"""The one place that turns errors into replies."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from bot.replies import Reply
from engine import (
    CheckpointError,
    CorpusError,
    EngineBusyError,
    EngineClosedError,
    InvalidRequestError,
    ModelError,
    ModelInheritedError,
    ModelInUseError,
    NothingInventedError,
    NothingWrittenError,
    TrainingError,
)

log = logging.getLogger(__name__)


def _invalid(error: InvalidRequestError) -> str:
    return f"The {error.field} must be {error.allowed}."


def _nothing(error: NothingInventedError) -> str:
    where = " that begins like that" if error.prefix else ""
    return f"I could not think of a new name{where}. Other letters may do better."


def _nothing_written(_: NothingWrittenError) -> str:
    return "No verse came to my mind. Another first line may do better."


def _busy(error: EngineBusyError) -> str:
    return f"Too many ask at once. Please try again in {error.retry_after_seconds:.0f} seconds."


def _closed(_: EngineClosedError) -> str:
    return "I am about to restart. Please try again in a minute."


def _model(error: ModelError) -> str:
    log.error("%s", error)
    return "My model cannot be read. Whoever runs me finds the reason in the log."


REPLIES: Mapping[type[Exception], Callable[[Any], str]] = {
    InvalidRequestError: _invalid,
    NothingInventedError: _nothing,
    NothingWrittenError: _nothing_written,
    EngineBusyError: _busy,
    EngineClosedError: _closed,
    ModelInUseError: str,
    ModelInheritedError: str,
    ModelError: _model,
    TrainingError: str,
    CorpusError: str,
    CheckpointError: str,
}


def reply_to(error: Exception, example: str = "") -> Reply:
    """Turn an error into what its asker is told.

    What is not in the table is logged with its traceback under a reference number, and the reply
    holds that number alone.

    Args:
        error: what went wrong.
        example: what could be asked instead, as a sentence, where the wish was not understood.
    """
    for kind in type(error).__mro__:
        if kind in REPLIES:
            text = REPLIES[kind](error)
            is_misunderstood = isinstance(error, InvalidRequestError)
            return Reply(
                f"{text} {example}".rstrip() if is_misunderstood else text, is_refusal=True
            )
    reference = secrets.token_hex(4)
    log.error("Unexpected error, reference %s", reference, exc_info=error)
    return Reply(
        f"Something went wrong. Whoever runs me finds it in the log as {reference}.",
        is_refusal=True,
    )
