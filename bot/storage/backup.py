"""Backs a home folder up while bots use it, and restores it while none does."""

from __future__ import annotations

import hashlib
import io
import json
import os
import sqlite3
from collections.abc import Generator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

import msgspec

from bot.config import DATABASE
from bot.storage.archive import ArchiveWriter, BackupError, broken, extract, is_acceptable
from bot.storage.database import MIGRATIONS
from bot.storage.exchange import exchange, settle, staging_of
from bot.storage.home import HomeInUseError, guarded, users_of
from engine.errors import ModelDamagedError, ModelNotFoundError
from engine.families import FAMILIES, FamilyName
from engine.models.registry import ModelRegistry
from engine.models.version import read_card, verify

_BUSY_SECONDS = 30.0
_CARD = "card.json"
_ACTIVE = "active.json"


@dataclass(slots=True)
class Summary:
    """What a backup has.

    Attributes:
        has_database: whether there was a database.
        versions: of models.
        left_out: what is wrong with each version that is damaged and so was left out.
        size_bytes: of the archive.
    """

    has_database: bool = False
    versions: int = 0
    left_out: list[str] = field(default_factory=list[str])
    size_bytes: int = 0


def back_up(home: Path, registry: ModelRegistry, out: BinaryIO, scratch: Path) -> Summary:
    """Write the database and all versions of a home folder to an archive, while bots use them.

    Args:
        home: the folder.
        registry: of the host's versions in it.
        out: a stream for the archive.
        scratch: folder with room for a copy of the database.

    Raises:
        BackupError: there is nothing to back up, or the database cannot be read.
        OSError: something could not be read or written.
    """
    archive, summary = ArchiveWriter(out), Summary()
    # First: a version that its record of trainings names is in the backup too.
    if (home / DATABASE).exists():
        with TemporaryDirectory(dir=scratch, prefix=".backup-") as folder:
            copy = Path(folder, DATABASE)
            _copy_database(home / DATABASE, copy)
            with copy.open("rb") as file:
                archive.add(DATABASE, file, copy.stat().st_size)
        summary.has_database = True
    guilds = sorted(path.name for path in (registry.root / "servers").glob("[0-9]*"))
    # The host's versions last: those that guilds have activated are among them.
    for guild in (*map(int, filter(str.isdecimal, guilds)), None):
        for network in FAMILIES:
            added = _add_family(archive, home, registry.of_guild(guild), network)
            summary.versions += added.versions
            summary.left_out += added.left_out
    if archive.is_empty:
        raise BackupError(f"There is nothing to back up in {home}.")
    archive.end()
    summary.size_bytes = archive.size_bytes
    return summary


def restore(home: Path, archive: BinaryIO) -> int:
    """Replace database and versions of a home folder by those of an archive.

    Args:
        home: the folder; made if missing.
        archive: a stream with it.

    Returns:
        The number of restored files.

    Raises:
        BackupError: it is not a whole backup; nothing has changed.
        HomeInUseError: a bot or a terminal uses the folder.
        OSError: something could not be read or written; nothing has changed.
    """
    with guarded(home):
        for user in users_of(home):
            raise HomeInUseError(
                f"Process {user.process} uses {home}. Stop it first, then restore."
            )
        settle(home)
        staging = staging_of(home)
        try:
            count = extract(archive, staging)
            _check_database(staging / DATABASE, home / "trainings")
            _check_models(staging)
        except BaseException:
            settle(home)
            raise
        exchange(home)
    return count


def _copy_database(source: Path, target: Path) -> None:
    """Copy the database in one transaction, which keeps nobody from writing, and check the copy."""
    address = f"{source.absolute().as_uri()}?mode=rw"
    try:
        with (
            closing(sqlite3.connect(address, _BUSY_SECONDS, uri=True)) as live,
            closing(sqlite3.connect(target)) as copy,
        ):
            live.backup(copy)
            _check_integrity(copy)
    except sqlite3.Error as error:
        raise BackupError(f"{source} cannot be copied: {error}.") from error


