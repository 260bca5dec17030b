"""Removes the log lines of TensorFlow from stderr."""

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
_FLUSH_SECONDS = 1.0

_active: list[Callable[[], None]] = []


@contextmanager
def filtered_stderr() -> Generator[None]:
    """Drop lines of TensorFlow's own log; everything else is still written to stderr.

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
    # A child process started meanwhile keeps the pipe, and so the relay, open until it ends.
    relay = threading.Thread(target=_relay, args=(reading, os.dup(terminal)), daemon=True)
    relay.start()

    def restore() -> None:
        if sys.stderr is not None:
            sys.stderr.flush()
        os.dup2(terminal, _STDERR)
        relay.join(_FLUSH_SECONDS)

    _active.append(restore)
    try:
        yield
    finally:
        _active.remove(restore)
        restore()
        os.close(terminal)


def pass_on() -> None:
    """Flush and stop filtering; to be called before the process ends abruptly."""
    for restore in _active:
        restore()


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
