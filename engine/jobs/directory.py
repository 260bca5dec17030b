"""The folder of a training: what was ordered, how far it is, how it ended.

job.json         the order; written before the training is accepted
corpus.txt       the uploaded text, until the training ends
checkpoint.npz   where the network stands, until the training ends
events.jsonl     what its process has told
log.txt          what its process wrote to stderr
curves.png       the losses as a picture
end.json         how it ended

A folder is removed when someone has taken note of the end.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from engine.files import flush_folder, lock_at, replace_file
from engine.jobs.events import Ending, Event, Progress, Queued, Started, from_line, to_line
from engine.jobs.spec import TrainingJob, job_from_json

log = logging.getLogger(__name__)

_ASIDE = ".tmp"
_LOCK = ".lock"


@dataclass(frozen=True, slots=True)
class JobDirectory:
    """The files of one training.

    Attributes:
        folder: where they are; its name is the id of the training.
    """

    folder: Path

    @property
    def corpus(self) -> Path:
        """The uploaded text."""
        return self.folder / "corpus.txt"

    @property
    def checkpoint(self) -> Path:
        """Where the network stands."""
        return self.folder / "checkpoint.npz"

    @property
    def loss_plot(self) -> Path:
        """The losses as a picture."""
        return self.folder / "curves.png"

    @property
    def log(self) -> Path:
        """What the process wrote to stderr."""
        return self.folder / "log.txt"

    @property
    def _events(self) -> Path:
        return self.folder / "events.jsonl"

    def lock(self) -> FileLock:
        """Return the lock that is held by the bot that the training belongs to."""
        return lock_at(self.folder.with_name(f".{self.folder.name}.lock"))

    def job(self) -> TrainingJob:
        """Return what was ordered.

        Raises:
            OSError: it cannot be read.
            ValueError: it is damaged.
        """
        return job_from_json((self.folder / "job.json").read_bytes())

    def upload(self) -> bytes | None:
        """Return the uploaded text, or None where the default one is learned.

        Raises:
            OSError: it cannot be read.
        """
        return self.corpus.read_bytes() if self.job().has_upload else None

    def append(self, event: Event) -> None:
        """Write down what has happened.

        Raises:
            OSError: it cannot be written.
        """
        with self._events.open("a", encoding="utf-8") as file:
            file.write(to_line(event))

    def events(self) -> list[Event]:
        """Return what has happened; lines that a crash has cut are left out."""
        try:
            lines = self._events.read_bytes().splitlines()
        except OSError:
            return []
        events: list[Event] = []
        for line in lines:
            try:
                events.append(from_line(line))
            except ValueError:
                continue
        return events

    def milestones(self) -> list[Event]:
        """Return what has happened and is more than a step on the way."""
        passing = Queued | Started | Progress
        return [event for event in self.events() if not isinstance(event, passing)]

    def end(self) -> Ending | None:
        """Return how the training ended, or None where it has not."""
        try:
            event = from_line((self.folder / "end.json").read_bytes())
        except (OSError, ValueError):
            return None
        return event if isinstance(event, Ending) else None

    def write_end(self, ending: Ending) -> None:
        """Write down how the training ended, and delete what only a running one needs.

        Raises:
            OSError: it cannot be written.
        """
        replace_file(self.folder / "end.json", to_line(ending).encode())
        self.checkpoint.unlink(missing_ok=True)
        self.corpus.unlink(missing_ok=True)

    def sweep(self) -> None:
        """Delete the half-written files of a process that was killed."""
        for file in self.folder.glob(".*"):
            file.unlink(missing_ok=True)

    def remove(self) -> None:
        """Delete the training, at once for whoever looks; what cannot be deleted stays."""
        aside = self.folder.with_name(f".{self.folder.name}{_ASIDE}")
        # A kill must not leave a part that looks like a training which has not ended.
        with suppress(OSError):
            self.folder.replace(aside)
        shutil.rmtree(aside, ignore_errors=True)
        self.folder.with_name(f".{self.folder.name}.lock").unlink(missing_ok=True)


def create(root: Path, job: TrainingJob, corpus: bytes | None) -> JobDirectory:
    """Make the folder of a training, whole and on the disk.

    Args:
        root: the folder of all trainings; made if missing.
        job: what is wanted.
        corpus: the uploaded text.

    Raises:
        OSError: it could not be written; nothing is left behind.
    """
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
    """Return the trainings in a folder that belong to no living bot, the oldest first.

    Each lock is held. Folders that a killed writer has left are deleted, damaged ones as well.

    Args:
        root: the folder of all trainings.
        is_own: whether trainings of a server, or of the host for None, are to be returned.

    Raises:
        OSError: the folder cannot be read.
    """
    adopted: list[tuple[TrainingJob, JobDirectory, FileLock]] = []
    if not root.is_dir():
        return adopted
    with lock_at(root / _LOCK):
        for folder in root.glob(f".*{_ASIDE}"):
            shutil.rmtree(folder, ignore_errors=True)
    for folder in root.glob("*"):
        if folder.name.startswith("."):
            continue
        files = JobDirectory(folder)
        lock = files.lock()
        # The lock of another bot's is not taken for a moment: it may be looking just now.
        if _is_of_another(files, is_own):
            continue
        try:
            lock.acquire(blocking=False)
        except Timeout:
            continue
        try:
            adopted.append((files.job(), files, lock))
        except (OSError, ValueError):
            log.exception("The training %s cannot be read and is dropped", folder.name)
            lock.release()
            files.remove()
    return sorted(adopted, key=lambda entry: entry[0].submitted)


def _is_of_another(files: JobDirectory, is_own: Callable[[int | None], bool]) -> bool:
    try:
        return not is_own(files.job().request.guild)
    except (OSError, ValueError):
        return False
