"""The task of a training: what the worker process needs to know of any family."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, Protocol

from engine.errors import ModelError
from engine.jobs.directory import JobDirectory
from engine.jobs.events import Compared
from engine.jobs.spec import Places, TrainingJob
from engine.models.registry import ModelRegistry
from engine.training.events import NetworkScored


@dataclass(frozen=True, slots=True)
class JobContext:
    """A training job with its directory and the places of models and texts."""

    job: TrainingJob
    directory: JobDirectory
    places: Places

    @property
    def registry(self) -> ModelRegistry:
        """The registry that the version goes to."""
        host = ModelRegistry(self.places.models, self.places.shipped)
        return host.of_guild(self.job.request.guild)

    @property
    def written(self) -> str | None:
        """The version that an earlier run of this training has written, if any."""
        for card in self.registry.versions(self.job.request.network):
            if card.settings.get("training") == self.job.id:
                return card.id
        return None

    def has_uploads(self, start: str | None) -> bool:
        """Tell whether an upload is learned, by this training or by the version it starts from."""
        network = self.job.request.network
        return self.job.has_upload or start in self.registry.made_of_uploads(network)

    def load(self, version: str) -> Any:
        """Load and verify a version of the family that is trained."""
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


class TrainingTask(Protocol):
    """The training of one family of networks."""

    def train(self) -> Generator[Any, None, None]:
        """Return the training, which keeps a checkpoint; KeyboardInterrupt saves its best.

        Of its events those of `engine.training.events` are reported; the last is `VersionSaved`.
        """
        ...

    def observe(self, event: NetworkScored) -> None:
        """Keep the scored weights."""
        ...

    def held_out_score(self) -> float:
        """Return the score of the network that was scored last, on the text of `compare`."""
        ...

    def sample(self) -> str:
        """Return a sample of the network that was scored last; perhaps nothing."""
        ...

    def compare(self, version: str) -> Compared:
        """Compare a version with the one that was served when the training was requested."""
        ...
