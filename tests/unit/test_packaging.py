"""What `make install` leaves: a program that runs the checkout from anywhere."""

import re
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

ROOT = Path(__file__).parents[2]


def install(environment: Path) -> Path:
    """Make an environment that has the libraries of this one, and the program."""
    venv.create(environment, symlinks=True)
    python = environment / "bin/python"
    site = environment / f"lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib"))
    subprocess.run([python, ROOT / "packaging/link_checkout.py"], check=True)
    return environment / "bin/dinobard"


def test_the_linked_program_runs_the_checkout_from_any_folder(tmp_path: Path) -> None:
    program = install(tmp_path / "an environment")
    (tmp_path / "bot.py").write_text("raise SystemExit('not the checkout')")

    run = subprocess.run(
        [program, "--version"],
        cwd=tmp_path,
        env={"PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )

    assert run.stdout.startswith("dinobard, version")


def test_a_hint_that_names_the_program_works_when_pasted(tmp_path: Path) -> None:
    program = install(tmp_path / ".venv")
    wrong = subprocess.run([program, "dnio"], capture_output=True, text=True, check=False)
    (hint,) = re.findall(r"^Try '(.+)' for help\.$", wrong.stderr, re.MULTILINE)

    helped = subprocess.run(
        ["/bin/sh", "-c", hint], cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert helped.stdout.startswith("Usage: .venv/bin/dinobard ")
