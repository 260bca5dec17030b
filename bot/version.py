"""Which version of the program this is."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def program_version() -> str:
    """Return the version that is installed, or say that it runs from a checkout."""
    try:
        return version("dinobard")
    except PackageNotFoundError:
        return "from a checkout"
