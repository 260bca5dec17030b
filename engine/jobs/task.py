"""What the process of a training needs to know of either network."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, Protocol

from engine.errors import ModelError
from engine.jobs.directory import JobDirectory
from engine.jobs.events import Compared
from engine.jobs.spec import Places, TrainingJob
from engine.models.registry import ModelRegistry
from engine.training.names_loop import Stepped


@dataclass(frozen=True, slots=True)
class JobContext:
    """A training that was ordered, and where its things are.

    Attributes:
        job: what was ordered.
        files: its folder.
        places: where models and texts are.
    """

    job: TrainingJob
    directory: JobDirectory
    places: Places

    @property
    def registry(self) -> ModelRegistry:
        """The store that the version goes to."""
        host = ModelRegistry(self.places.models, self.places.shipped)
        return host.of_guild(self.job.request.guild)

    @property
    def written(self) -> str | None:
        """The version that an earlier run of the training has written already, if it got so far."""
        for card in self.registry.versions(self.job.request.network):
            if card.settings.get("training") == self.job.id:
                return card.id
        return None

    def has_uploads(self, start: str | None) -> bool:
        """Tell whether an upload is learned, be it only by the version that is fine-tuned.

        Args:
            start: that version, or None for fresh weights.
        """
        network = self.job.request.network
        return self.job.has_upload or start in self.registry.made_of_uploads(network)

    def load(self, version: str) -> Any:
        """Load and verify a version of the family that is trained.

        Raises:
            ModelError: there is no such version, or it is damaged.
        """
        return self.registry.load(version, self.job.request.network)

    def first_loadable(self) -> Any:
        """Return the version that was served or, where it is damaged, its replacement; or None."""
        if self.job.before is None:
            return None
        for version in (self.job.before, *self.registry.fallbacks(self.job.request.network)):
            try:
                return self.load(version)
            except ModelError:
                continue
        return None


@dataclass(frozen=True, slots=True)
class StageReading:
    """A stage begins; a training has one or two.

    Attributes:
        name: "training", "pretraining" or "fine-tuning".
    """

    name: str


@dataclass(frozen=True, slots=True)
class ScoreReading:
    """The network was scored, and its checkpoint is on the disk.

    Attributes:
        score: nats per character on text that it does not learn.
        best_score: the best so far.
    """

    score: float
    best_score: float


@dataclass(frozen=True, slots=True)
class SavedReading:
    """The new version is in the store.

    Attributes:
        version: its id.
    """

    version: str


Reading = StageReading | Stepped | ScoreReading | SavedReading | None


class TrainingTask(Protocol):
    """How one of the networks is trained, seen through what its own events mean."""

    def train(self) -> Generator[Any, None, None]:
        """Return the training, which keeps a checkpoint; KeyboardInterrupt saves its best."""
        ...

    def read(self, event: Any) -> Reading:
        """Return what an event of the training means; None where it means nothing here."""
        ...

    def sample(self) -> str:
        """Return what the network that was scored last invents; perhaps nothing."""
        ...

    def compare(self, version: str) -> Compared:
        """Compare a version with the one that was served when the training was ordered."""
        ...
