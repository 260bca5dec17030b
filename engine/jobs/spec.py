"""Training requests and jobs, limits, and their JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec

from engine.errors import InvalidRequestError
from engine.families import FAMILIES, FamilyName, ModelFamily
from engine.requests import MAX_SEED, require

MAX_PASSES = 1_000
"""Passes over the text in one training, at most."""

LABELS: Mapping[str, str] = {
    "title": "Score on the same held-out text",
    "held-out": "new network while it learned",
    "new": "new network at the end",
    "old": "old network",
    "seconds": "seconds",
    "minutes": "minutes",
    "hours": "hours",
    "nats": "nats per character (lower is better)",
}
"""Labels of the loss plot, unless a request has its own."""

_GIBIBYTE = 1024**3
_FORMAT = 1
"""Of the JSON of jobs."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What trainings may use.

    Attributes:
        minutes: how long one may run; the best so far is saved then.
        corpus_bytes: the largest text that is taken.
        memory_bytes: what its process may allocate, where the system can limit that.
        file_bytes: the largest file that it may write, where the system can limit that.
        niceness: of its process, 0 to 19.
        waiting: trainings that wait or run, at most.
        waiting_per_member: trainings of one member that wait, at most, in all guilds together.
        models_bytes: of all versions of the host and its guilds, at most; the least recently used
            ones that are not served are deleted.
        silent_minutes: a process without an event for so long is killed.
        grace_seconds: between SIGTERM and SIGKILL.
    """

    minutes: float = 30.0
    corpus_bytes: int = 1024**2
    memory_bytes: int = 4 * _GIBIBYTE
    file_bytes: int = _GIBIBYTE
    niceness: int = 15
    waiting: int = 8
    waiting_per_member: int = 2
    models_bytes: int = 4 * _GIBIBYTE
    silent_minutes: float = 10.0
    grace_seconds: float = 5.0


@dataclass(frozen=True, slots=True)
class TrainingRequest:
    """A request for a training.

    Attributes:
        network: family of the network.
        guild: the guild that the version is for, or None for the host.
        corpus: the uploaded text, or None for the default one.
        source: what the upload is called.
        passes: over the text, at most; None for the usual number.
        minutes: at most; None for as many as are allowed.
        temperature: of the samples that are shown.
        is_fresh: whether to start from fresh weights, not from the version that is served.
        seed: of all random choices.
        precision: "float32" or "bfloat16" for a poem network; None for the faster.
        options: further settings of the training, by the names of its config.
        labels: of the loss plot, by the keys of `LABELS`.
        user: the member who requests it, or None for the host; not written to the disk.

    Raises:
        InvalidRequestError: a value is outside its limits.
    """

    network: FamilyName
    guild: int | None = None
    corpus: bytes | None = field(default=None, repr=False)
    source: str = "upload.txt"
    passes: int | None = None
    minutes: float | None = None
    temperature: float = 0.8
    is_fresh: bool = False
    seed: int = 1
    precision: str | None = None
    options: Mapping[str, int | float] = field(default_factory=dict[str, int | float])
    labels: Mapping[str, str] = field(default_factory=lambda: dict(LABELS))
    user: int | None = None

    def __post_init__(self) -> None:
        passes, minutes = self.passes, self.minutes
        require(
            passes is None or 1 <= passes <= MAX_PASSES, "number of passes", f"1 to {MAX_PASSES:,}"
        )
        require(minutes is None or minutes > 0, "number of minutes", "more than 0")
        require(0.1 <= self.temperature <= 2, "temperature", "0.1 to 2")
        require(0 <= self.seed <= min(MAX_SEED, 2**31 - 1), "seed", "0 to 2,147,483,647")
        precisions = (None, "float32", "bfloat16")
        require(self.precision in precisions, "precision", "float32 or bfloat16")


@dataclass(frozen=True, slots=True)
class TrainingJob:
    """An accepted request.

    Attributes:
        submitted: when, in UTC, as ISO 8601.
        before: the version that was served then, which the new one is compared with and, unless
            fresh, starts from; None where there was none.
    """

    id: str
    request: TrainingRequest
    submitted: str
    before: str | None
    has_upload: bool

    def to_json(self) -> bytes:
        """Return the job without its text and its member."""
        job = replace(self, request=replace(self.request, corpus=None, user=None))
        return msgspec.json.encode({"format": _FORMAT, **msgspec.to_builtins(job)})


def job_from_json(content: bytes) -> TrainingJob:
    """Return the job that `TrainingJob.to_json` wrote.

    Raises:
        ValueError: it is damaged, or was written by a program that knows more.
    """
    try:
        fields = msgspec.json.decode(content, type=dict[str, Any])
        if fields.pop("format", _FORMAT) != _FORMAT:
            raise ValueError("a training job of another version of the program")
        # Versions before 0.2 wrote "order" for "request", and "server" for "guild".
        if "order" in fields:
            fields["request"] = fields.pop("order")
        request = msgspec.convert(fields["request"], dict[str, Any])
        if "server" in request:
            request["guild"] = request.pop("server")
        job = msgspec.convert(fields | {"request": request}, TrainingJob)
    except (msgspec.MsgspecError, TypeError, KeyError, InvalidRequestError) as error:
        raise ValueError("not a training job") from error
    if job.request.network not in FAMILIES:
        raise ValueError(f"a training job of an unknown family, {job.request.network!r}")
    return job


@dataclass(frozen=True, slots=True)
class Places:
    """Folders of a training; where `texts` is None, the texts are downloaded."""

    models: Path
    shipped: Path
    downloads: Path
    texts: Path | None = None


@dataclass(frozen=True, slots=True)
class WorkerInput:
    """Input of the worker process: one line of JSON; it ends with its parent process."""

    places: Places
    limits: Limits
    parent: int
    families: tuple[ModelFamily, ...]

    def to_line(self) -> bytes:
        """Return it as a line."""
        return msgspec.json.encode(self, enc_hook=str) + b"\n"


def worker_input_from_line(line: str | bytes) -> WorkerInput:
    """Return the input that `WorkerInput.to_line` wrote."""
    try:
        return msgspec.json.decode(line, type=WorkerInput, dec_hook=lambda kind, value: kind(value))
    except msgspec.MsgspecError as error:
        raise ValueError("not the input of a worker") from error
