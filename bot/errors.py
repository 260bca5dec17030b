"""The one place that turns errors into replies."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from bot.database import DatabaseError
from bot.replies import Reply
from bot.texts import Texts
from engine import (
    CheckpointError,
    CorpusError,
    EngineBusyError,
    EngineClosedError,
    EngineError,
    EngineLateError,
    InvalidRequestError,
    ModelError,
    ModelInheritedError,
    ModelInUseError,
    NothingInventedError,
    NothingWrittenError,
    TrainingError,
)

log = logging.getLogger(__name__)


def _invalid(error: InvalidRequestError, texts: Texts) -> str:
    return texts("invalid", field=error.field, allowed=error.allowed)


def _nothing(error: NothingInventedError, texts: Texts) -> str:
    return texts("nothing-invented-prefix" if error.prefix else "nothing-invented")


def _nothing_written(_: NothingWrittenError, texts: Texts) -> str:
    return texts("nothing-written")


def _busy(error: EngineBusyError | EngineLateError, texts: Texts) -> str:
    return texts("busy", seconds=round(error.retry_after_seconds))


def _closed(_: EngineClosedError, texts: Texts) -> str:
    return texts("closed")


def _model(error: ModelError, texts: Texts) -> str:
    log.error("%s", error)
    return texts("model-unreadable")


def _state(error: DatabaseError, texts: Texts) -> str:
    log.error("%s", error)
    return texts("state-unreadable")


def _as_it_says(error: EngineError, _: Texts) -> str:
    return str(error)


REPLIES: Mapping[type[Exception], Callable[[Any, Texts], str]] = {
    InvalidRequestError: _invalid,
    NothingInventedError: _nothing,
    NothingWrittenError: _nothing_written,
    EngineBusyError: _busy,
    EngineLateError: _busy,
    EngineClosedError: _closed,
    ModelInUseError: _as_it_says,
    ModelInheritedError: _as_it_says,
    ModelError: _model,
    DatabaseError: _state,
    TrainingError: _as_it_says,
    CorpusError: _as_it_says,
    CheckpointError: _as_it_says,
}


def reply_to(error: Exception, texts: Texts, example: str = "") -> Reply:
    """Turn an error into what its asker is told.

    What is not in the table is logged with its traceback under a reference number, and the reply
    holds that number alone.

    Args:
        error: what went wrong.
        texts: in the asker's language.
        example: the text that says what could be asked instead, where the wish was not understood.
    """
    for kind in type(error).__mro__:
        if kind in REPLIES:
            text = REPLIES[kind](error, texts)
            if example and isinstance(error, InvalidRequestError):
                text = f"{text} {texts(example)}"
            return Reply(text, is_refusal=True, is_private=True)
    reference = secrets.token_hex(4)
    log.error("Unexpected error, reference %s", reference, exc_info=error)
    text = texts("unexpected", reference=reference)
    return Reply(text, is_refusal=True, is_private=True)
