"""Lets the bot be stopped at any moment: before its libraries are loaded, and while they are.

Imported first of all, so it imports little itself.
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
    """End with 0 at SIGINT and SIGTERM from now on: nothing has been accepted or opened yet."""
    for number in _SIGNALS:
        signal.signal(number, _end)


def heed_signals() -> asyncio.Event:
    """Return what SIGINT and SIGTERM set from now on, in the running event loop."""
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
    """Let SIGINT and SIGTERM do what they do in any program of Python's."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def end() -> NoReturn:
    """End with 0, once all that must last is closed.

    A thread that is loading TensorFlow cannot be interrupted, and Python would wait for it.
    """
    from engine.networks.stderr_filter import pass_on

    pass_on()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _end(_number: int, _frame: FrameType | None) -> NoReturn:
    os._exit(0)
