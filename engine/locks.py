"""Locks between processes, which the system gives back when their holder dies."""

from __future__ import annotations

import sys
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO, *, waits: bool) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if waits else msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: BinaryIO, *, waits: bool) -> None:
        fcntl.flock(file, fcntl.LOCK_EX if waits else fcntl.LOCK_EX | fcntl.LOCK_NB)


class FileLock:
    """A lock on a file that stays where it is; held by one process at a time.

    Args:
        path: the file; made, with its folder, when the lock is taken.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None

    def acquire(self, *, waits: bool = True) -> bool:
        """Take the lock.

        Args:
            waits: whether to wait until it is free.

        Returns:
            Whether it is held now.

        Raises:
            OSError: its file cannot be opened.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = self._path.open("ab")
        try:
            _lock(file, waits=waits)
        except OSError:
            file.close()
            if waits:
                raise
            return False
        self._file = file
        return True

    def release(self) -> None:
        """Give the lock back, if it is held."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def __enter__(self) -> Self:
        """Take the lock, however long it takes; raises what `acquire` raises."""
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Give it back."""
        self.release()
