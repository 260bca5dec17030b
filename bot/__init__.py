"""The Discord bot, its terminal, and its command line."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

__all__ = ["program_version"]


def program_version() -> str:
    """Return the installed version, or "from a checkout"."""
    try:
        return version("dinobard")
    except PackageNotFoundError:
        return "from a checkout"
