"""Log set-up: rendering, reference numbers, redaction of tokens and of what members wrote.

Modules use the standard library; structlog renders the records.
"""

from __future__ import annotations

import logging
import os
import re
import secrets
import sys
import time
from collections.abc import Collection, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Literal

from structlog.dev import ConsoleRenderer, plain_traceback
from structlog.processors import JSONRenderer, TimeStamper, format_exc_info
from structlog.stdlib import ExtraAdder, ProcessorFormatter, add_log_level, add_logger_name
from structlog.typing import EventDict, Processor

_TOKEN = re.compile(r"[\w-]{18,}\.[\w-]{5,}\.[\w-]{20,}")
# Interactions have a secret in the address, which discord.py logs with rate limits.
_ADDRESS = re.compile(r"(/(?:webhooks|interactions)/\d+/)[\w-]+")
# Shorter words occur in our own lines as well.
_LEAST_WRITTEN = 4
# Libraries may log anything at DEBUG and INFO, in threads that belong to no request.
_OURS = ("bot", "engine")
# Our own few values, not redacted where a member has typed the same word.
_NAMES = frozenset({"command", "way", "outcome", "reason", "reference", "logger"})

RequestOutcome = Literal["answered", "refused", "failed", "cancelled"]
"""How a request ended."""


@dataclass(slots=True)
class LoggedRequest:
    """A request as the log knows it.

    Attributes:
        reference: number in its log lines and in the reply to an unexpected error.
        written: what the member wrote; redacted.
        began: arrival, by the monotonic clock.
        outcome: so far.
        reason: of a refusal.
    """

    reference: str = field(default_factory=lambda: secrets.token_hex(4))
    written: Collection[str] = field(default=(), repr=False)
    began: float = field(default_factory=time.perf_counter)
    outcome: RequestOutcome = "answered"
    reason: str = ""


_current: ContextVar[LoggedRequest | None] = ContextVar("request", default=None)


@contextmanager
def request(written: Collection[str] = ()) -> Generator[LoggedRequest]:
    """Log the block, and tasks created in it, under one reference; reentrant."""
    if outer := _current.get():
        yield outer
        return
    new = LoggedRequest(written=tuple(written))
    before = _current.set(new)
    try:
        yield new
    finally:
        _current.reset(before)


def current() -> LoggedRequest:
    """Return the current request, or a new one where there is none."""
    return _current.get() or LoggedRequest()


def set_up_logging(level: str, log_format: str | None = None) -> None:
    """Log to stderr.

    Args:
        level: of our own loggers; libraries log from WARNING on.
        log_format: "human" or "json"; by default "human" in a terminal alone.
    """
    is_terminal = sys.stderr.isatty()
    is_human = is_terminal if log_format is None else log_format == "human"
    handler = logging.StreamHandler()
    has_colors = is_terminal and not os.environ.get("NO_COLOR")
    handler.setFormatter(formatter(is_human=is_human, has_colors=has_colors))
    least = logging.getLevelNamesMapping()[level]
    logging.basicConfig(handlers=[handler], level=max(logging.WARNING, least))
    for name in _OURS:
        logging.getLogger(name).setLevel(least)


def formatter(*, is_human: bool, has_colors: bool = False) -> logging.Formatter:
    """Return a formatter for people or, as JSON lines, for programs; its output is redacted.

    Tracebacks never include values of variables.
    """
    renderer: Processor = JSONRenderer(ensure_ascii=False)
    if is_human:
        renderer = ConsoleRenderer(
            colors=has_colors, pad_event_to=0, exception_formatter=plain_traceback
        )
    return ProcessorFormatter(
        foreign_pre_chain=[
            add_log_level,
            add_logger_name,
            TimeStamper(fmt="iso"),
            ExtraAdder(allow={*_NAMES, "milliseconds"}),
        ],
        processors=[
            ProcessorFormatter.remove_processors_meta,
            _refer,
            format_exc_info,
            redact,
            renderer,
        ],
    )


def _refer(_logger: Any, _method: str, event: EventDict) -> EventDict:
    if request := _current.get():
        event["reference"] = request.reference
    return event


def redact(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Remove tokens and what members wrote from an event."""
    written = sorted(current().written, key=len, reverse=True)
    for name, value in event.items():
        if isinstance(value, str) and name not in _NAMES:
            event[name] = _redacted(value, written)
    return event


def _redacted(text: str, written: Collection[str]) -> str:
    text = _ADDRESS.sub(r"\1[secret]", _TOKEN.sub("[token]", text))
    for words in written:
        # A traceback has line ends and quotes escaped.
        for form in (words, repr(words)[1:-1]):
            if len(words) >= _LEAST_WRITTEN:
                text = text.replace(form, "[what a member wrote]")
    return text
