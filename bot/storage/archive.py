"""The format of a backup: an uncompressed tar archive, whose last member lists all others.

Only plain files with known names are read, and no header can stand for more bytes than the archive
has, so a crafted archive neither leaves its folder nor grows.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tarfile
import time
from pathlib import Path
from typing import BinaryIO

import msgspec

from bot.config import DATABASE

MAX_FILES = 1_000_000
"""Members of an archive."""

MAX_FILE_BYTES = 1_073_741_824
"""Bytes of a member that is not the database."""

_MANIFEST = "manifest.json"
_MAX_MANIFEST_BYTES = 268_435_456
_FORMAT = 1
_BLOCK_BYTES = 512
_CHUNK_BYTES = 1_048_576
_PART = r"[A-Za-z0-9_][A-Za-z0-9_.-]*"
_MODEL = re.compile(
    rf"models/(?:servers/[0-9]{{1,20}}/)?(?!servers/)[a-z][a-z0-9_]*/"
    rf"(?:active\.json|{_PART}/{_PART})",
    re.ASCII,
)


class BackupError(Exception):
    """A backup cannot be made or restored; the message says why."""


class _Manifest(msgspec.Struct, forbid_unknown_fields=True):
    """The list of all members before it.

    Attributes:
        format: of the archive.
        files: SHA-256 by name, in hexadecimal.
    """

    format: int
    files: dict[str, str]


class ArchiveWriter:
    """Writes an archive to a stream, which need not be seekable.

    Args:
        out: the stream.
    """

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._files: dict[str, str] = {}
        self.size_bytes = 0

    def add(self, name: str, file: BinaryIO, size: int) -> None:
        """Add a file that has so many bytes.

        Raises:
            BackupError: its name or its size does not fit, or there are too many.
            OSError: it could not be read or written.
        """
        if not is_acceptable(name, size):
            raise BackupError(f"{name} does not belong into a backup.")
        if len(self._files) >= MAX_FILES:
            raise BackupError(f"There are more than {MAX_FILES:,} files.")
        digest = hashlib.sha256()
        self._write_header(name, size)
        left = size
        while left:
            chunk = file.read(min(left, _CHUNK_BYTES))
            if not chunk:
                raise BackupError(f"{name} was changed while it was read.")
            digest.update(chunk)
            self._write(chunk)
            left -= len(chunk)
        self._pad(size)
        self._files[name] = digest.hexdigest()

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been added."""
        return not self._files

    def end(self) -> None:
        """Add the manifest, and end the archive."""
        manifest = msgspec.json.encode(_Manifest(_FORMAT, self._files))
        self._write_header(_MANIFEST, len(manifest))
        self._write(manifest)
        self._pad(len(manifest))
        self._write(bytes(2 * _BLOCK_BYTES))

    def _write_header(self, name: str, size: int) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode, member.mtime = size, 0o600, int(time.time())
        header = member.tobuf(tarfile.GNU_FORMAT)
        if len(header) != _BLOCK_BYTES:
            raise BackupError(f"The name {name} is too long for a backup.")
        self._write(header)

    def _pad(self, size: int) -> None:
        self._write(bytes(-size % _BLOCK_BYTES))

    def _write(self, content: bytes) -> None:
        self._out.write(content)
        self.size_bytes += len(content)


def is_acceptable(name: str, size: int) -> bool:
    """Tell whether a file with that name and so many bytes may be in a backup."""
    return name == DATABASE or (bool(_MODEL.fullmatch(name)) and size <= MAX_FILE_BYTES)


def extract(archive: BinaryIO, folder: Path) -> int:
    """Write the files of an archive to an empty folder, and check them against its manifest.

    Returns:
        The number of files.

    Raises:
        BackupError: it is not a whole backup.
        OSError: it could not be read, or not be written.
    """
    found: dict[str, str] = {}
    while True:
        member = _read_header(archive)
        if member.name == _MANIFEST:
            break
        if not is_acceptable(member.name, member.size) or member.name in found:
            raise broken(f"{member.name!r} does not belong into it")
        if len(found) >= MAX_FILES:
            raise broken(f"it has more than {MAX_FILES:,} files")
        if member.size > shutil.disk_usage(folder).free:
            raise BackupError(f"There is too little room at {folder} for the backup.")
        found[member.name] = _extract_file(archive, member, folder / member.name)
    if member.size > _MAX_MANIFEST_BYTES:
        raise broken("its list of files is too large")
    try:
        manifest = msgspec.json.decode(_read(archive, member.size), type=_Manifest)
    except msgspec.MsgspecError as error:
        raise broken("its list of files cannot be read") from error
    if manifest.format != _FORMAT:
        raise BackupError("A newer version of the program has written this backup.")
    if manifest.files != found:
        raise broken("its files are not those that were written")
    return len(found)


def _read_header(archive: BinaryIO) -> tarfile.TarInfo:
    block = _read(archive, _BLOCK_BYTES)
    try:
        member = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except tarfile.HeaderError as error:
        raise broken("it is damaged, cut off, or something else") from error
    if member.type != tarfile.REGTYPE or member.size < 0:
        raise broken(f"{member.name!r} is not a file")
    return member


def _extract_file(archive: BinaryIO, member: tarfile.TarInfo, path: Path) -> str:
    """Write a member to a new file, and return its SHA-256."""
    digest = hashlib.sha256()
    _make_folder(path.parent)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        left = member.size
        while left:
            chunk = _read(archive, min(left, _CHUNK_BYTES))
            digest.update(chunk)
            file.write(chunk)
            left -= len(chunk)
        file.flush()
        os.fsync(descriptor)
    _read(archive, -member.size % _BLOCK_BYTES)
    return digest.hexdigest()


def _make_folder(path: Path) -> None:
    if not path.is_dir():
        _make_folder(path.parent)
        path.mkdir(mode=0o700)


def _read(archive: BinaryIO, size: int) -> bytes:
    content = archive.read(size)
    if len(content) < size:
        raise broken("it is cut off")
    return content


def broken(reason: str) -> BackupError:
    """Return the error for an archive that is not a whole backup."""
    return BackupError(f"This is not a whole backup: {reason}. Nothing was changed.")
