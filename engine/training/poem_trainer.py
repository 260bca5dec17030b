"""A training of the poem network: stages, checkpoint, loop, scores, version."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from engine.errors import CheckpointError
from engine.evaluation import metrics
from engine.models.poem_model import PoemModel, write_poem_version
from engine.networks.lstm import faster_precision, logits_of, with_weights
from engine.networks.rnn import Floats
from engine.text.layout import words_of
from engine.training import poem_loop
from engine.training.checkpoint import group_of, load_arrays, save_arrays
from engine.training.events import PartlyLearned, StageStarted, StartUnfit, VersionSaved
from engine.training.poem_loop import PoemEvaluated, PoemTrained, PoemTrainState
from engine.training.recipes import PoemJob

Event = StartUnfit | PartlyLearned | StageStarted | poem_loop.Event | VersionSaved[PoemModel]


def train_poem(job: PoemJob) -> Generator[Event, None, None]:
    """Train, keep a checkpoint, and save the best weights as a new version.

    Closing the generator leaves the checkpoint of the last `PoemEvaluated` event. An interruption
    from the keyboard leaves it too, and saves the best weights so far.

    Yields:
        The notices of the job; for each stage `StageStarted` and the events of `poem_loop.train`;
        then `VersionSaved`.

    Raises:
        CheckpointError: the checkpoint is damaged or belongs to another training.
        KeyboardInterrupt: it was interrupted before the first score.
        OSError: the checkpoint or the version could not be written.
    """
    yield from job.notices()
    fingerprint = job.fingerprint
    run, index = None, 0
    if job.resumes and job.checkpoint.exists():
        arrays, rest = _checkpoint(job, fingerprint)
        job = job.with_precision(rest["precision"])
        run, index = _resumed(job, arrays, rest)
    else:
        job = job.with_precision(faster_precision())
    weights = job.start.network.get_weights() if job.start else None
    best_score = float("nan")
    try:
        for n, stage in enumerate(job.stages[index:], start=index):
            run = run or poem_loop.begin(stage.settings, len(job.vocabulary.symbols), weights)
            yield StageStarted(stage.name, run.step, is_last=stage is job.stages[-1])
            for event in poem_loop.train(run, stage.pieces, job.validation, job.vocabulary):
                if isinstance(event, PoemEvaluated):
                    _save_checkpoint(job, fingerprint, n, event.state)
                yield event
                if isinstance(event, PoemTrained):
                    weights, best_score = event.weights, event.best_score
            run = None
    except KeyboardInterrupt:
        if run is None or run.best is None:
            raise
        yield VersionSaved(_save(job, run.best, run.best_score, is_whole=False))
        return
    if weights is None:
        raise ValueError("a training has one stage or more")
    yield VersionSaved(_save(job, weights, best_score, is_whole=True))
    job.checkpoint.unlink(missing_ok=True)


def _save(
    job: PoemJob, weights: Sequence[Floats], validation_score: float, *, is_whole: bool
) -> PoemModel:
    network = with_weights(job.stages[0].settings.sizes(len(job.vocabulary.symbols)), weights)
    nats = metrics.nats_of_verse(logits_of(network), job.held_out, job.vocabulary)
    card = job.card(
        weights,
        corpus={**job.corpus, "characters": sum(len(p) for s in job.stages for p in s.pieces)},
        settings={stage.name: asdict(stage.settings) for stage in job.stages},
        scores={
            "held_out_nats_per_character": nats.mean,
            "held_out_characters": nats.characters,
            "validation_nats_per_character": validation_score,
        },
        is_whole=is_whole,
    )
    words = {word for stage in job.stages for piece in stage.pieces for word in words_of(piece)}
    if job.start:
        words |= job.start.words
    return write_poem_version(job.folder, card, network, job.vocabulary, words, job.upload)


def _save_checkpoint(job: PoemJob, fingerprint: str, stage: int, run: PoemTrainState) -> None:
    arrays = {f"learner.{name}": array for name, array in run.train_step.arrays().items()}
    arrays |= {f"best.{n}": array for n, array in enumerate(run.best or ())}
    rest = {
        "fingerprint": fingerprint,
        "precision": run.settings.precision,
        "stage": stage,
        "step": run.step,
        "misses": run.misses,
        "best_score": run.best_score,
        "best_step": run.best_step,
    }
    save_arrays(job.checkpoint, arrays, rest)


def _checkpoint(job: PoemJob, fingerprint: str) -> tuple[dict[str, Floats], dict[str, Any]]:
    arrays, rest = load_arrays(job.checkpoint)
    if rest.get("fingerprint") != fingerprint or "precision" not in rest:
        raise CheckpointError(job.checkpoint, "it belongs to a training of other texts or settings")
    return arrays, rest


def _resumed(
    job: PoemJob, arrays: Mapping[str, Floats], rest: Mapping[str, Any]
) -> tuple[PoemTrainState, int]:
    stage = int(rest["stage"])
    run = poem_loop.begin(job.stages[stage].settings, len(job.vocabulary.symbols))
    best = group_of(arrays, "best")
    try:
        run.train_step.restore(group_of(arrays, "learner"))
    except (KeyError, ValueError) as error:
        raise CheckpointError(job.checkpoint, "it does not fit the network") from error
    run.step, run.misses = rest["step"], rest["misses"]
    run.best = [best[str(n)] for n in range(len(best))] or None
    run.best_score, run.best_step = rest["best_score"], rest["best_step"]
    return run, stage
