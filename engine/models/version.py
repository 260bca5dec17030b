"""A version of a model as a folder: its files, and card.json with the checksum of each."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from filelock import FileLock, Timeout

from engine.errors import ModelDamagedError
from engine.files import flush_folder, lock_at, replace_file

Model = TypeVar("Model")

UPLOAD = "corpus.txt"
"""The file of a version with the uploaded text."""

UPLOADS = "uploads"
"""Key in the settings of a card: the version, or its start, has learned an upload."""

_ASIDE = ".tmp"


@dataclass(frozen=True, slots=True)
class ModelCard:
    """The card of a version.

    Attributes:
        created: when, in UTC, as ISO 8601.
        corpus: source, SHA-256, licence and size.
        scores: by name, `held_out_nats_per_character` among them.
        checksums: SHA-256 of its files by name, in hexadecimal.
    """

    id: str
    created: str
    command: str
    corpus: dict[str, Any]
    settings: dict[str, Any]
    scores: dict[str, float]
    checksums: dict[str, str]


def new_id(root: Path, created: datetime, weights: bytes) -> str:
    """Return an id: the day, and a hash of the weights and, if that is taken, of the time."""
    version = f"{created:%Y-%m-%d}-{hashlib.sha256(weights).hexdigest()[:8]}"
    if not (root / version).exists():
        return version
    return new_id(root, created, str(created).encode() + weights)


def read_card(folder: Path) -> ModelCard:
    """Read the card of a version.

    Raises:
        ModelDamagedError: it is missing or not a card.
    """
    try:
        # The json module reads NaN, which a score may be.
        return msgspec.convert(json.loads((folder / "card.json").read_bytes()), ModelCard)
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        raise ModelDamagedError(folder, "its card.json cannot be read") from error


def uploaded(text: bytes | None) -> dict[str, bytes]:
    """Return the file of an uploaded text by its name, or nothing for None."""
    return {} if text is None else {UPLOAD: text}


def write_folder(
    root: Path, card: ModelCard, contents: Mapping[str, bytes], read: Callable[[Path], Model]
) -> Model:
    """Write a version to a temporary folder, load it, and rename the folder to `root`/ID.

    Raises:
        OSError: it could not be written; nothing is left behind.
        ModelDamagedError: what was written cannot be read back; nothing is left behind.
    """
    checksums = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    card_file = {"card.json": _json(replace(card, checksums=checksums))}
    root.mkdir(parents=True, exist_ok=True)
    with lock_of(root):
        _sweep(root)
        aside = Path(tempfile.mkdtemp(dir=root, prefix=".", suffix=_ASIDE))
        try:
            for name, content in (dict(contents) | card_file).items():
                replace_file(aside / name, content)
            model = read(aside)
            aside.replace(root / card.id)
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise
        flush_folder(root)
    return model


def lock_of(root: Path) -> FileLock:
    """Return the lock for changes to a folder of versions."""
    return lock_at(root.parent / f".{root.name}.lock")


def remove_folder(folder: Path) -> None:
    """Rename a folder to a hidden one, then delete it."""
    aside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".", suffix=_ASIDE))
    folder.replace(aside / folder.name)
    flush_folder(folder.parent)
    shutil.rmtree(aside, ignore_errors=True)


def sweep(root: Path) -> None:
    """Delete left-overs of killed writers in a folder of versions, unless one is writing now."""
    if not root.is_dir():
        return
    # A read-only folder has no left-overs that matter.
    with suppress(Timeout, OSError), lock_of(root).acquire(blocking=False):
        _sweep(root)


def _sweep(root: Path) -> None:
    for folder in root.glob(f".*{_ASIDE}"):
        shutil.rmtree(folder, ignore_errors=True)
    for file in root.glob(".active.json.*"):
        file.unlink(missing_ok=True)


def _json(card: ModelCard) -> bytes:
    return (json.dumps(asdict(card), indent=2, ensure_ascii=False) + "\n").encode()


def verify(folder: Path) -> None:
    """Check the files of a version against its card, without loading it.

    Raises:
        ModelDamagedError: a file is missing or altered.
    """
    card = read_card(folder)
    for name in card.checksums:
        read_checked(folder, name, card)


def read_checked(folder: Path, name: str, card: ModelCard) -> bytes:
    """Read a file of a version.

    Raises:
        ModelDamagedError: it is missing, or not what the card says.
    """
    try:
        content = (folder / name).read_bytes()
    except OSError as error:
        raise ModelDamagedError(folder, f"{name} cannot be read") from error
    if hashlib.sha256(content).hexdigest() != card.checksums.get(name):
        raise ModelDamagedError(folder, f"{name} is not as it was written")
    return content
