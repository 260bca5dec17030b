"""The `dinobard` program, also as `python -m bot`."""

import sys

from bot import program_name, signals


def main() -> None:
    """Run the program; `dinobard run` can be stopped from here on."""
    if sys.argv[1:2] == ["run"]:
        signals.end_at_signal()
    from bot.cli import main as program

    program(prog_name=program_name())


if __name__ == "__main__":
    main()
