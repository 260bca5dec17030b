"""The Discord bot, its terminal, and its command line."""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

__all__ = ["program_name", "program_version"]


def program_name() -> str:
    """Return what starts the program in the folder of the sources, for hints to be pasted.

    A container has it in no environment: there it is the service, as in `docker compose run`.
    """
    return ".venv/bin/dinobard" if Path(sys.prefix).name == ".venv" else "dinobard"


def program_version() -> str:
    """Return the installed version, or "from a checkout"."""
    try:
        return version("dinobard")
    except PackageNotFoundError:
        return "from a checkout"
