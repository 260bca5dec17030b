"""Make `dinobard` run this checkout: `.venv/bin/python packaging/link_checkout.py`.

An editable install would need a build backend; the program itself needs none.
"""

import shlex
import sys
import sysconfig
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]

SCRIPT = """\
#!/bin/sh
exec {python} -P -m bot "$@"
"""


def main() -> None:
    """Put the checkout on the environment's path, and the program into its `bin`."""
    Path(sysconfig.get_path("purelib"), "dinobard.pth").write_text(f"{CHECKOUT}\n", "utf-8")
    script = Path(sysconfig.get_path("scripts"), "dinobard")
    script.write_text(SCRIPT.format(python=shlex.quote(sys.executable)), "utf-8")
    script.chmod(0o755)


if __name__ == "__main__":
    main()
