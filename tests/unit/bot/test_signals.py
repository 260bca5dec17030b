"""How the bot ends, in an interpreter of its own."""

import subprocess
import sys

LINES = 10_000


def test_what_was_written_while_a_library_is_loaded_is_not_lost_at_the_end() -> None:
    code = (
        "import os\n"
        "from bot import signals\n"
        "from engine.networks.stderr_filter import filtered_stderr\n"
        "with filtered_stderr():\n"
        f"    os.write(2, b'kept\\n' * {LINES})\n"
        "    signals.end()\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ended.stderr == "kept\n" * LINES


def test_little_is_loaded_before_a_signal_finds_its_handler() -> None:
    code = "import sys, bot.signals; print({'asyncio', 'click', 'discord'} & set(sys.modules))"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ended.stdout == "set()\n"
