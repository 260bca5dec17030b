"""The events of a training, each of them one line of JSON with a type tag.

Started, Progress, Evaluated, Notice, Sampled and Compared come from the worker process; Queued
gives the position in the queue. A training ends once, with Saved, Failed, Cancelled or Crashed.
After Paused it resumes when the bot starts again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec


class _Event(msgspec.Struct, frozen=True, tag_field="event", tag=True):
    """One line of JSON; the tag is the name of the class."""


class Queued(_Event, frozen=True):
    """The training waits at a position; 0 while its process starts."""

    position: int


class Started(_Event, frozen=True):
    """The process is running."""

    pid: int
    resumed: bool


# The tags of Progress and Evaluated are those of version 0.1, whose trainings are resumed.
class Progress(_Event, frozen=True, tag="Stepped"):
    """Some batches have been learned.

    Attributes:
        stage: "training", "pretraining" or "fine-tuning".
        step: batches learned in this stage.
        steps: batches in all, unless training stops early.
        passes: completed passes over the text.
        loss: nats per character on the latest batch, dropout included.
        seconds: how long the training has run, earlier runs included.
        seconds_left: estimate of the rest; None while nothing is known.
    """

    stage: str
    step: int
    steps: int
    passes: int
    loss: float
    seconds: float
    seconds_left: float | None


class Evaluated(_Event, frozen=True, tag="Scored"):
    """The network was scored on text that it does not learn.

    Attributes:
        score: on the text that decides when to stop, as `best_score`.
        held_out: on the text that both networks are compared on; None where that took too long.
    """

    stage: str
    step: int
    score: float
    best_score: float
    seconds: float
    held_out: float | None = None


NoticeKind = Literal["start-unfit", "partly-learned", "checkpoint-lost"]


class Notice(_Event, frozen=True):
    """Something that differs from what was requested, and that members must know.

    Attributes:
        kind: "start-unfit": the version to fine-tune spells too little of the text, which is
            learned afresh; "partly-learned": some symbols are not learned; "checkpoint-lost": the
            training began again.
        version: that was to be fine-tuned, or nothing.
        share: of the text that is spelled or learned.
        reason: why a checkpoint was lost, for the log.
    """

    kind: NoticeKind
    version: str = ""
    share: float = 1.0
    reason: str = ""


class Sampled(_Event, frozen=True):
    """A sample of the network: names, one a line, or verse; filtered, not escaped."""

    text: str


class Side(msgspec.Struct, frozen=True):
    """One of two networks that are compared.

    Attributes:
        nats_per_character: on the held-out text; None where it lacks the symbols of that text.
        samples: three names, or three pieces of verse; fewer where the filter left few.
    """

    version: str
    nats_per_character: float | None
    samples: tuple[str, ...]


class Compared(_Event, frozen=True):
    """The new network beside the one that was served, on the same held-out text.

    Attributes:
        old: the one that was served, or None where there was none that could be loaded.
    """

    new: Side
    old: Side | None
    characters: int
    is_worse: bool


class Saved(_Event, frozen=True):
    """The new version is in the registry; it is whole unless time ran out."""

    version: str
    is_whole: bool


class Failed(_Event, frozen=True):
    """The training has ended without a version.

    Attributes:
        message: what a person can do about it, in English; no folders of this machine.
        details: what `engine.errors.error_of` makes the error from, if it is one of the engine's.
    """

    kind: str
    message: str
    details: Mapping[str, Any] = msgspec.field(default_factory=dict[str, Any])


class Cancelled(_Event, frozen=True):
    """A member cancelled the training; its version, if any, is deleted."""


class Crashed(_Event, frozen=True):
    """The process ended without a final event.

    Attributes:
        exit_code: of the process; the negative number of a signal if one killed it.
    """

    exit_code: int
    last_event: str
    message: str


class Paused(_Event, frozen=True):
    """The bot closes; the training resumes from its checkpoint at the next start."""


Ending = Saved | Failed | Cancelled | Crashed
Transient = Queued | Started | Progress
"""Events that the next one replaces."""
Event = Queued | Started | Progress | Evaluated | Notice | Sampled | Compared | Ending | Paused

_DECODER: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


def to_line(event: Event) -> str:
    r"""Return an event as a line of JSON.

    >>> to_line(Sampled("Rex"))
    '{"event":"Sampled","text":"Rex"}\n'
    """
    return msgspec.json.encode(event).decode() + "\n"


def from_line(line: str | bytes) -> Event:
    r"""Return the event of a line.

    >>> from_line('{"event": "Sampled", "text": "Rex"}\n')
    Sampled(text='Rex')
    """
    try:
        return _DECODER.decode(line)
    except msgspec.MsgspecError as error:
        raise ValueError("not the line of an event") from error
