"""Keras and TensorFlow, loaded without their log; other modules import them from here.

Loading them takes seconds, so nothing that is imported at start may import this module. They have
no types that a checker could use.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from engine.networks.stderr_filter import filtered_stderr

Tensor = Any
"""A tensor of TensorFlow."""

Model = Any
"""A network of Keras."""


@contextmanager
def _without(library: str) -> Generator[None]:
    """Hide an optional library, whose import by Keras would take a second."""
    if library in sys.modules:
        yield
        return
    sys.modules[library] = cast(ModuleType, None)  # Python's mark of a missing module.
    try:
        yield
    finally:
        del sys.modules[library]


# All are read when the libraries are loaded.
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"  # Only what ends the process.
os.environ["KERAS_BACKEND"] = "tensorflow"
# Keras would write its settings to the user's home, and read what others have written there.
os.environ["KERAS_HOME"] = os.devnull
with filtered_stderr(), _without("matplotlib"):
    keras: Any = import_module("keras")
    tf: Any = import_module("tensorflow")
    # It tells of the devices that it lacks when it first looks for them.
    tf.config.list_physical_devices()
logging.getLogger("tensorflow").setLevel(logging.ERROR)


def has_bfloat16() -> bool:
    """Tell whether the processor multiplies matrices in bfloat16 faster; known on Linux alone."""
    try:
        features = set(Path("/proc/cpuinfo").read_text("utf-8").split())
    except OSError:
        return False
    return not features.isdisjoint({"avx512_bf16", "amx_bf16"})


def keep_to_one_thread() -> None:
    """Limit each computation to one thread, unless TensorFlow is already initialised.

    The rows of a few poems give a second thread little to do, and the event loop needs a core.
    """
    with suppress(RuntimeError):
        tf.config.threading.set_intra_op_parallelism_threads(1)
