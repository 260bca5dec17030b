"""The one place that turns errors into replies."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from bot import metrics, telemetry
from bot.arguments import MAX_NAMES
from bot.database import DatabaseError
from bot.manners import MAX_AT_ONCE, CoolingDownError, TooManyWishesError
from bot.replies import Reply
from bot.setting_errors import InvalidSettingError, NotManagerError, UnknownSettingError
from bot.setting_values import (
    MAX_CHANNELS,
    MAX_COOLDOWN_SECONDS,
    MAX_PREFIX,
    SETTINGS,
)
from bot.texts import Texts, Value
from engine import (
    CheckpointError,
    CorpusTooLargeError,
    CorpusTooSmallError,
    EngineBusyError,
    EngineClosedError,
    InvalidRequestError,
    ModelError,
    NothingInventedError,
    NothingWrittenError,
    NotTextError,
)
from engine.errors import DownloadError
from engine.requests import (
    MAX_LENGTH,
    MAX_PREFIX_LETTERS,
    MAX_SEED,
    MAX_TEMPERATURE,
    MIN_LENGTH,
    MIN_TEMPERATURE,
)
from engine.verse import MAX_PROMPT

log = logging.getLogger(__name__)


INVALID: Mapping[str, tuple[str, Mapping[str, Value]]] = {
    "number of names": ("invalid-number-of-names", {"least": 1, "most": MAX_NAMES}),
    "beginning of a name": ("invalid-beginning", {"most": MAX_PREFIX_LETTERS}),
    "wish": ("invalid-wish", {}),
    "first line": ("invalid-first-line", {"most": MAX_PROMPT}),
    "temperature": (
        "invalid-temperature",
        {"least": f"{MIN_TEMPERATURE:g}", "most": f"{MAX_TEMPERATURE:g}"},
    ),
    "length": ("invalid-length", {"least": MIN_LENGTH, "most": MAX_LENGTH}),
    "seed": ("invalid-seed", {"most": f"{MAX_SEED}"}),
}
"""What a part of a wish may be, by the name that the engine gives it: a text and its values."""


def _invalid(error: InvalidRequestError, texts: Texts) -> str:
    name, values = INVALID.get(error.field, ("invalid-other", {}))
    return texts(name, **values)


def _nothing(error: NothingInventedError, texts: Texts) -> str:
    return texts("nothing-invented-prefix" if error.prefix else "nothing-invented")


def _nothing_written(_: NothingWrittenError, texts: Texts) -> str:
    return texts("nothing-written")


def _busy(error: EngineBusyError, texts: Texts) -> str:
    return texts("busy", seconds=round(error.retry_after_seconds))


def _closed(_: EngineClosedError, texts: Texts) -> str:
    return texts("closed")


def _model(error: ModelError, texts: Texts) -> str:
    log.error("%s", error)
    return texts("model-unreadable")


def _state(error: DatabaseError, texts: Texts) -> str:
    log.error("%s", error)
    return texts("state-unreadable")


def _cooling_down(error: CoolingDownError, texts: Texts) -> str:
    name = "cooling-down-channel" if error.in_channel else "cooling-down"
    return texts(name, seconds=error.seconds)


def _too_many(_: TooManyWishesError, texts: Texts) -> str:
    return texts("too-many-wishes", most=MAX_AT_ONCE)


def _not_manager(_: NotManagerError, texts: Texts) -> str:
    return texts("not-manager")


def _unknown_setting(_: UnknownSettingError, texts: Texts) -> str:
    return texts("unknown-setting", names=", ".join(SETTINGS))


def _invalid_setting(error: InvalidSettingError, texts: Texts) -> str:
    return texts(
        error.allowed,
        most_prefix=MAX_PREFIX,
        most_channels=MAX_CHANNELS,
        most_seconds=f"{MAX_COOLDOWN_SECONDS:g}",
        least_temperature=f"{MIN_TEMPERATURE:g}",
        most_temperature=f"{MAX_TEMPERATURE:g}",
    )


def _not_text(_: NotTextError, texts: Texts) -> str:
    return texts("not-text")


def _too_small(error: CorpusTooSmallError, texts: Texts) -> str:
    return texts("text-too-small", found=error.found, needed=error.needed)


def _too_large(error: CorpusTooLargeError, texts: Texts) -> str:
    return texts("text-too-large", found=error.size_bytes, most=error.limit_bytes)


def _not_found(_: DownloadError, texts: Texts) -> str:
    return texts("text-not-found")


def _not_resumable(_: CheckpointError, texts: Texts) -> str:
    return texts("training-not-resumable")


REPLIES: Mapping[type[Exception], Callable[[Any, Texts], str]] = {
    InvalidRequestError: _invalid,
    NothingInventedError: _nothing,
    NothingWrittenError: _nothing_written,
    EngineBusyError: _busy,
    EngineClosedError: _closed,
    ModelError: _model,
    DatabaseError: _state,
    CoolingDownError: _cooling_down,
    TooManyWishesError: _too_many,
    NotManagerError: _not_manager,
    UnknownSettingError: _unknown_setting,
    InvalidSettingError: _invalid_setting,
    NotTextError: _not_text,
    CorpusTooSmallError: _too_small,
    CorpusTooLargeError: _too_large,
    DownloadError: _not_found,
    CheckpointError: _not_resumable,
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
            metrics.REFUSALS.labels(type(error).__name__).inc()
            text = REPLIES[kind](error, texts)
            if example and isinstance(error, InvalidRequestError):
                text = f"{text} {texts(example)}"
            return Reply(text, is_refusal=True, is_private=True)
    metrics.ERRORS.inc()
    reference = telemetry.current().reference
    log.error("Unexpected error, reference %s", reference, exc_info=error)
    text = texts("unexpected", reference=reference)
    return Reply(text, is_refusal=True, is_private=True)
