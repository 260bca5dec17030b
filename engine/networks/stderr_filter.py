"""Keeps what TensorFlow writes to stderr out of it, and lets through what others write."""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager

_STDERR = 2
_LOG_LINE = re.compile(rb"[IWE]\d{4} \d\d:\d\d|[IWE]\d{4} \d+:\d|WARNING: All log messages before")
_LOG_INITIALS = b"IWE"
_CHUNK_BYTES = 65_536
_LAST_WORDS_SECONDS = 1.0

_giving_back: list[Callable[[], None]] = []


@contextmanager
def filtered_stderr() -> Generator[None]:
    """Leave out lines of TensorFlow's own log; whatever else is written to stderr gets through.

    No setting of TensorFlow stops the lines that its libraries write before it has read any.
    """
    try:
        terminal = os.dup(_STDERR)
    except OSError:  # There is no stderr.
        yield
        return
    reading, writing = os.pipe()
    os.dup2(writing, _STDERR)
    os.close(writing)
    # A process that is started meanwhile holds the pipe open: the relay then lives as long as it.
    relay = threading.Thread(target=_relay, args=(reading, os.dup(terminal)), daemon=True)
    relay.start()

    def give_back() -> None:
        if sys.stderr is not None:
            sys.stderr.flush()
        os.dup2(terminal, _STDERR)
        relay.join(_LAST_WORDS_SECONDS)

    _giving_back.append(give_back)
    try:
        yield
    finally:
        _giving_back.remove(give_back)
        give_back()
        os.close(terminal)


def pass_on() -> None:
    """Let everything through from now on, first what waits: the process is about to end."""
    for give_back in _giving_back:
        give_back()


def _relay(reading: int, terminal: int) -> None:
    """Pass on what is no log line; what cannot become one before its line ends, too."""
    pending, is_begun = b"", False
    with os.fdopen(terminal, "wb", buffering=0) as out:
        while chunk := os.read(reading, _CHUNK_BYTES):
            *lines, pending = (pending + chunk).split(b"\n")
            for line in lines:
                if is_begun or not _LOG_LINE.match(line):
                    out.write(line + b"\n")
                is_begun = False
            if pending and (is_begun or pending[:1] not in _LOG_INITIALS):
                out.write(pending)
                pending, is_begun = b"", True
        if not _LOG_LINE.match(pending):
            out.write(pending)
    os.close(reading)
