"""Log set-up: rendering, reference numbers, redaction of tokens and of what members wrote.

Modules use the standard library; structlog renders the records.
"""

from __future__ import annotations

import atexit
import logging
import os
import re
import secrets
import sys
import time
from collections.abc import Collection, Generator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from logging.handlers import QueueHandler, QueueListener
from queue import Full, Queue
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

MAX_QUEUED_LINES = 10_000
"""Lines that wait to be written; further ones are dropped."""

_FLUSH_SECONDS = 2.0

RequestOutcome = Literal["answered", "refused", "failed", "cancelled"]
"""How a request ended."""


@dataclass(slots=True)
class LoggedRequest:
    """A request in the log: its reference, its outcome so far, and the reason for a refusal.

    What the member has written is redacted from its log lines.
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


class _DroppingHandler(QueueHandler):
    """Formats records where they are logged; drops those that the writer cannot keep up with."""

    def enqueue(self, record: logging.LogRecord) -> None:
        """Queue a record, unless too many wait."""
        with suppress(Full):
            self.queue.put_nowait(record)


def set_up_logging(level: str, log_format: str | None = None) -> None:
    """Log to stderr, which a thread writes to: a full pipe must not hold up the event loop.

    Args:
        level: of our own loggers; libraries log from WARNING on.
        log_format: "human" or "json"; by default "human" in a terminal alone.
    """
    is_terminal = sys.stderr.isatty()
    is_human = is_terminal if log_format is None else log_format == "human"
    lines = Queue[logging.LogRecord](MAX_QUEUED_LINES)
    handler = _DroppingHandler(lines)
    listener = QueueListener(lines, logging.StreamHandler())
    listener.start()
    atexit.register(_flush, lines)
    has_colors = is_terminal and not os.environ.get("NO_COLOR")
    handler.setFormatter(formatter(is_human=is_human, has_colors=has_colors))
    least = logging.getLevelNamesMapping()[level]
    logging.basicConfig(handlers=[handler], level=max(logging.WARNING, least))
    for name in _OURS:
        logging.getLogger(name).setLevel(least)


def _flush(lines: Queue[logging.LogRecord]) -> None:
    """Wait until all lines are written, but not for ever on a reader that has stalled."""
    with lines.all_tasks_done:
        lines.all_tasks_done.wait_for(lambda: not lines.unfinished_tasks, _FLUSH_SECONDS)


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
