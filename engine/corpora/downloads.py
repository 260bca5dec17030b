"""The manifest of training texts, and their verified downloads."""

from __future__ import annotations

import hashlib
import http.client
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.errors import DownloadError, NotTextError
from engine.files import replace_file

TIMEOUT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class File:
    """A text of a collection; `name` is without its ending, `sha256` in hexadecimal."""

    name: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Collection:
    """Texts with one source; `url` has {name} in place of the name of a file."""

    name: str
    description: str
    licence: str
    url: str
    files: tuple[File, ...]

    @property
    def sha256(self) -> str:
        """The SHA-256 of the checksums of its files, in their order."""
        return hashlib.sha256("".join(file.sha256 for file in self.files).encode()).hexdigest()


def read_manifest(path: Path) -> Mapping[str, Collection]:
    """Return the collections of a manifest by name."""
    collections = tomllib.loads(path.read_text("utf-8"))
    return {
        name: Collection(
            name=name,
            description=collection["description"],
            licence=collection["licence"],
            url=collection["url"],
            files=tuple(
                File(file, entry["bytes"], entry["sha256"])
                for file, entry in collection["files"].items()
            ),
        )
        for name, collection in collections.items()
    }


def fetch(collection: Collection, cache: Path, own: Path | None = None) -> Iterator[Path]:
    """Yield the files of a collection, downloading those that are not cached.

    With `own`, a folder of files NAME.txt, nothing is downloaded.

    Raises:
        DownloadError: a file cannot be downloaded, or has another checksum.
        NotTextError: a file is missing in `own`, or has another checksum.
        OSError: the cache cannot be written.
    """
    for file in collection.files:
        if own is not None:
            yield _own_file(own, file)
            continue
        path = cache / collection.name / f"{file.name}.txt"
        if not _is_whole(path, file):
            url = collection.url.format(name=file.name)
            content = download(url, file)
            path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(path, content)
        yield path


def download(url: str, file: File, timeout_seconds: float = TIMEOUT_SECONDS) -> bytes:
    """Download a file and check it.

    Raises:
        DownloadError: it is missing, interrupted, truncated or altered, or no server answers.
    """
    try:
        # The addresses are those of the manifest.
        with urllib.request.urlopen(url, timeout=timeout_seconds) as response:  # noqa: S310
            content: bytes = response.read(file.size_bytes + 1)
    except urllib.error.HTTPError as error:
        raise DownloadError(url, f"the server answers {error.code} {error.reason}") from error
    except http.client.IncompleteRead as error:
        raise DownloadError(url, _shorter(len(error.partial), file)) from error
    except urllib.error.URLError as error:
        raise DownloadError(url, f"no server answers ({error.reason})") from error
    except (OSError, http.client.HTTPException) as error:
        raise DownloadError(url, "the download was interrupted") from error
    if len(content) < file.size_bytes:
        raise DownloadError(url, _shorter(len(content), file))
    if not _is_same(content, file):
        raise DownloadError(url, "the file has been altered: its SHA-256 is another")
    return content


def _shorter(size_bytes: int, file: File) -> str:
    return f"the file ends after {size_bytes:,} of {file.size_bytes:,} bytes"


def _own_file(folder: Path, file: File) -> Path:
    path = folder / f"{file.name}.txt"
    if not path.is_file():
        reason = f"it is not in {folder}, which DINOBARD_CORPUS names"
        raise NotTextError(path.name, reason, "missing")
    if not _is_whole(path, file):
        raise NotTextError(path.name, "it is another text than the manifest names", "altered")
    return path


def _is_whole(path: Path, file: File) -> bool:
    try:
        return _is_same(path.read_bytes(), file)
    except FileNotFoundError:
        return False


def _is_same(content: bytes, file: File) -> bool:
    return hashlib.sha256(content).hexdigest() == file.sha256
