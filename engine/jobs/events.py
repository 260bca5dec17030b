"""What a training tells while it runs: frozen events, each of them one line of JSON.

Started, Stepped, Scored, Sampled and Compared come from the process that trains; Queued tells where
a training stands in the queue. A training ends once, with Saved, Failed, Cancelled or Crashed.
Paused ends the watching alone: the training goes on when the bot is started again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Queued:
    """The training waits.

    Attributes:
        position: how many are before it; 0 where its process is being started.
    """

    position: int


@dataclass(frozen=True, slots=True)
class Started:
    """Its process is at work.

    Attributes:
        pid: of the process.
        resumed: whether it goes on from a checkpoint.
    """

    pid: int
    resumed: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """Some batches have been learned.

    Attributes:
        stage: "training", "pretraining" or "fine-tuning".
        step: batches learned in this stage.
        steps: batches in all, if nothing ends it early.
        passes: passes over the text that are completed.
        loss: nats per character on the latest batch, dropout included.
        seconds: how long the training has run, earlier runs of it included.
        seconds_left: how long it is likely to go on; None while nothing is known.
    """

    stage: str
    step: int
    steps: int
    passes: int
    loss: float
    seconds: float
    seconds_left: float | None


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The network was scored on text that it does not learn.

    Attributes:
        stage: as in `Stepped`.
        step: batches learned in this stage.
        score: nats per character.
        best_score: the best so far.
        seconds: how long the training has run.
    """

    stage: str
    step: int
    score: float
    best_score: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Sampled:
    """What the network invents by now.

    Attributes:
        text: names, one a line, or some lines of verse; decent, not escaped.
    """

    text: str


@dataclass(frozen=True, slots=True)
class Side:
    """One of two networks that are compared.

    Attributes:
        version: its id; empty while the new one is not saved.
        nats_per_character: on the held-out text; None where it lacks the symbols of that text.
        samples: three names, or three pieces of verse; fewer where little was fit to show.
    """

    version: str
    nats_per_character: float | None
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """The new network beside the one that was served, on the same held-out text.

    Attributes:
        new: the new one.
        old: the one that was served, or None where there was none that could be loaded.
        characters: of the held-out text.
        is_worse: whether the new one scores worse.
    """

    new: Side
    old: Side | None
    characters: int
    is_worse: bool


@dataclass(frozen=True, slots=True)
class Saved:
    """The new version is in the store, not served yet: the training has ended.

    Attributes:
        version: its id.
        is_whole: whether the training went through; else its minutes were over.
    """

    version: str
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Failed:
    """The training has ended without a version.

    Attributes:
        kind: class of the error.
        message: what a person can do about it, in English; no folders of this machine.
        details: what `engine.errors.error_of` makes the error from, if it is one of the engine's.
    """

    kind: str
    message: str
    details: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Someone cancelled the training: nothing of it is left."""


@dataclass(frozen=True, slots=True)
class Crashed:
    """Its process ended without a word.

    Attributes:
        exit_code: of the process; the negative number of a signal if one killed it.
        last_event: the kind of the last event before, or nothing.
        message: what a person can do about it, in English.
    """

    exit_code: int
    last_event: str
    message: str


@dataclass(frozen=True, slots=True)
class Paused:
    """The bot closes; the training goes on from its checkpoint at the next start."""


Ending = Saved | Failed | Cancelled | Crashed
Event = Queued | Started | Progress | Evaluated | Sampled | Compared | Ending | Paused

_KINDS: dict[str, type[Event]] = {
    kind.__name__: kind
    for kind in (
        Queued,
        Started,
        Progress,
        Evaluated,
        Sampled,
        Compared,
        Saved,
        Failed,
        Cancelled,
        Crashed,
        Paused,
    )
}


def to_line(event: Event) -> str:
    r"""Return an event as a line of JSON.

    >>> to_line(Sampled("Rex"))
    '{"event": "Sampled", "text": "Rex"}\n'
    """
    return json.dumps({"event": type(event).__name__} | asdict(event)) + "\n"


def from_line(line: str | bytes) -> Event:
    r"""Return the event of a line.

    Raises:
        ValueError: it is not the line of an event.

    >>> from_line('{"event": "Sampled", "text": "Rex"}\n')
    Sampled(text='Rex')
    """
    try:
        fields: dict[str, Any] = json.loads(line)
        kind = _KINDS[fields.pop("event")]
        if kind is Compared:
            sides = {side: _side(fields.pop(side)) for side in ("new", "old")}
            return kind(**sides, **fields)
        return kind(**fields)
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError("not the line of an event") from error


def _side(fields: dict[str, Any] | None) -> Any:
    if fields is None:
        return None
    samples = tuple(fields.pop("samples"))
    return Side(samples=samples, **fields)
