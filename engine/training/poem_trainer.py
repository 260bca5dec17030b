"""A training of the poem network from start to version: stages, checkpoint, scores, card."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine.errors import CheckpointError
from engine.evaluation import metrics
from engine.models.poem_model import PoemModel, write_poem_version
from engine.models.version import UPLOADS, ModelCard, new_id
from engine.networks.lstm import logits_of, with_weights
from engine.networks.rnn import Floats
from engine.networks.vocabulary import Vocabulary
from engine.text.layout import words_of
from engine.training import poem_loop
from engine.training.checkpoint import load_arrays, save_arrays
from engine.training.poem_loop import PoemEvaluated, PoemTrainConfig, PoemTrained, PoemTrainState


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of a training, which begins with the weights that the one before it ended with.

    Attributes:
        name: for whoever watches.
        settings: how to train.
        pieces: texts to learn.
    """

    name: str
    settings: PoemTrainConfig
    pieces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PoemJob:
    """What is to be trained, and where the result goes.

    Attributes:
        stages: one after the other; their networks have the same sizes.
        validation: pieces that decide when a stage ends and which weights are kept.
        held_out: pieces for the final score, which play no part in the training.
        vocabulary: the symbols of all pieces.
        corpus: source, SHA-256 and licence, for the card.
        folder: the store's folder of versions.
        command: what makes this model, for the card.
        start: a version to fine-tune, or None to start from fresh weights.
        resumes: whether to go on from the checkpoint of an interrupted run.
        work: folder of the checkpoint, if not the store's.
        training: id of the training, for the card.
        upload: the text, to be kept with the version where a Discord server uploaded it.
        has_uploads: whether an upload is learned, be it by the start, for the card.
    """

    stages: tuple[Stage, ...]
    validation: tuple[str, ...]
    held_out: tuple[str, ...]
    vocabulary: Vocabulary
    corpus: Mapping[str, Any]
    folder: Path
    command: str
    start: PoemModel | None = None
    resumes: bool = False
    work: Path | None = None
    training: str | None = None
    upload: bytes | None = field(default=None, repr=False)
    has_uploads: bool = False

    @property
    def checkpoint(self) -> Path:
        """The file of an interrupted run."""
        return (self.work or self.folder) / "checkpoint.npz"

    @property
    def provenance(self) -> dict[str, Any]:
        """Where the version comes from, for the settings of its card."""
        start = {"from": self.start.card.id} if self.start else {}
        training = {"training": self.training} if self.training else {}
        return start | training | ({UPLOADS: True} if self.has_uploads else {})

    @property
    def fingerprint(self) -> str:
        """Tells trainings of other texts, symbols or settings apart."""
        stages = [(asdict(stage.settings), stage.pieces) for stage in self.stages]
        start = self.start.card.id if self.start else None
        told = json.dumps([stages, self.validation, self.vocabulary.symbols, start])
        return hashlib.sha256(told.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class StageStarted:
    """A stage begins.

    Attributes:
        name: of the stage.
        step: windows that it has learned already, where it is resumed.
    """

    name: str
    step: int


@dataclass(frozen=True, slots=True)
class PoemSaved:
    """The new version is in the store.

    Attributes:
        model: the version.
    """

    model: PoemModel


Event = StageStarted | poem_loop.Event | PoemSaved


def train_poem(job: PoemJob) -> Generator[Event, None, None]:
    """Train, keep a checkpoint, and save the best weights as a new version.

    Closing the generator leaves the checkpoint of the last `Scored` event. An interruption from the
    keyboard leaves it too, and saves the best weights so far.

    Yields:
        For each stage `Began` and the events of `poem_training.train`, and `Saved` at the end.

    Raises:
        CheckpointError: the checkpoint is damaged or belongs to another training.
        KeyboardInterrupt: it was interrupted before the first score.
        OSError: the checkpoint or the version could not be written.
    """
    run, index = _resumed(job) if job.resumes and job.checkpoint.exists() else (None, 0)
    weights = job.start.network.get_weights() if job.start else None
    best_score = float("nan")
    try:
        for n, stage in enumerate(job.stages[index:], start=index):
            run = run or poem_loop.begin(stage.settings, len(job.vocabulary.symbols), weights)
            yield StageStarted(stage.name, run.step)
            for event in poem_loop.train(run, stage.pieces, job.validation, job.vocabulary):
                if isinstance(event, PoemEvaluated):
                    _save_checkpoint(job, n, event.state)
                yield event
                if isinstance(event, PoemTrained):
                    weights, best_score = event.weights, event.best_score
            run = None
    except KeyboardInterrupt:
        if run is None or run.best is None:
            raise
        yield PoemSaved(_save(job, run.best, run.best_score, is_whole=False))
        return
    if weights is None:
        raise ValueError("a training has one stage or more")
    yield PoemSaved(_save(job, weights, best_score, is_whole=True))
    job.checkpoint.unlink(missing_ok=True)


def _save(
    job: PoemJob, weights: Sequence[Floats], validation_score: float, *, is_whole: bool
) -> PoemModel:
    network = with_weights(job.stages[0].settings.sizes(len(job.vocabulary.symbols)), weights)
    nats = metrics.nats_of_verse(logits_of(network), job.held_out, job.vocabulary)
    created = datetime.now(UTC)
    content = b"".join(array.tobytes() for array in weights)
    settings: dict[str, Any] = {stage.name: asdict(stage.settings) for stage in job.stages}
    settings |= job.provenance
    if not is_whole:
        settings["interrupted"] = True
    card = ModelCard(
        id=new_id(job.folder, created, content + (job.training or "").encode()),
        created=created.isoformat(timespec="seconds"),
        command=job.command,
        corpus={**job.corpus, "characters": sum(len(p) for s in job.stages for p in s.pieces)},
        settings=settings,
        scores={
            "held_out_nats_per_character": nats.mean,
            "held_out_characters": nats.characters,
            "validation_nats_per_character": validation_score,
        },
        checksums={},
    )
    words = {word for stage in job.stages for piece in stage.pieces for word in words_of(piece)}
    if job.start:
        words |= job.start.words
    return write_poem_version(job.folder, card, network, job.vocabulary, words, job.upload)


def _save_checkpoint(job: PoemJob, stage: int, run: PoemTrainState) -> None:
    arrays = {f"learner.{name}": array for name, array in run.train_step.arrays().items()}
    arrays |= {f"best.{n}": array for n, array in enumerate(run.best or ())}
    rest = {
        "fingerprint": job.fingerprint,
        "stage": stage,
        "step": run.step,
        "misses": run.misses,
        "best_score": run.best_score,
        "best_step": run.best_step,
    }
    save_arrays(job.checkpoint, arrays, rest)


def _resumed(job: PoemJob) -> tuple[PoemTrainState, int]:
    arrays, rest = load_arrays(job.checkpoint)
    if rest.get("fingerprint") != job.fingerprint:
        raise CheckpointError(job.checkpoint, "it belongs to a training of other texts or settings")
    stage = int(rest["stage"])
    run = poem_loop.begin(job.stages[stage].settings, len(job.vocabulary.symbols))
    groups: dict[str, dict[str, Floats]] = {"learner": {}, "best": {}}
    for name, array in arrays.items():
        group, _, rest_of_name = name.partition(".")
        groups.setdefault(group, {})[rest_of_name] = array
    try:
        run.train_step.restore(groups["learner"])
    except (KeyError, ValueError) as error:
        raise CheckpointError(job.checkpoint, "it does not fit the network") from error
    run.step, run.misses = rest["step"], rest["misses"]
    run.best = [groups["best"][str(n)] for n in range(len(groups["best"]))] or None
    run.best_score, run.best_step = rest["best_score"], rest["best_step"]
    return run, stage
