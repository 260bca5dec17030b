"""The training task of the names network."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

import numpy as np

import data
from engine.corpora.names import NameCorpus, names_of, read_names
from engine.corpora.text_file import text_of
from engine.corpora.verse import spelled_share
from engine.errors import NoNamesError
from engine.evaluation import metrics
from engine.generation.names import generate
from engine.jobs.events import Compared, Side
from engine.jobs.task import JobContext
from engine.models.names_model import NamesModel
from engine.networks.rnn import Parameters
from engine.networks.vocabulary import LETTERS, Batch, pad
from engine.requests import NameRequest
from engine.training.events import NetworkScored, StartUnfit
from engine.training.names_loop import NamesTrainConfig, NamesTrainState
from engine.training.names_trainer import Event, NamesJob, train_names

FINE_TUNING = replace(
    NamesTrainConfig(), epochs=30, learning_rate=0.003, warm_up=0.1, averaging=0.95, patience=10
)
"""How a network that has learned other names is fine-tuned."""

_SHOWN = 5
_COMPARED = 3


class NamesTask:
    """Trains the names network; raises `CorpusError` where the text cannot be used."""

    def __init__(self, job_context: JobContext) -> None:
        self._context = job_context
        self._request = job_context.job.request
        self._genera = frozenset(read_names(data.GENERA).names)
        self._upload = job_context.directory.upload()
        self._corpus = _corpus(self._upload, self._request.source)
        self._before: NamesModel | None = job_context.first_loadable()
        self._scored: NamesTrainState | None = None
        self._rng = np.random.default_rng(self._request.seed)

    def train(self) -> Generator[Event, None, None]:
        """Return the training; raises what `train_names` raises."""
        start = None if self._request.is_fresh else self._before
        unfit: StartUnfit | None = None
        # The weights fit one vocabulary.
        if start and start.vocabulary != LETTERS:
            share = spelled_share("".join(self._corpus.names), start.vocabulary)
            start, unfit = None, StartUnfit(start.card.id, share)
        return train_names(
            NamesJob(
                corpus=self._corpus,
                licence="MIT" if self._upload is None else "unknown",
                known=self._genera,
                settings=self._settings(start),
                folder=self._context.registry.folder_of("dino"),
                command="!retrain dino",
                start=start,
                resumes=True,
                work=self._context.directory.folder,
                training=self._context.job.id,
                upload=self._upload,
                has_uploads=self._context.has_uploads(start and start.card.id),
                unfit_start=unfit,
            )
        )

    def observe(self, event: NetworkScored) -> None:
        """Keep the scored weights."""
        self._scored = event.state

    def held_out_score(self) -> float:
        """Score the averaged weights on the names held out."""
        if self._scored is None:
            raise ValueError("nothing has been scored yet")
        return metrics.nats_per_character(self._scored.average, self._held_out())

    def sample(self) -> str:
        """Return five names of the averaged weights, one a line."""
        if self._scored is None:
            return ""
        return "\n".join(self._generate(self._scored.average, frozenset(), _SHOWN, self._rng))

    def compare(self, version: str) -> Compared:
        """Score both on the names held out."""
        batch = self._held_out()
        new = self._side(self._context.load(version), batch)
        old = self._side(self._before, batch) if self._before else None
        is_worse = bool(old and _nats(new) > _nats(old))
        return Compared(new, old, int(batch.weights.sum()), is_worse)

    def _held_out(self) -> Batch:
        _, held_out = self._corpus.split()
        return pad(held_out, LETTERS)

    def _settings(self, start: NamesModel | None) -> NamesTrainConfig:
        request = self._request
        settings = NamesTrainConfig() if start is None else FINE_TUNING
        # A small list would else be learned in a handful of steps.
        names = len(self._corpus.names)
        settings = replace(settings, seed=request.seed, batch_size=max(8, min(64, names // 20)))
        if request.passes is not None:
            settings = replace(settings, epochs=request.passes)
        settings = replace(settings, **request.options)
        if start is None:
            return settings
        sizes = start.parameters
        return replace(settings, members=sizes.members, hidden_units=sizes.hidden_units)

    def _side(self, model: NamesModel, held_out: Batch) -> Side:
        nats = metrics.nats_per_character(model.parameters, held_out)
        rng = np.random.default_rng(self._request.seed)
        samples = self._generate(model.parameters, model.known, _COMPARED, rng)
        return Side(model.card.id, nats, samples)

    def _generate(
        self,
        parameters: Parameters,
        known: frozenset[str],
        count: int,
        rng: np.random.Generator,
    ) -> tuple[str, ...]:
        request = NameRequest(count=count, temperature=self._request.temperature)
        barred = known | self._genera | frozenset(self._corpus.names)
        try:
            return generate(parameters, LETTERS, barred, request, rng)
        except NoNamesError:
            return ()


def _corpus(upload: bytes | None, source: str) -> NameCorpus:
    return read_names(data.GENERA) if upload is None else names_of(text_of(upload, source))


def _nats(side: Side) -> float:
    return side.nats_per_character or 0.0
