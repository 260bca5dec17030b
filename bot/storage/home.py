"""The home folder: which processes use it, and who may read it."""

from __future__ import annotations

import logging
import secrets
import stat
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec
from filelock import FileLock, Timeout

from bot.config import DATABASE
from bot.storage.exchange import settle
from engine.files import lock_at, replace_file

log = logging.getLogger(__name__)

_FOLDER_MODE, _OTHERS = 0o700, 0o077
# Of the database also its log; every other entry may be something else of the host's.
_KINDS = (f"{DATABASE}*", "models", "trainings", "corpora", "processes")
_PROCESSES = "processes"
_GUARD_SECONDS = 10.0


class HomeInUseError(Exception):
    """Other processes use the home folder; the message says what to do."""


@dataclass(frozen=True, slots=True)
class HomeUser:
    """A process that uses a home folder.

    Attributes:
        kind: a bot on Discord, or a terminal.
        process: its number.
        shard_count: shards of the bot in all processes, or None for all in this one.
        shard_ids: those of this process, or None for all.
    """

    kind: Literal["bot", "terminal"]
    process: int
    shard_count: int | None = None
    shard_ids: tuple[int, ...] | None = None

    def conflicts_with(self, other: HomeUser) -> bool:
        """Tell whether both would answer the same requests."""
        if "terminal" in (self.kind, other.kind):
            return False
        if self.shard_ids is None or other.shard_ids is None:
            return True
        # Guilds are on other shards where the count is another.
        same_count = self.shard_count == other.shard_count
        return not same_count or not set(self.shard_ids).isdisjoint(other.shard_ids)


def tighten(home: Path) -> None:
    """Let the owner alone read what is in a home folder: an earlier program left it to others.

    Args:
        home: made if missing; of other files in it only the folder's mode keeps others out.
    """
    home.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
    loose = 0
    for path in (home, *(found for kind in _KINDS for found in home.glob(kind))):
        within = path.rglob("*") if path != home and path.is_dir() else ()
        loose += sum(map(_tighten_one, (path, *within)))
    if loose:
        log.warning("Others may read %d files and folders in %s; make it yours", loose, home)


def _tighten_one(path: Path) -> bool:
    """Take a file or folder from others; tell whether they may still read it."""
    try:
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode) or not mode & _OTHERS:
            return False
        path.chmod(stat.S_IMODE(mode) & ~_OTHERS)
    except FileNotFoundError:
        return False
    except OSError:
        # It belongs to somebody else, or the file system has no modes.
        return True
    return False


@contextmanager
def used_by(home: Path, user: HomeUser) -> Generator[None]:
    """Use a home folder for the block; a process that dies stops using it.

    Args:
        home: made if missing; afterwards its owner alone may read it.
        user: this process.

    Raises:
        HomeInUseError: a bot with the same shards uses it, or it is being restored.
        OSError: it cannot be written.
    """
    tighten(home)
    with ExitStack() as held:
        with guarded(home):
            if settle(home):
                log.warning("A restore was interrupted; what was there before it is back")
            for other in users_of(home):
                if user.conflicts_with(other):
                    raise HomeInUseError(
                        f"Another bot (process {other.process}) runs on {home} with the same "
                        "shards. Stop it first, or start this one with another DINOBARD_HOME."
                    )
            name = secrets.token_hex(8)
            lock = _lock(home, name)
            held.callback(lock.release)
            lock.acquire(blocking=False)
            replace_file(_folder(home) / f"{name}.json", msgspec.json.encode(user))
        yield


@contextmanager
def guarded(home: Path) -> Generator[None]:
    """Let no process begin to use a home folder during the block.

    Raises:
        HomeInUseError: it is being restored.
        OSError: it cannot be written.
    """
    _folder(home).mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
    guard = lock_at(_folder(home) / ".guard.lock")
    try:
        guard.acquire(timeout=_GUARD_SECONDS)
    except Timeout as error:
        raise HomeInUseError(f"{home} is being restored. Start again when that is done.") from error
    try:
        yield
    finally:
        guard.release()


def users_of(home: Path) -> Iterator[HomeUser]:
    """Yield the processes that use a home folder; call this in `guarded`."""
    for path in sorted(_folder(home).glob("[!.]*.lock")):
        record = path.with_suffix(".json")
        lock = _lock(home, path.stem)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            yield _read(record)
            continue
        # Its process has ended.
        lock.release()
        path.unlink(missing_ok=True)
        record.unlink(missing_ok=True)


def _folder(home: Path) -> Path:
    return home / _PROCESSES


def _lock(home: Path, name: str) -> FileLock:
    return lock_at(_folder(home) / f"{name}.lock")


def _read(record: Path) -> HomeUser:
    """Read who a process is; what cannot be read is a bot with all shards."""
    try:
        return msgspec.json.decode(record.read_bytes(), type=HomeUser)
    except (OSError, msgspec.MsgspecError):
        return HomeUser("bot", 0)
