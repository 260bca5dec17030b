"""A training from start to version: corpus, checkpoint, loop, scores, card."""

from __future__ import annotations

import hashlib
from collections.abc import Generator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from engine.corpora.names import NameCorpus
from engine.evaluation import metrics
from engine.evaluation.names_report import evaluate_samples
from engine.models.names_model import NamesModel, write_version
from engine.models.version import UPLOADS, ModelCard, new_id
from engine.networks.vocabulary import LETTERS, pad
from engine.training import names_loop
from engine.training.checkpoint import load_state, save_state
from engine.training.names_loop import NamesEvaluated, NamesTrainConfig, NamesTrained


@dataclass(frozen=True, slots=True)
class NamesJob:
    """What is to be trained, and where the result goes.

    Attributes:
        corpus: the names; a tenth of them is held out.
        licence: of the corpus, for the card.
        known: more names that must never be called new, in lower case.
        settings: how to train.
        folder: the store's folder of versions.
        command: what makes this model, for the card.
        start: a version to fine-tune, or None to start from fresh weights.
        resumes: whether to go on from the checkpoint of an interrupted run.
        work: folder of the checkpoint, if not the store's.
        training: id of the training, for the card.
        upload: the text, to be kept with the version where a Discord server uploaded it.
        has_uploads: whether an upload is learned, be it by the start, for the card.
    """

    corpus: NameCorpus
    licence: str
    known: frozenset[str]
    settings: NamesTrainConfig
    folder: Path
    command: str
    start: NamesModel | None = None
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


@dataclass(frozen=True, slots=True)
class NamesSaved:
    """The new version is in the store.

    Attributes:
        model: the version.
    """

    model: NamesModel


def train_names(job: NamesJob) -> Generator[names_loop.Event | NamesSaved, None, None]:
    """Train, keep a checkpoint, and save the best weights as a new version.

    Closing the generator leaves the checkpoint of the last `Scored` event. An interruption from the
    keyboard leaves it too, and saves the best weights so far.

    Yields:
        The events of `training.train`, and `Saved` at the end.

    Raises:
        CorpusTooSmallError: there are too few names.
        CheckpointError: the checkpoint is damaged or belongs to another training.
        KeyboardInterrupt: it was interrupted before the first score.
        OSError: the checkpoint or the version could not be written.
    """
    names, held_out = job.corpus.split()
    checkpoint = job.checkpoint
    fingerprint = _fingerprint(job)
    if job.resumes and checkpoint.exists():
        run = load_state(checkpoint, job.settings, fingerprint)
    else:
        start = job.start.parameters if job.start else None
        run = names_loop.begin(job.settings, len(LETTERS.symbols), start)
    try:
        for event in names_loop.train(run, names, LETTERS):
            if isinstance(event, NamesEvaluated):
                save_state(checkpoint, event.state, fingerprint)
            yield event
            if isinstance(event, NamesTrained):
                yield NamesSaved(_save(job, event, held_out, is_whole=True))
    except KeyboardInterrupt:
        if run.best is None:
            raise
        best = NamesTrained(run.epoch, run.best_epoch, run.best_score, run.best)
        yield NamesSaved(_save(job, best, held_out, is_whole=False))
        return
    checkpoint.unlink(missing_ok=True)


def _save(
    job: NamesJob, result: NamesTrained, held_out: list[str], *, is_whole: bool
) -> NamesModel:
    known = job.known.union(job.corpus.names)
    nats = metrics.nats_per_character(result.parameters, pad(held_out, LETTERS))
    rng = np.random.default_rng(job.settings.seed)
    samples = evaluate_samples(result.parameters, LETTERS, known, rng)
    created = datetime.now(UTC)
    content = b"".join(array.tobytes() for array in result.parameters.arrays().values())
    card = ModelCard(
        id=new_id(job.folder, created, content + (job.training or "").encode()),
        created=created.isoformat(timespec="seconds"),
        command=job.command,
        corpus={
            "source": job.corpus.source,
            "sha256": job.corpus.sha256,
            "licence": job.licence,
            "names": len(job.corpus.names),
            "held_out": len(held_out),
        },
        settings=asdict(job.settings)
        | job.provenance
        | ({} if is_whole else {"interrupted": True}),
        scores={
            "held_out_nats_per_character": nats,
            "left_out_nats_per_character": result.best_score,
            "best_epoch": result.best_epoch,
            **samples,
        },
        checksums={},
    )
    return write_version(job.folder, card, result.parameters, LETTERS, known, job.upload)


def _fingerprint(job: NamesJob) -> str:
    """Return what tells trainings of other names or from another start apart."""
    # What the weights of a checkpoint have learned is told by the start; see `provenance`.
    start = ("", job.start.card.id) if job.start else ()
    return hashlib.sha256("\n".join((*job.corpus.names, *start)).encode()).hexdigest()
