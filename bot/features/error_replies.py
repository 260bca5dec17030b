"""Turns errors into replies; nothing else does."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.context import RequestContext
from bot.cooldowns import MAX_CONCURRENT, MAX_CONCURRENT_PRESSES
from bot.exceptions import (
    CoolingDownError,
    InvalidSettingError,
    NotManagerError,
    TooManyPressesError,
    TooManyRequestsError,
    UnknownSettingError,
)
from bot.features.buttons import ButtonError
from bot.features.options import MAX_NAMES
from bot.features.permissions import TrainingRefusedError
from bot.features.setting_types import LIMITS, SETTINGS
from bot.i18n.texts import Texts, Value
from bot.observability import logs, metrics, requests
from bot.replies import Reply
from bot.storage.database import DatabaseError
from engine import errors
from engine.jobs.spec import MAX_PASSES, Limits
from engine.requests import (
    MAX_LENGTH,
    MAX_PREFIX_LETTERS,
    MAX_SEED,
    MAX_TEMPERATURE,
    MIN_LENGTH,
    MIN_TEMPERATURE,
)
from engine.text.normalize import MAX_PROMPT

log = logging.getLogger(__name__)

Say = Callable[[Any, Texts], str]

INVALID: Mapping[str, tuple[str, Mapping[str, Value]]] = {
    "number of names": ("invalid-number-of-names", {"least": 1, "most": MAX_NAMES}),
    "beginning of a name": ("invalid-beginning", {"most": MAX_PREFIX_LETTERS}),
    "request": ("invalid-request", {}),
    "training request": ("invalid-training", {}),
    "first line": ("invalid-first-line", {"most": MAX_PROMPT}),
    "temperature": (
        "invalid-temperature",
        {"least": f"{MIN_TEMPERATURE:g}", "most": f"{MAX_TEMPERATURE:g}"},
    ),
    "length": ("invalid-length", {"least": MIN_LENGTH, "most": MAX_LENGTH}),
    "seed": ("invalid-seed", {"most": f"{MAX_SEED}"}),
    "number of minutes": ("invalid-minutes", {"most": f"{Limits().minutes:g}"}),
    "number of passes": ("invalid-passes", {"least": 1, "most": MAX_PASSES}),
}
"""What a part of a request may be, by the name that the engine gives it: a text and its values."""


def _says(message: str, **values: Value) -> Say:
    """Return what says the same of every error of a kind."""
    return lambda _, texts: texts(message, **values)


def _invalid(error: errors.InvalidRequestError, texts: Texts) -> str:
    message, values = INVALID.get(error.field, ("invalid-other", {}))
    return texts(message, **values)


def _nothing(error: errors.NoNamesError, texts: Texts) -> str:
    return texts("nothing-generated-prefix" if error.prefix else "nothing-generated")


def _cooling_down(error: CoolingDownError, texts: Texts) -> str:
    message = "cooling-down-channel" if error.in_channel else "cooling-down"
    return texts(message, seconds=error.seconds)


def _too_small(error: errors.CorpusTooSmallError, texts: Texts) -> str:
    return texts("text-too-small", found=error.found, needed=error.needed, unit=error.unit)


def _too_large(error: errors.CorpusTooLargeError, texts: Texts) -> str:
    return texts("text-too-large", found=error.size_bytes, most=error.limit_bytes)


def _of_version(message: str) -> Say:
    """Return what says the same of every error of a kind, and names the version."""
    return lambda error, texts: texts(message, version=error.version)


REPLIES: Mapping[type[Exception], Say] = {
    errors.InvalidRequestError: _invalid,
    errors.NoNamesError: _nothing,
    errors.NoPoemError: _says("nothing-written"),
    errors.IndecentLineError: _says("indecent-line"),
    errors.IndecentPrefixError: _says("indecent-prefix"),
    errors.OverloadedError: lambda e, texts: texts("busy", seconds=round(e.retry_after_seconds)),
    errors.DeadlineExceededError: _says("late"),
    errors.EngineClosedError: _says("closed"),
    errors.ModelError: _says("model-unreadable"),
    errors.ModelNotFoundError: _says("models-none"),
    errors.ModelInUseError: _of_version("models-in-use"),
    errors.ModelInheritedError: _of_version("models-inherited"),
    errors.NotTextError: lambda e, texts: texts(f"not-text-{e.flaw}", **e.values),
    errors.CorpusTooSmallError: _too_small,
    errors.CorpusTooLargeError: _too_large,
    errors.DownloadError: _says("text-not-found"),
    errors.TrainingQueueFullError: lambda e, texts: texts("training-queue-full", waiting=e.waiting),
    errors.TooManyTrainingsError: lambda e, texts: texts("training-too-many", waiting=e.waiting),
    errors.ModelSpaceError: _says("training-no-space"),
    errors.TrainingPendingError: _says("training-pending"),
    errors.TrainingNotFoundError: _says("training-not-found"),
    errors.TrainingNotRunError: _says("training-not-run"),
    errors.CheckpointError: _says("training-not-resumable"),
    DatabaseError: _says("state-unreadable"),
    CoolingDownError: _cooling_down,
    TooManyRequestsError: _says("too-many-requests", most=MAX_CONCURRENT),
    TooManyPressesError: _says("too-many-presses", most=MAX_CONCURRENT_PRESSES),
    NotManagerError: _says("not-manager"),
    UnknownSettingError: _says("unknown-setting", names=", ".join(SETTINGS)),
    ButtonError: lambda e, texts: texts(e.text),
    TrainingRefusedError: lambda e, texts: texts(e.text, **e.values),
    InvalidSettingError: lambda e, texts: texts(e.allowed, **LIMITS),
}
"""The text for an error, by its class or the nearest base class."""

_LOGGED = {
    errors.ModelError,
    errors.ModelSpaceError,
    errors.DownloadError,
    errors.CheckpointError,
    DatabaseError,
}
"""Errors whose reason is logged for the operator, not shown to the member."""


async def attempt(
    context: RequestContext, action: Callable[[], Awaitable[Reply]], example: str = ""
) -> Reply:
    """Return the reply of an action; an error becomes a reply, with the text of an example."""
    try:
        reply = await action()
    except Exception as error:
        return reply_to(error, context.texts, example)
    if reply.is_refusal:
        requests.refused("nothing-there")
    return reply


def text_of(error: Exception, texts: Texts) -> str | None:
    """Return the text for an error, or None where it is not in the table."""
    kind = _kind_of(error)
    return REPLIES[kind](error, texts) if kind else None


def reason_of(error: Exception) -> str | None:
    """Return the name of the reason for a refusal; nothing for an error that nobody foresaw.

    >>> reason_of(errors.OverloadedError(2.0))
    'overloaded'
    """
    if _kind_of(error) is None:
        return None
    name = type(error).__name__.removesuffix("Error")
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()


def reply_to(error: Exception, texts: Texts, example: str = "") -> Reply:
    """Turn an error into what the member is told; an invalid request gets the example as well.

    What is not in the table is logged with its traceback under a reference number, and the reply
    holds that number alone.
    """
    if text := text_of(error, texts):
        requests.refused(reason_of(error) or "")
        if _kind_of(error) in _LOGGED:
            log.error("%s", error)
        if example and isinstance(error, errors.InvalidRequestError):
            text = text + texts("sentence-separator") + texts(example)
        is_busy = isinstance(error, errors.OverloadedError)
        return Reply(text, is_refusal=True, is_private=True, is_busy=is_busy)
    requests.failed()
    metrics.ERRORS.inc()
    reference = logs.current().reference
    log.error("Unexpected error, reference %s", reference, exc_info=error)
    text = texts("unexpected", reference=reference)
    return Reply(text, is_refusal=True, is_private=True)


def _kind_of(error: Exception) -> type[Exception] | None:
    return next((kind for kind in type(error).__mro__ if kind in REPLIES), None)