def _add_family(
    archive: ArchiveWriter, home: Path, registry: ModelRegistry, network: FamilyName
) -> Summary:
    """Add the versions of a family that a guild or the host has, and which of them is active."""
    folder, summary = registry.folder_of(network), Summary()
    copied, tried = set[str](), set[str]()
    place = folder.relative_to(home).as_posix()

    def add(version: Path) -> None:
        tried.add(version.name)
        try:
            with _opened(version) as files:
                members = {f"{place}/{version.name}/{name}": file for name, file in files.items()}
                sizes = {name: os.fstat(file.fileno()).st_size for name, file in members.items()}
                if not all(is_acceptable(name, size) for name, size in sizes.items()):
                    raise ModelDamagedError(version, "a file has an unusual name or size")
                for name, file in members.items():
                    archive.add(name, file, sizes[name])
        except ModelDamagedError as error:
            # It may have been deleted meanwhile.
            if version.is_dir():
                summary.left_out.append(str(error))
            return
        copied.add(version.name)

    for version in sorted(folder.glob("[!.]*/")):
        add(version)
    chosen = _chosen(folder / _ACTIVE, summary)
    for version in chosen:
        # Made and activated since the folder was listed.
        if version not in tried and (folder / version / _CARD).is_file():
            add(folder / version)
    kept = [version for version in chosen if version in copied or _inherits(registry, version)]
    if kept:
        active = (json.dumps(kept) + "\n").encode()
        archive.add(f"{place}/{_ACTIVE}", io.BytesIO(active), len(active))
    summary.versions = len(copied)
    return summary


def _chosen(active: Path, summary: Summary) -> list[str]:
    try:
        return msgspec.json.decode(active.read_bytes(), type=list[str])
    except FileNotFoundError:
        pass
    except (OSError, msgspec.MsgspecError):
        summary.left_out.append(f"{active} cannot be read.")
    return []


def _inherits(registry: ModelRegistry, version: str) -> bool:
    try:
        registry.network_of(version)
    except ModelNotFoundError:
        return False
    return not registry.is_own(version)


@contextmanager
def _opened(version: Path) -> Generator[dict[str, io.BufferedReader]]:
    """Open the files of a version, which may be deleted from then on, and verify them.

    Raises:
        ModelDamagedError: a file is missing or altered.
    """
    checksums = read_card(version).checksums
    with ExitStack() as stack:
        files: dict[str, io.BufferedReader] = {}
        for name in (_CARD, *checksums):
            try:
                files[name] = stack.enter_context((version / name).open("rb"))
            except OSError as error:
                raise ModelDamagedError(version, f"{name} cannot be read") from error
        for name, checksum in checksums.items():
            if hashlib.file_digest(files[name], "sha256").hexdigest() != checksum:
                raise ModelDamagedError(version, f"{name} is not as it was written")
            files[name].seek(0)
        yield files


def _check_database(database: Path, trainings: Path) -> None:
    """Check a restored database, and end in it the trainings that are not there any more."""
    if not database.exists():
        return
    try:
        with closing(sqlite3.connect(database, isolation_level=None)) as connection:
            _check_integrity(connection)
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version > len(list(MIGRATIONS.glob("*.sql"))):
                raise BackupError("A newer version of the program has written this backup.")
            _end_trainings(connection, trainings)
    except sqlite3.Error as error:
        raise broken(f"its database cannot be read ({error})") from error


def _check_integrity(connection: sqlite3.Connection) -> None:
    (result,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if result != "ok":
        raise sqlite3.DatabaseError(result)


def _end_trainings(connection: sqlite3.Connection, trainings: Path) -> None:
    tables = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'trainings'")
    if tables.fetchone() is None:
        return
    running = connection.execute("SELECT id FROM trainings WHERE result = 'running'").fetchall()
    now = datetime.now(UTC).isoformat(timespec="seconds")
    gone = [(now, training) for (training,) in running if not (trainings / training).is_dir()]
    connection.executemany(
        "UPDATE trainings SET result = 'cancelled', ended = ? WHERE id = ?", gone
    )


def _check_models(staging: Path) -> None:
    """Verify every version, and that it has no further files."""
    files: dict[Path, set[str]] = {}
    for path in (staging / "models").rglob("*"):
        if path.is_file() and path.name != _ACTIVE:
            files.setdefault(path.parent, set()).add(path.name)
    for version, names in files.items():
        try:
            verify(version)
            expected = {_CARD, *read_card(version).checksums}
        except ModelDamagedError as error:
            raise broken(f"{version.relative_to(staging)} is damaged") from error
        if names != expected:
            raise broken(f"{version.relative_to(staging)} has files of its own")
    for active in (staging / "models").rglob(_ACTIVE):
        try:
            msgspec.json.decode(active.read_bytes(), type=list[str])
        except msgspec.MsgspecError as error:
            raise broken(f"{active.relative_to(staging)} cannot be read") from error
