"""Everything that can go wrong in the engine, each with a message a person can act on.

EngineError
├─ InvalidRequestError      what the member typed; says what is allowed
├─ NoNamesError     no sample was fit to show
├─ NoPoemError      no verse came of a first line
├─ IndecentLineError        a first line that may not be shown
├─ CorpusError
│  ├─ NotTextError
│  ├─ CorpusTooSmallError
│  ├─ CorpusTooLargeError
│  └─ DownloadError
├─ ModelError
│  ├─ ModelNotFoundError
│  ├─ ModelDamagedError
│  ├─ ModelInUseError       it is served, and so cannot be deleted
│  └─ ModelInheritedError   it belongs to the host, and so cannot be deleted here
├─ CheckpointError          a training run that cannot be resumed
├─ TrainingError
│  ├─ TrainingQueueFullError
│  ├─ TrainingPendingError  one for this server is queued or running already
│  ├─ TrainingNotFoundError
│  └─ TrainingNotRunError   its process could not be had
├─ OverloadedError
├─ DeadlineExceededError          an answer took longer than anybody waits
└─ EngineClosedError

Messages are for the log and the command line, in English. Whoever speaks another language finds
what to say by the class, and fills in the attributes.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

Flaw = Literal[
    "altered",
    "control",
    "empty",
    "encoding",
    "length",
    "letters",
    "lines",
    "missing",
    "name",
    "signs",
    "sonnets",
    "symbol",
    "unreadable",
]
"""What can be wrong with a text."""

Unit = Literal["names", "pieces", "characters"]
"""What is counted of a text."""


class EngineError(Exception):
    """Base of all errors that the engine raises on purpose."""


class InvalidRequestError(EngineError, ValueError):
    """A request asks for something outside the limits.

    Attributes:
        field: the part of the request that is wrong.
        allowed: what it may be, as a phrase that completes "it must be ...".
    """

    def __init__(self, field: str, allowed: str) -> None:
        self.field = field
        self.allowed = allowed
        super().__init__(f"The {field} must be {allowed}.")


class NoNamesError(EngineError):
    """No sample was fit to show: every one was known, indecent, or of the wrong length.

    Attributes:
        prefix: the letters that the names had to start with, perhaps none.
    """

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        start = f" starting with {prefix!r}" if prefix else ""
        super().__init__(f"No new name{start} turned up. Try other letters or a fresh seed.")


class NoPoemError(EngineError):
    """No sample was fit to show: each one was empty or indecent."""

    def __init__(self) -> None:
        super().__init__("No verse came of that. Try another first line or a fresh seed.")


class IndecentLineError(EngineError):
    """The first line of a poem holds an indecent word, which the poem would repeat."""

    def __init__(self) -> None:
        super().__init__("That line has a word that I do not repeat here. Try another one.")


class CorpusError(EngineError):
    """A training text cannot be used."""


class NotTextError(CorpusError):
    """A training text is not the kind of text that is needed.

    Attributes:
        source: where the text came from.
        reason: what is wrong with it, and where.
        flaw: the same as a word.
        values: the numbers and signs in the reason.
    """

    def __init__(self, source: str, reason: str, flaw: Flaw, **values: int | str) -> None:
        self.source = source
        self.reason = reason
        self.flaw = flaw
        self.values = values
        super().__init__(f"{source} cannot be used: {reason}.")


class CorpusTooSmallError(CorpusError):
    """A training text is too short to learn from and to hold some of it out.

    Attributes:
        found: names or characters that it has.
        needed: names or characters that it should have.
        unit: what is counted.
        counted: the same in words.
    """

    def __init__(self, found: int, needed: int, unit: Unit, counted: str = "") -> None:
        self.found = found
        self.needed = needed
        self.unit: Unit = unit
        self.counted = counted or unit
        super().__init__(f"{found:,} {self.counted} are too few to learn from; give {needed:,}.")


class CorpusTooLargeError(CorpusError):
    """A training text is larger than the limit.

    Attributes:
        size_bytes: its size.
        limit_bytes: the largest size that is read.
    """

    def __init__(self, size_bytes: int, limit_bytes: int) -> None:
        self.size_bytes = size_bytes
        self.limit_bytes = limit_bytes
        super().__init__(f"The text has {size_bytes:,} bytes; at most {limit_bytes:,} are read.")


class DownloadError(CorpusError):
    """A text could not be downloaded; nothing of it was kept.

    Attributes:
        url: where it should be.
        reason: what went wrong.
    """

    def __init__(self, url: str, reason: str) -> None:
        self.url = url
        self.reason = reason
        super().__init__(
            f"{url} cannot be had: {reason}. Try again later, or set DINOBARD_CORPUS to a folder "
            "that has the files."
        )


class ModelError(EngineError):
    """A model version cannot be served."""


class ModelNotFoundError(ModelError):
    """No such version, or none to go back to.

    Attributes:
        version: what was asked for.
    """

    def __init__(self, version: str) -> None:
        self.version = version
        super().__init__(f"There is no model {version!r}. `dinobard models` lists those there are.")


class ModelDamagedError(ModelError):
    """The files of a version are incomplete, altered or unreadable.

    Attributes:
        folder: where they are.
        reason: what is wrong with them.
    """

    def __init__(self, folder: Path, reason: str) -> None:
        self.folder = folder
        self.reason = reason
        super().__init__(f"The model in {folder} is damaged: {reason}. Use another version.")


class ModelInUseError(ModelError):
    """A version that is served cannot be deleted.

    Attributes:
        version: the one.
    """

    def __init__(self, version: str) -> None:
        self.version = version
        super().__init__(f"{version} is in use. Use another version first, then delete it.")


class ModelInheritedError(ModelError):
    """A version that came from the host or with the program cannot be deleted here.

    Attributes:
        version: the one.
    """

    def __init__(self, version: str) -> None:
        self.version = version
        super().__init__(
            f"{version} was not made here and cannot be deleted here. Use another version if it "
            "does not please."
        )


class TrainingError(EngineError):
    """A training cannot be had."""


class TrainingQueueFullError(TrainingError):
    """So many trainings wait that no more are taken.

    Attributes:
        waiting: trainings that wait or run.
    """

    def __init__(self, waiting: int) -> None:
        self.waiting = waiting
        super().__init__(f"{waiting} trainings are waiting already. Try again in an hour.")


class TrainingPendingError(TrainingError):
    """A training for the same server waits or runs already.

    Attributes:
        training: its id.
    """

    def __init__(self, training: str) -> None:
        self.training = training
        super().__init__(
            "A training of yours is waiting or running already. Wait for it, or cancel it."
        )


class TrainingNotFoundError(TrainingError):
    """There is no such training, or it is long over.

    Attributes:
        training: the id that was asked for.
    """

    def __init__(self, training: str) -> None:
        self.training = training
        super().__init__(f"There is no training {training!r} any more. Start another one.")


class TrainingNotRunError(TrainingError):
    """The process of a training could not be had; the log tells why."""

    def __init__(self) -> None:
        super().__init__("The training could not be run. Try again later.")


class CheckpointError(EngineError):
    """A checkpoint cannot be resumed.

    Attributes:
        path: its file.
        reason: why not.
    """

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path} cannot be resumed: {reason}. Delete it to start afresh.")


class OverloadedError(EngineError):
    """The queue is full.

    Attributes:
        retry_after_seconds: when a place is likely to be free.
    """

    def __init__(self, retry_after_seconds: float) -> None:
        self.retry_after_seconds = retry_after_seconds
        super().__init__(f"Too many requests at once; try again in {retry_after_seconds:.0f} s.")


class DeadlineExceededError(EngineError):
    """A request was given up because its answer took too long.

    Attributes:
        retry_after_seconds: when it may go better.
    """

    def __init__(self, retry_after_seconds: float) -> None:
        self.retry_after_seconds = retry_after_seconds
        super().__init__(f"That took too long; try again in {retry_after_seconds:.0f} s.")


class EngineClosedError(EngineError):
    """The engine is shutting down and takes no more requests."""

    def __init__(self) -> None:
        super().__init__("The engine is shutting down.")


def details_of(error: EngineError) -> dict[str, Any]:
    """Return the attributes of an error as JSON has them; of a folder or file the name alone."""
    return {
        name: value.name if isinstance(value, Path) else value
        for name, value in vars(error).items()
    }


def error_of(kind: str, details: Mapping[str, Any]) -> EngineError | None:
    """Return the error that `details_of` took apart, or None where there is no such error.

    Args:
        kind: the name of its class.
        details: its attributes.

    >>> error_of("ModelInUseError", {"version": "old"})
    ModelInUseError('old is in use. Use another version first, then delete it.')
    """
    found = globals().get(kind)
    if not (isinstance(found, type) and issubclass(found, EngineError)):
        return None
    arguments = dict(details)
    try:
        return found(**arguments.pop("values", {}), **arguments)
    except TypeError:
        # It comes from another version of the program.
        return None
