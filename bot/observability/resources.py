"""Whether the machine has the memory and the disk that the bot needs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

MIN_MEMORY_BYTES = 1_073_741_824
"""Free memory for names and poems; a training needs more."""

MIN_DISK_BYTES = 1_073_741_824
"""Free space at the home folder for answers and a few versions."""

_CGROUPS = Path("/sys/fs/cgroup")


def shortage(home: Path) -> str | None:
    """Return what the machine lacks as a line for the log, or None.

    Args:
        home: the home folder, which exists.
    """
    lacking = [
        f"{free / 2**30:.1f} GB of {name} free, {needed / 2**30:.1f} GB needed"
        for name, free, needed in (
            ("memory", free_memory(), MIN_MEMORY_BYTES),
            ("disk", shutil.disk_usage(home).free, MIN_DISK_BYTES),
        )
        if free < needed
    ]
    return f"There is too little: {'; '.join(lacking)}" if lacking else None


def free_memory(cgroups: Path = _CGROUPS, own: Path = Path("/proc/self/cgroup")) -> int:
    """Return the bytes of memory that the bot may take, by the machine and its container.

    Args:
        cgroups: where Linux shows the limits of containers and units.
        own: tells which of them is this process's.
    """
    return min(psutil.virtual_memory().available, *_limits(cgroups, own), 2**63)


def _limits(cgroups: Path, own: Path) -> Iterator[int]:
    # Without files like these there are no limits.
    with suppress(OSError):
        for line in own.read_text("utf-8").splitlines():
            _, controllers, path = line.split(":", 2)
            if controllers:  # Not of version 2.
                continue
            folder = cgroups / path.lstrip("/")
            for place in (folder, *folder.parents):
                with suppress(OSError, ValueError):
                    yield int((place / "memory.max").read_text("ascii"))
                if place == cgroups:
                    break
