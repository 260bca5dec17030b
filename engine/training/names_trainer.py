"""A training of the names network: corpus, checkpoint, loop, scores, version."""

from __future__ import annotations

import hashlib
from collections.abc import Generator
from dataclasses import asdict, dataclass

import numpy as np

from engine.corpora.names import NameCorpus
from engine.evaluation import metrics
from engine.evaluation.names_report import evaluate_samples
from engine.models.names_model import NamesModel, write_version
from engine.networks.vocabulary import LETTERS, pad
from engine.training import names_loop
from engine.training.checkpoint import load_state, save_state
from engine.training.events import PartlyLearned, StartUnfit, VersionSaved
from engine.training.names_loop import NamesEvaluated, NamesTrainConfig, NamesTrained
from engine.training.trainer import TrainerJob


@dataclass(frozen=True, slots=True, kw_only=True)
class NamesJob(TrainerJob[NamesModel]):
    """What is to be trained, and where the result goes.

    Attributes:
        known: more names that must never be called new, in lower case.
    """

    corpus: NameCorpus
    licence: str
    known: frozenset[str]
    settings: NamesTrainConfig


Event = StartUnfit | PartlyLearned | names_loop.Event | VersionSaved[NamesModel]


def train_names(job: NamesJob) -> Generator[Event, None, None]:
    """Train, keep a checkpoint, and save the best weights as a new version.

    Closing the generator leaves the checkpoint of the last `NamesEvaluated` event. An interruption
    from the keyboard leaves it too, and saves the best weights so far.

    Yields:
        The notices of the job, the events of `names_loop.train`, and `VersionSaved` at the end.

    Raises:
        CorpusTooSmallError: there are too few names.
        CheckpointError: the checkpoint is damaged or belongs to another training.
        KeyboardInterrupt: it was interrupted before the first score.
        OSError: the checkpoint or the version could not be written.
    """
    yield from job.notices()
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
                yield VersionSaved(_save(job, event, held_out, is_whole=True))
    except KeyboardInterrupt:
        if run.best is None:
            raise
        best = NamesTrained(run.best_score, run.epoch, run.best_epoch, run.best)
        yield VersionSaved(_save(job, best, held_out, is_whole=False))
        return
    checkpoint.unlink(missing_ok=True)


def _save(
    job: NamesJob, result: NamesTrained, held_out: list[str], *, is_whole: bool
) -> NamesModel:
    known = job.known.union(job.corpus.names)
    nats = metrics.nats_per_character(result.parameters, pad(held_out, LETTERS))
    rng = np.random.default_rng(job.settings.seed)
    samples = evaluate_samples(result.parameters, LETTERS, known, rng)
    card = job.card(
        tuple(result.parameters.arrays().values()),
        corpus={
            "source": job.corpus.source,
            "sha256": job.corpus.sha256,
            "licence": job.licence,
            "names": len(job.corpus.names),
            "held_out": len(held_out),
        },
        settings=asdict(job.settings),
        scores={
            "held_out_nats_per_character": nats,
            "left_out_nats_per_character": result.best_score,
            "best_epoch": result.best_epoch,
            **samples,
        },
        is_whole=is_whole,
    )
    return write_version(job.folder, card, result.parameters, LETTERS, known, job.upload)


def _fingerprint(job: NamesJob) -> str:
    """Return a hash that differs for other names or another start."""
    # What the weights of a checkpoint have learned is in the card of the start.
    start = ("", job.start.card.id) if job.start else ()
    return hashlib.sha256("\n".join((*job.corpus.names, *start)).encode()).hexdigest()
