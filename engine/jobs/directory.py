"""The directory of a training: its job, its progress, its end.

job.json         the job; written before the training is accepted
corpus.txt       the uploaded text, until the training ends
checkpoint.npz   state of the training, until it ends
events.jsonl     events of the worker process
log.txt          stderr of the worker process
curves.png       plot of the losses
end.json         how it ended

It is removed when the end has been acknowledged. If job.json cannot be read, the directory is moved
to the folder "set-aside" beside it, and deleted after 30 days.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from engine.files import flush_folder, lock_at, replace_file
from engine.jobs.events import Ending, Event, Transient, from_line, to_line
from engine.jobs.spec import TrainingJob, job_from_json

log = logging.getLogger(__name__)

_ASIDE = ".tmp"
_LOCK = ".lock"
_SET_ASIDE = "set-aside"

SET_ASIDE_DAYS = 30
"""How long a directory that could not be read is kept."""


@dataclass(frozen=True, slots=True)
class JobDirectory:
    """The files of one training, whose id is the name of the folder."""

    folder: Path

    @property
    def corpus(self) -> Path:
        """The uploaded text."""
        return self.folder / "corpus.txt"

    @property
    def checkpoint(self) -> Path:
        """State of the training."""
        return self.folder / "checkpoint.npz"

    @property
    def loss_plot(self) -> Path:
        """Plot of the losses."""
        return self.folder / "curves.png"

    @property
    def log(self) -> Path:
        """The stderr of the worker process."""
        return self.folder / "log.txt"

    @property
    def _events(self) -> Path:
        return self.folder / "events.jsonl"

    @property
    def lock_path(self) -> Path:
        """The lock file, beside the folder."""
        return self.folder.with_name(f".{self.folder.name}.lock")

    def lock(self) -> FileLock:
        """Return the lock that the bot process of the training holds."""
        return lock_at(self.lock_path)

    def job(self) -> TrainingJob:
        """Return the job.

        Raises:
            OSError: it cannot be read.
            ValueError: it is damaged.
        """
        return job_from_json((self.folder / "job.json").read_bytes())

    def upload(self) -> bytes | None:
        """Return the uploaded text, or None for the default one."""
        return self.corpus.read_bytes() if self.job().has_upload else None

    def append(self, event: Event) -> None:
        """Append an event."""
        with self._events.open("a", encoding="utf-8") as file:
            file.write(to_line(event))

    def events(self) -> list[Event]:
        """Return the events; incomplete lines, left by a crash, are skipped."""
        events: list[Event] = []
        with suppress(OSError):
            for line in self._events.read_bytes().splitlines():
                with suppress(ValueError):
                    events.append(from_line(line))
        return events

    def milestones(self) -> list[Event]:
        """Return the events that are not transient."""
        return [event for event in self.events() if not isinstance(event, Transient)]

    def end(self) -> Ending | None:
        """Return how the training ended, or None if it has not."""
        try:
            event = from_line((self.folder / "end.json").read_bytes())
        except (OSError, ValueError):
            return None
        return event if isinstance(event, Ending) else None

    def write_end(self, ending: Ending) -> None:
        """Write how the training ended, and delete the files of a running one."""
        replace_file(self.folder / "end.json", to_line(ending).encode())
        self.checkpoint.unlink(missing_ok=True)
        self.corpus.unlink(missing_ok=True)

    def sweep(self) -> None:
        """Delete partial files of a killed process."""
        for file in self.folder.glob(".*"):
            file.unlink(missing_ok=True)

    def remove(self) -> None:
        """Rename the directory to a hidden one and delete it; errors are ignored."""
        aside = self.folder.with_name(f".{self.folder.name}{_ASIDE}")
        # A process killed here must not leave what looks like a training that has not ended.
        with suppress(OSError):
            self.folder.replace(aside)
        shutil.rmtree(aside, ignore_errors=True)
        self.lock_path.unlink(missing_ok=True)


def create(root: Path, job: TrainingJob, corpus: bytes | None) -> JobDirectory:
    """Create the directory of a training atomically."""
    root.mkdir(parents=True, exist_ok=True)
    with lock_at(root / _LOCK):
        aside = Path(tempfile.mkdtemp(dir=root, prefix=".", suffix=_ASIDE))
        try:
            if corpus is not None:
                replace_file(aside / "corpus.txt", corpus)
            replace_file(aside / "job.json", job.to_json())
            aside.replace(root / job.id)
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise
        flush_folder(root)
    return JobDirectory(root / job.id)


def adopt(
    root: Path, is_own: Callable[[int | None], bool]
) -> list[tuple[TrainingJob, JobDirectory, FileLock]]:
    """Lock and return the trainings whose bot process has ended, oldest first.

    Left-overs of killed writers are deleted, and directories without a readable job set aside.
    `is_own` tells whether the trainings of a guild, or of the host for None, are adopted.
    """
    adopted: list[tuple[TrainingJob, JobDirectory, FileLock]] = []
    if not root.is_dir():
        return adopted
    with lock_at(root / _LOCK):
        for folder in root.glob(f".*{_ASIDE}"):
            shutil.rmtree(folder, ignore_errors=True)
    for folder in root.glob("*"):
        if folder.name.startswith(".") or folder.name == _SET_ASIDE:
            continue
        files = JobDirectory(folder)
        lock = files.lock()
        # Not even briefly locked: another bot may be adopting it now.
        if _is_of_another(files, is_own):
            continue
        try:
            lock.acquire(blocking=False)
        except Timeout:
            continue
        except OSError as error:
            log.error("The training %s cannot be locked: %s", folder.name, error)
            continue
        try:
            adopted.append((files.job(), files, lock))
        except (OSError, ValueError) as error:
            _set_aside(files, error)
            lock.release()
    return sorted(adopted, key=lambda entry: entry[0].submitted)


def ids_set_aside(root: Path) -> list[str]:
    """Return the ids of trainings that have been set aside; the oldest are deleted."""
    found: list[str] = []
    for folder in sorted((root / _SET_ASIDE).glob("*")):
        with suppress(OSError):
            if time.time() - folder.stat().st_mtime > SET_ASIDE_DAYS * 86_400:
                shutil.rmtree(folder, ignore_errors=True)
            else:
                found.append(folder.name)
    return found


def forget_set_aside(root: Path, guild: int) -> None:
    """Delete the trainings of a guild that have been set aside, if their jobs still name it."""
    for folder in (root / _SET_ASIDE).glob("*"):
        with suppress(OSError, ValueError, TypeError, KeyError):
            if json.loads((folder / "job.json").read_bytes())["request"]["guild"] == guild:
                shutil.rmtree(folder)


def _set_aside(files: JobDirectory, error: Exception) -> None:
    target = files.folder.parent / _SET_ASIDE / files.folder.name
    log.error("The training %s is set aside in %s: %s", target.name, target.parent, error)
    try:
        target.parent.mkdir(exist_ok=True)
        shutil.rmtree(target, ignore_errors=True)
        files.folder.replace(target)
        os.utime(target)
        files.lock_path.unlink(missing_ok=True)
    except OSError as failure:
        log.error("The training %s cannot be moved: %s", target.name, failure)


def _is_of_another(files: JobDirectory, is_own: Callable[[int | None], bool]) -> bool:
    try:
        return not is_own(files.job().request.guild)
    except (OSError, ValueError):
        return False
