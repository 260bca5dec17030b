"""What `make install` leaves: a program that runs the checkout from anywhere."""

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_linked_program_runs_the_checkout_from_any_folder(tmp_path: Path) -> None:
    environment = tmp_path / "an environment"
    venv.create(environment, symlinks=True)
    python = environment / "bin/python"
    site = environment / f"lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib"))
    (tmp_path / "bot.py").write_text("raise SystemExit('not the checkout')")

    subprocess.run([python, ROOT / "packaging/link_checkout.py"], check=True)
    run = subprocess.run(
        [environment / "bin/dinobard", "--version"],
        cwd=tmp_path,
        env={"PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )

    assert run.stdout.startswith("dinobard, version")
