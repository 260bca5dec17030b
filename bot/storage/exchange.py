"""Exchanges the contents of a home folder for restored ones, so that a kill leaves one of both."""

from __future__ import annotations

import shutil
from pathlib import Path

from bot.config import DATABASE
from engine.files import flush_folder

# With the write-ahead log: a stale one would be applied to the restored database.
_CONTENTS = (f"{DATABASE}-wal", f"{DATABASE}-shm", DATABASE, "models")
_PENDING = ".restore"
_DONE = ".restored"


def staging_of(home: Path) -> Path:
    """Make and return an empty folder for the new contents, in the place of earlier left-overs."""
    new = home / _PENDING / "new"
    new.mkdir(mode=0o700, parents=True)
    return new


def exchange(home: Path) -> None:
    """Put the staged contents in the place of the present ones, which are then deleted.

    Raises:
        OSError: it could not be done; the present contents are back, or will be by `settle`.
    """
    pending = home / _PENDING
    old, marker = pending / "old", pending / "moved"
    try:
        old.mkdir(mode=0o700)
        _move(home, old)
        marker.touch(0o600)
        flush_folder(pending)
        _move(pending / "new", home)
        pending.replace(home / _DONE)
        flush_folder(home)
    except BaseException:
        settle(home)
        raise
    settle(home)


def settle(home: Path) -> bool:
    """Clean up after a restore; undo one that was interrupted.

    Returns:
        Whether one was undone.

    Raises:
        OSError: it could not be done.
    """
    shutil.rmtree(home / _DONE, ignore_errors=True)
    pending = home / _PENDING
    if not pending.is_dir():
        return False
    old, marker = pending / "old", pending / "moved"
    # While the marker is there, all contents are the new ones.
    if marker.exists():
        for name in _CONTENTS:
            _remove(home / name)
        flush_folder(home)
        marker.unlink()
        flush_folder(pending)
    was_begun = old.is_dir()
    if was_begun:
        _move(old, home)
        old.rmdir()
    shutil.rmtree(pending)
    return was_begun


def _move(source: Path, target: Path) -> None:
    for name in _CONTENTS:
        if (source / name).exists():
            (source / name).replace(target / name)
    flush_folder(source)
    flush_folder(target)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
