"""What loading TensorFlow shows, and what must not load it; each in a fresh interpreter."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


def _python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    )


def test_loading_is_silent() -> None:
    result = _python("import engine.networks.tensorflow as b; print(b.tf.constant(3).numpy())")

    assert (result.stdout, result.stderr) == ("3\n", "")


def test_no_setting_brings_the_chatter_back() -> None:
    # Compiled for so many sizes, it would say that this takes time.
    result = _python(
        "import engine.networks.tensorflow as b\n"
        "double = b.tf.function(lambda x: x * 2, jit_compile=True)\n"
        "print([int(double(b.tf.ones((n,)))[0]) for n in range(1, 9)])\n",
        TF_CPP_MIN_LOG_LEVEL="0",
    )

    assert (result.stdout, result.stderr) == (f"{[2] * 8}\n", "")


def test_keras_neither_writes_to_the_home_nor_reads_what_is_there(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / ".keras").mkdir(parents=True)
    (home / ".keras/keras.json").write_text('{"floatx": "float16", "epsilon": 1e-07}')
    empty = tmp_path / "empty"
    empty.mkdir()

    code = "import engine.networks.tensorflow as b; print(b.keras.config.floatx())"
    kinds = [_python(code, HOME=str(place)).stdout for place in (home, empty)]

    assert kinds == ["float32\n"] * 2
    assert list(empty.iterdir()) == []


def test_the_beginning_of_a_line_of_others_is_not_held_up() -> None:
    result = _python(
        "import os, select\n"
        "reading, writing = os.pipe()\n"
        "os.dup2(writing, 2)\n"
        "from engine.networks.stderr_filter import filtered_stderr\n"
        "with filtered_stderr():\n"
        "    os.write(2, b'\\r 50 %')\n"
        "    assert select.select([reading], [], [], 60)[0]\n"
        "    os.write(2, b' done\\nI0000 00:00:1.2 3 port.cc:153] chatter\\nIt is kept')\n"
        "print(os.read(reading, 100))\n"
    )

    assert result.stdout == "b'\\r 50 % done\\nIt is kept'\n"


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
