"""Training texts as files: size, encoding and checksum."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from engine.errors import CorpusTooLargeError, NotTextError


@dataclass(frozen=True, slots=True)
class Text:
    """A text file.

    Attributes:
        sha256: of the file's bytes, in hexadecimal.
        content: its characters, lines closed by a newline alone.
    """

    source: str
    sha256: str
    content: str


def read_text(path: Path, max_size_bytes: int) -> Text:
    """Read a text file.

    Raises:
        NotTextError: it cannot be opened or is not UTF-8.
        CorpusTooLargeError: it is larger than the limit.
    """
    return text_of(_read_bytes(path, max_size_bytes), path.name)


def text_of(content: bytes, source: str) -> Text:
    """Return the text that bytes hold."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        reason = f"byte {error.start + 1:,} is not UTF-8; save it as UTF-8 text"
        raise NotTextError(source, reason, "encoding", byte=error.start + 1) from error
    return Text(source, hashlib.sha256(content).hexdigest(), "\n".join(text.splitlines()))


def _read_bytes(path: Path, max_size_bytes: int) -> bytes:
    try:
        size = path.stat().st_size
        if size > max_size_bytes:
            raise CorpusTooLargeError(size, max_size_bytes)
        return path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "it could not be read").lower()
        raise NotTextError(path.name, reason, "unreadable") from error
