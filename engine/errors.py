"""Errors of the engine; each message says what to do.

Messages are in English, for the log and the command line. Translations are looked up by the class
and filled with its attributes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal, dataclass_transform

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
    "slow",
    "sonnets",
    "symbol",
    "unreadable",
]
"""What can be wrong with a text."""

Unit = Literal["names", "pieces", "characters"]
"""What is counted of a text."""


@dataclass_transform(eq_default=False)
class EngineError(Exception):
    """Base of all errors that the engine raises on purpose.

    Each subclass is a dataclass, and fills its template with its fields.
    """

    template: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        dataclass(eq=False, repr=False)(cls)

    def __post_init__(self) -> None:
        super().__init__(self.template.format_map(vars(self)))


class InvalidRequestError(EngineError, ValueError):
    """A value is outside its limits; `allowed` completes "it must be ..."."""

    template = "The {field} must be {allowed}."
    field: str
    allowed: str


class NoNamesError(EngineError):
    """No sample was fit to show: every one was known, indecent, or of the wrong length."""

    prefix: str

    def __post_init__(self) -> None:
        start = f" starting with {self.prefix!r}" if self.prefix else ""
        Exception.__init__(
            self, f"No new name{start} turned up. Try other letters or a fresh seed."
        )


class NoPoemError(EngineError):
    """No sample was fit to show: each one was empty or indecent."""

    template = "No verse came of that. Try another first line or a fresh seed."


class IndecentLineError(EngineError):
    """The first line of a poem has an indecent word."""

    template = "That line has a word that I do not repeat here. Try another one."


@dataclass(eq=False, repr=False)
class IndecentPrefixError(EngineError):
    """The beginning of a name is an indecent word, or that of one."""

    template = "Names that begin so are not shown here. Try other letters."


class CorpusError(EngineError):
    """A training text cannot be used."""


class NotTextError(CorpusError):
    """A training text is not the kind of text that is needed.

    Attributes:
        source: name of the text.
        reason: what is wrong with it, and where.
        flaw: the kind of the reason.
        values: the numbers and signs in the reason.
    """

    def __init__(self, source: str, reason: str, flaw: Flaw, **values: int | str) -> None:
        self.source = source
        self.reason = reason
        self.flaw = flaw
        self.values = values
        Exception.__init__(self, f"{source} cannot be used: {reason}.")


class CorpusTooSmallError(CorpusError):
    """A training text is too short; `counted` says in words what was counted."""

    template = "{found:,} {counted} are too few to learn from; give {needed:,}."
    found: int
    needed: int
    unit: Unit
    counted: str = ""

    def __post_init__(self) -> None:
        self.counted = self.counted or self.unit
        super().__post_init__()


class CorpusTooLargeError(CorpusError):
    """A training text is larger than the limit."""

    template = "The text has {size_bytes:,} bytes; at most {limit_bytes:,} are read."
    size_bytes: int
    limit_bytes: int


class DownloadError(CorpusError):
    """A text could not be downloaded; nothing of it was kept."""

    template = (
        "{url} cannot be had: {reason}. Try again later, or set DINOBARD_CORPUS to a folder "
        "that has the files."
    )
    url: str
    reason: str


class ModelError(EngineError):
    """A model version cannot be served."""


class ModelNotFoundError(ModelError):
    """There is no such version."""

    template = "There is no model {version!r}. The subcommand `models` lists those there are."
    version: str


class ModelDamagedError(ModelError):
    """The files of a version are incomplete, altered or unreadable."""

    template = "The model in {folder} is damaged: {reason}. Use another version."
    folder: Path
    reason: str


class ModelInUseError(ModelError):
    """A version that is served cannot be deleted."""

    template = "{version} is in use. Use another version first, then delete it."
    version: str


class ModelInheritedError(ModelError):
    """A version of the host or of the program cannot be deleted here."""

    template = (
        "{version} was not made here and cannot be deleted here. Use another version if it "
        "does not please."
    )
    version: str


class TrainingError(EngineError):
    """A training cannot be run."""


class TrainingQueueFullError(TrainingError):
    """The queue of trainings is full; `waiting` counts the running one too."""

    template = "{waiting} trainings are waiting already. Try again in an hour."
    waiting: int


class TooManyTrainingsError(TrainingError):
    """Too many trainings of the same member wait, in all guilds together."""

    template = "{waiting} trainings of yours are waiting already. Wait for one, or cancel one."
    waiting: int


class ModelSpaceError(TrainingError):
    """The versions that are served fill the disk space that versions may take."""

    template = "The versions in use take {size_bytes:,} bytes; {limit_bytes:,} are allowed for all."
    size_bytes: int
    limit_bytes: int


class TrainingPendingError(TrainingError):
    """A training for the same guild waits or runs already."""

    template = "A training of yours is waiting or running already. Wait for it, or cancel it."
    training: str


class TrainingNotFoundError(TrainingError):
    """There is no such training, or it ended long ago."""

    template = "There is no training {training!r} any more. Start another one."
    training: str


class TrainingNotRunError(TrainingError):
    """The process of a training failed; the log tells why."""

    template = "The training could not be run. Try again later."


class CheckpointError(EngineError):
    """A checkpoint cannot be resumed."""

    template = "{path} cannot be resumed: {reason}. Delete it to start afresh."
    path: Path
    reason: str


class OverloadedError(EngineError):
    """The queue is full."""

    template = "Too many requests at once; try again in {retry_after_seconds:.0f} s."
    retry_after_seconds: float


class DeadlineExceededError(EngineError):
    """A request was abandoned because it took too long."""

    template = "That took too long; try again in {retry_after_seconds:.0f} s."
    retry_after_seconds: float


class EngineClosedError(EngineError):
    """The engine is shutting down and takes no more requests."""

    template = "The engine is shutting down."


def details_of(error: EngineError) -> dict[str, Any]:
    """Return the attributes of an error as JSON has them; of a folder or file the name alone."""
    return {
        name: value.name if isinstance(value, Path) else value
        for name, value in vars(error).items()
    }


def error_of(kind: str, details: Mapping[str, Any]) -> EngineError | None:
    """Return the error of a class name and the result of `details_of`, or None if there is none.

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
        # Written by another version of the program.
        return None
