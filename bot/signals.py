"""Handles SIGINT and SIGTERM from the start, also while libraries are loaded.

Imported first, so it imports little itself.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    import asyncio
    from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def end_at_signal() -> None:
    """Exit with 0 at SIGINT and SIGTERM from now on: nothing is open yet."""
    for number in _SIGNALS:
        signal.signal(number, _end)


def heed_signals() -> asyncio.Event:
    """Return an event of the running loop that SIGINT and SIGTERM set from now on."""
    import asyncio

    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def stop_from_outside(_number: int, _frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(stop.set)

    for number in _SIGNALS:
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows.
            signal.signal(number, stop_from_outside)
    return stop


def leave_signals_alone() -> None:
    """Restore Python's handling of SIGINT and SIGTERM."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def end() -> NoReturn:
    """Exit with 0, once everything is closed.

    A thread that is loading TensorFlow cannot be interrupted, and Python would wait for it.
    """
    from engine.networks.stderr_filter import pass_on

    pass_on()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _end(_number: int, _frame: FrameType | None) -> NoReturn:
    os._exit(0)
