"""What loading TensorFlow shows, and what must not load it; each in a fresh interpreter."""

import subprocess
import sys

import pytest


def _python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)


def test_loading_is_silent() -> None:
    result = _python("import engine.networks.tensorflow as b; print(b.tf.constant(3).numpy())")

    assert (result.stdout, result.stderr) == ("3\n", "")


def test_what_others_write_meanwhile_gets_through() -> None:
    result = _python(
        "import os\n"
        "from engine.networks.stderr_filter import filtered_stderr\n"
        "with filtered_stderr():\n"
        "    os.write(2, b'I0000 00:00:1.2 3 port.cc:153] chatter\\nkept\\n')\n"
    )

    assert result.stderr == "kept\n"


@pytest.mark.parametrize("module", ["engine", "bot.cli"])
def test_start_does_not_load_tensorflow(module: str) -> None:
    result = _python(f"import sys, {module}; print({{'tensorflow', 'keras'}} & set(sys.modules))")

    assert result.stdout == "set()\n"


def test_keras_does_not_load_the_library_of_plots_and_others_can_afterwards() -> None:
    result = _python(
        "import sys, engine.networks.tensorflow\n"
        "print('matplotlib' in sys.modules)\n"
        "import matplotlib\n"
        "print('matplotlib' in sys.modules)\n"
    )

    assert result.stdout == "False\nTrue\n"
