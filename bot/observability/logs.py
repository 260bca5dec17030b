"""What the bot tells about itself; never a token, never what a member wrote.

Modules log with the standard library; structlog renders what they say, and adds the reference
number of the request that it is about.
"""

from __future__ import annotations

import logging
import re
import sys
import time
from collections.abc import Collection, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from structlog.dev import ConsoleRenderer, plain_traceback
from structlog.processors import JSONRenderer, TimeStamper, format_exc_info
from structlog.stdlib import ExtraAdder, ProcessorFormatter, add_log_level, add_logger_name
from structlog.typing import EventDict, Processor

_TOKEN = re.compile(r"[\w-]{18,}\.[\w-]{5,}\.[\w-]{20,}")
# Interactions carry a secret of their own in the address, which discord.py logs with rate limits.
_ADDRESS = re.compile(r"(/(?:webhooks|interactions)/\d+/)[\w-]+")
# Shorter words than these stand in our own lines as well.
_LEAST_WRITTEN = 4
# What libraries say at DEBUG and INFO may hold anything, and be said by threads of theirs that know
# of no request whose words could be taken out.
_OURS = ("bot", "engine")
# Each has few values, all of them ours: a member may well have typed the same word.
_NAMES = frozenset({"command", "way", "outcome", "reason", "reference", "logger"})

# The system's own source would cost the event loop a wait for whichever thread runs meanwhile.
_numbers = np.random.default_rng()

RequestOutcome = Literal["answered", "refused", "failed", "withdrawn"]
"""What became of a request."""


@dataclass(slots=True)
class LoggedRequest:
    """Something that a member wants.

    Attributes:
        reference: the number that its log lines and the reply to an unexpected error share.
        written: what the member wrote; it is kept out of the log.
        began: when it came in, by the monotonic clock.
        outcome: what becomes of it, as far as is known.
        reason: why it was refused, if it was.
    """

    reference: str = field(default_factory=lambda: f"{_numbers.integers(2**32):08x}")
    written: Collection[str] = field(default=(), repr=False)
    began: float = field(default_factory=time.perf_counter)
    outcome: RequestOutcome = "answered"
    reason: str = ""


_current: ContextVar[LoggedRequest | None] = ContextVar("request", default=None)


@contextmanager
def request(written: Collection[str] = ()) -> Generator[LoggedRequest]:
    """Log what is done inside, also by the tasks begun there, under one reference number.

    Within a request it is that request which goes on.

    Args:
        written: what the member wrote, so that it can be kept out of the log.
    """
    if going_on := _current.get():
        yield going_on
        return
    new = LoggedRequest(written=tuple(written))
    before = _current.set(new)
    try:
        yield new
    finally:
        _current.reset(before)


def current() -> LoggedRequest:
    """Return the request that is being dealt with, or a new one where there is none."""
    return _current.get() or LoggedRequest()


def set_up_logging(level: str, log_format: str | None = None) -> None:
    """Log to stderr, an event after the other.

    Args:
        level: of our own messages; those of libraries are shown from WARNING on.
        log_format: "human" or "json"; by default the first in a terminal alone.
    """
    is_human = sys.stderr.isatty() if log_format is None else log_format == "human"
    handler = logging.StreamHandler()
    handler.setFormatter(formatter(is_human=is_human, has_colors=sys.stderr.isatty()))
    least = logging.getLevelNamesMapping()[level]
    logging.basicConfig(handlers=[handler], level=max(logging.WARNING, least))
    for name in _OURS:
        logging.getLogger(name).setLevel(least)


def formatter(*, is_human: bool, has_colors: bool = False) -> logging.Formatter:
    """Return what renders a record for a person, or as an object of JSON in one line.

    What leaves it went through `redact`. Values of variables are never part of a traceback.
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
    """Take out of an event what must not be in a log, should it have got there."""
    written = sorted(current().written, key=len, reverse=True)
    for name, value in event.items():
        if isinstance(value, str) and name not in _NAMES:
            event[name] = _redacted(value, written)
    return event


def _redacted(text: str, written: Collection[str]) -> str:
    text = _ADDRESS.sub(r"\1[secret]", _TOKEN.sub("[token]", text))
    for words in written:
        # A traceback shows line ends and quotes as Python writes them.
        for form in (words, repr(words)[1:-1]):
            if len(words) >= _LEAST_WRITTEN:
                text = text.replace(form, "[what a member wrote]")
    return text
