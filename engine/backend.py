"""Keras and TensorFlow, loaded without their chatter; whoever needs them imports them from here.

Loading them takes seconds, so nothing that is imported at start may import this module. They have
no types that a checker could use.
"""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, cast

Tensor = Any
"""A tensor of TensorFlow."""

Model = Any
"""A network of Keras."""

_STDERR = 2
_CHATTER = re.compile(rb"[IWE]\d{4} \d\d:\d\d|[IWE]\d{4} \d+:\d|WARNING: All log messages before")
_LAST_WORDS_SECONDS = 1.0


@contextmanager
def without_chatter() -> Generator[None]:
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
    try:
        yield
    finally:
        if sys.stderr is not None:
            sys.stderr.flush()
        os.dup2(terminal, _STDERR)
        os.close(terminal)
        relay.join(_LAST_WORDS_SECONDS)


def _relay(reading: int, terminal: int) -> None:
    with os.fdopen(reading, "rb") as lines, os.fdopen(terminal, "wb", buffering=0) as out:
        for line in lines:
            if not _CHATTER.match(line):
                out.write(line)


@contextmanager
def _without(library: str) -> Generator[None]:
    """Let an optional library seem missing, which takes a second to load and looks for fonts."""
    if library in sys.modules:
        yield
        return
    sys.modules[library] = cast(ModuleType, None)  # How Python marks what is not to be found.
    try:
        yield
    finally:
        del sys.modules[library]


# Both are read when the libraries are loaded: only errors are shown.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
with without_chatter(), _without("matplotlib"):
    keras: Any = import_module("keras")
    tf: Any = import_module("tensorflow")


def has_bfloat16() -> bool:
    """Tell whether the processor multiplies matrices in bfloat16 faster; known on Linux alone."""
    try:
        features = set(Path("/proc/cpuinfo").read_text("utf-8").split())
    except OSError:
        return False
    return not features.isdisjoint({"avx512_bf16", "amx_bf16"})


def keep_to_one_thread() -> None:
    """Let each computation have one thread, unless TensorFlow has begun to work already.

    The rows of a few poems give a second thread little to do, and the event loop needs a core.
    """
    with suppress(RuntimeError):
        tf.config.threading.set_intra_op_parallelism_threads(1)
