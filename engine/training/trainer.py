"""What the trainings of all families have in common: where they start and what they leave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Generic

from engine.models.version import UPLOADS, ModelCard, new_id
from engine.networks.rnn import Floats
from engine.training.events import Model, PartlyLearned, StartUnfit


def checkpoint_in(folder: Path) -> Path:
    """Return the file of an interrupted run in a folder of versions or of a job."""
    return folder / "checkpoint.npz"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainerJob(Generic[Model]):
    """What a training starts from, and where the result goes.

    Attributes:
        work: folder of the checkpoint, if not the registry's.
        upload: the text, to be kept with the version where a guild uploaded it.
        has_uploads: whether an upload is learned, be it by the start, for the card.
        unfit_start: what the text is learned afresh in place of, if anything.
        learned_share: of the text, for the card; the rest are symbols without a form in the
            vocabulary.
    """

    folder: Path
    command: str
    start: Model | None = None
    resumes: bool = False
    work: Path | None = None
    training: str | None = None
    upload: bytes | None = field(default=None, repr=False)
    has_uploads: bool = False
    unfit_start: StartUnfit | None = None
    learned_share: float = 1.0

    @property
    def checkpoint(self) -> Path:
        """The file of an interrupted run."""
        return checkpoint_in(self.work or self.folder)

    def notices(self) -> Iterator[StartUnfit | PartlyLearned]:
        """Yield what differs from the request."""
        if self.unfit_start:
            yield self.unfit_start
        if self.learned_share < 1:
            yield PartlyLearned(self.learned_share)

    def card(
        self,
        weights: Sequence[Floats],
        *,
        corpus: dict[str, Any],
        settings: Mapping[str, Any],
        scores: dict[str, float],
        is_whole: bool,
    ) -> ModelCard:
        """Return the card of the result; `is_whole` is false for an interrupted training."""
        created = datetime.now(UTC)
        content = b"".join(array.tobytes() for array in weights)
        provenance: dict[str, Any] = {
            "from": self.start and self.start.card.id,
            "training": self.training,
            UPLOADS: self.has_uploads,
            "interrupted": not is_whole,
        }
        return ModelCard(
            id=new_id(self.folder, created, content + (self.training or "").encode()),
            created=created.isoformat(timespec="seconds"),
            command=self.command,
            corpus={**corpus, "learned_share": self.learned_share},
            settings={**settings, **{name: value for name, value in provenance.items() if value}},
            scores=scores,
            checksums={},
        )
