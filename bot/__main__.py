"""The `dinobard` program, also as `python -m bot`."""

import io
import os
import sys
from pathlib import Path

from bot import program_name, signals

_FOR_OWNER_ALONE = 0o077


def main() -> None:
    """Run the program; `dinobard run` can be stopped from here on."""
    if sys.argv[1:2] == ["run"]:
        signals.end_at_signal()
    os.umask(_FOR_OWNER_ALONE)
    _prepare_output()
    from bot.cli import main as program

    program(prog_name=program_name())


def _prepare_output() -> None:
    """Print nowhere if output is closed, and another sign for a letter that a terminal lacks."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 (to the end)
            setattr(sys, name, nowhere)
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


if __name__ == "__main__":
    main()
