"""The events that trainings of all families have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from engine.models.version import ModelCard


class HasCard(Protocol):
    """A version of a model."""

    @property
    def card(self) -> ModelCard:
        """What is known of it."""
        ...


Model = TypeVar("Model", bound=HasCard)


@dataclass(frozen=True, slots=True)
class StartUnfit:
    """The version to fine-tune spells too little of the text, which is learned afresh."""

    version: str
    spelled_share: float


@dataclass(frozen=True, slots=True)
class PartlyLearned:
    """Some symbols of the text are not learned, or in another form; the share of the others."""

    share: float


@dataclass(frozen=True, slots=True)
class StageStarted:
    """A stage begins; a training has one or more.

    Attributes:
        step: batches that it has learned already, where it is resumed.
    """

    name: str
    step: int
    is_last: bool = True


@dataclass(frozen=True, slots=True)
class Stepped:
    """One batch has been learned.

    Attributes:
        epoch: passes completed.
        step: batches learned so far.
        steps: batches in all, if nothing ends the training early.
        loss: nats per character on this batch, dropout included.
    """

    epoch: int
    step: int
    steps: int
    loss: float


@dataclass(frozen=True, slots=True)
class NetworkScored:
    """The averaged weights have been scored.

    Attributes:
        score: nats per character on text that is not learned.
        best_score: the best so far, this one included.
        state: the state of the training, which can be saved now.
    """

    score: float
    best_score: float
    state: Any


@dataclass(frozen=True, slots=True)
class NetworkTrained:
    """The training loop has ended."""

    best_score: float


@dataclass(frozen=True, slots=True)
class VersionSaved(Generic[Model]):
    """The new version is in the registry."""

    model: Model

    @property
    def card(self) -> ModelCard:
        """The card of the version."""
        return self.model.card
