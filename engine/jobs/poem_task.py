"""The training task of the poem network; loads TensorFlow."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace

import numpy as np

import data
from engine.corpora.downloads import fetch, read_manifest
from engine.corpora.text_file import read_text, text_of
from engine.corpora.verse import MAX_SIZE_BYTES, restrict
from engine.evaluation import metrics
from engine.generation.decoder import LSTMDecoder
from engine.jobs.events import Compared, Side
from engine.jobs.poem_samples import ROWS_PER_PIECE, verse_samples
from engine.jobs.task import JobContext
from engine.models.poem_model import PoemModel
from engine.networks.lstm import logits_of, with_weights
from engine.networks.rnn import Floats
from engine.networks.tensorflow import Model
from engine.networks.vocabulary import Vocabulary
from engine.training.events import NetworkScored
from engine.training.poem_trainer import Event, train_poem
from engine.training.recipes import FASTER, PoemJob, RecipeOptions, shakespeare_job, text_job

_COMPARED = 3
_MIN_SHARED = 0.98


class PoemTask:
    """Trains the poem network; raises `CorpusError` where the text cannot be used."""

    def __init__(self, job_context: JobContext) -> None:
        self._context = job_context
        self._request = job_context.job.request
        self._before: PoemModel | None = job_context.first_loadable()
        self._job = self._make_job()
        old, held_out = self._before, self._job.held_out
        self._shared = _shared(held_out, old.vocabulary) if old else None
        self._scored: Sequence[Floats] = ()
        self._rng = np.random.default_rng(self._request.seed)

    def train(self) -> Generator[Event, None, None]:
        """Return the training; raises what `train_poem` raises."""
        return train_poem(self._job)

    def observe(self, event: NetworkScored) -> None:
        """Keep the scored weights."""
        self._scored = event.state.train_step.average()

    def held_out_score(self) -> float:
        """Score the averaged weights on the text held out, as far as both networks know it."""
        return _nats(self._network(), self._job.vocabulary, self._shared or self._job.held_out)

    def sample(self) -> str:
        """Return some lines of the averaged weights."""
        if not self._scored:
            return ""
        return "".join(self._write(self._network(), self._job.vocabulary, 1, self._rng))

    def compare(self, version: str) -> Compared:
        """Score both on the text held out, as far as both know its symbols."""
        new: PoemModel = self._context.load(version)
        old = self._before
        held_out = self._shared or self._job.held_out
        new_nats = _nats(new.network, new.vocabulary, held_out)
        old_nats = _nats(old.network, old.vocabulary, held_out) if old and self._shared else None
        return Compared(
            self._side(new, new_nats),
            self._side(old, old_nats) if old else None,
            sum(map(len, held_out)),
            is_worse=old_nats is not None and new_nats > old_nats,
        )

    def _network(self) -> Model:
        sizes = self._job.stages[0].settings.sizes(len(self._job.vocabulary.symbols))
        return with_weights(sizes, self._scored)

    def _make_job(self) -> PoemJob:
        request, files = self._request, self._context.directory
        settings = {"seed": request.seed, "precision": request.precision or FASTER}
        if request.passes is not None:
            settings["passes"] = request.passes
        options = RecipeOptions(
            folder=self._context.registry.folder_of("poem"),
            command="!retrain poem",
            options=settings | dict(request.options),
            start=None if request.is_fresh else self._before,
            resumes=True,
        )
        upload = files.upload()
        if upload is None:
            job = self._shakespeare(options)
        else:
            job = text_job(options, [text_of(upload, request.source)], "unknown")
        return replace(
            job,
            work=files.folder,
            training=self._context.job.id,
            upload=upload,
            has_uploads=self._context.has_uploads(job.start and job.start.card.id),
        )

    def _shakespeare(self, options: RecipeOptions) -> PoemJob:
        works = read_manifest(data.CORPORA)["shakespeare"]
        places = self._context.places
        paths = fetch(works, places.downloads, places.texts)
        texts = {path.stem: read_text(path, MAX_SIZE_BYTES).content for path in paths}
        return shakespeare_job(options, texts, [], works.licence, works.sha256)

    def _side(self, model: PoemModel, nats: float | None) -> Side:
        rng = np.random.default_rng(self._request.seed)
        samples = self._write(model.network, model.vocabulary, _COMPARED, rng)
        return Side(model.card.id, nats, samples)

    def _write(
        self, network: Model, vocabulary: Vocabulary, count: int, rng: np.random.Generator
    ) -> tuple[str, ...]:
        decoder = LSTMDecoder(network, sizes=(ROWS_PER_PIECE * count,))
        return verse_samples(decoder, vocabulary, count, self._request.temperature, rng)


def _shared(blocks: Sequence[str], vocabulary: Vocabulary) -> tuple[str, ...] | None:
    """Return blocks in a vocabulary; None where it lacks too much of them to be fair."""
    restricted = tuple(restrict(block, vocabulary) for block in blocks)
    kept = sum(map(len, restricted)) / sum(map(len, blocks))
    return restricted if kept >= _MIN_SHARED else None


def _nats(network: Model, vocabulary: Vocabulary, blocks: Sequence[str]) -> float:
    return metrics.nats_of_verse(logits_of(network), blocks, vocabulary).mean
