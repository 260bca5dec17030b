"""Durable writes, and locks between processes: a crash leaves a whole file and no lock."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from filelock import FileLock


def replace_file(path: Path, content: bytes) -> None:
    """Replace a file atomically and durably."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    aside = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Flush a folder's entries to the disk, so that a rename in it survives a power cut."""
    if os.name == "nt":  # Windows can't open folders, and orders renames itself.
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def lock_at(path: Path) -> FileLock:
    """Return a lock that one process at a time can hold; it is released when the holder dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Locks are taken in worker threads and released in the event loop's.
    return FileLock(path, thread_local=False)
