"""A model family in one module: a table of which letter follows which.

Its table is read as the weights of a recurrent network with a unit for each letter and no memory,
so that the sampler of names serves it.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from engine.corpora.names import NameCorpus, names_of
from engine.corpora.text_file import text_of
from engine.errors import CorpusTooSmallError, ModelDamagedError
from engine.evaluation.metrics import nats_per_character
from engine.families import ModelFamily
from engine.generation.names import generate
from engine.jobs.events import Compared, Side
from engine.jobs.task import JobContext
from engine.models.names_model import NamesModel
from engine.models.version import ModelCard, new_id, read_card, read_checked, uploaded, write_folder
from engine.networks.rnn import Floats, Parameters
from engine.networks.vocabulary import LETTERS, pad
from engine.requests import NameRequest
from engine.training.events import NetworkScored, Stepped, VersionSaved

BIGRAM = ModelFamily(
    name="bigram",
    answers="names",
    loader="tests.toy_family:load",
    validator="engine.corpora.validation:check_names",
    task="tests.toy_family:BigramTask",
)


def load(folder: Path) -> NamesModel:
    card = read_card(folder)
    table = np.load(io.BytesIO(read_checked(folder, "table.npy", card)), allow_pickle=False)
    if table.shape != (len(LETTERS.symbols),) * 2:
        raise ModelDamagedError(folder, "its table has another shape")
    return NamesModel(card, _parameters(table), LETTERS, frozenset())


def _parameters(table: Floats) -> Parameters:
    size = len(table)
    none, bias = np.zeros((1, size, size)), np.zeros((1, 1, size))
    # The unit of the letter that was read is 1, all others are 0.
    return Parameters(20 * np.eye(size)[np.newaxis], none, bias, table[np.newaxis], bias)


class BigramTask:
    """Counts pairs of letters, and those of the version that it begins with."""

    def __init__(self, context: JobContext) -> None:
        upload, request = context.directory.upload(), context.job.request
        if upload is None:
            raise CorpusTooSmallError(0, 1, "names")
        self._context, self._request, self._upload = context, request, upload
        self._corpus: NameCorpus = names_of(text_of(upload, request.source))
        self._before: NamesModel | None = context.first_loadable()
        self._table = np.zeros((len(LETTERS.symbols),) * 2)

    def train(self) -> Generator[Any, None, None]:
        names, held_out = self._corpus.split()
        counts = np.ones_like(self._table)
        if self._before and not self._request.is_fresh:
            counts += 10 * np.exp(self._before.parameters.w_hy[0])
        for name in names:
            symbols = [LETTERS.end, *LETTERS.encode(name), LETTERS.end]
            np.add.at(counts, (symbols[:-1], symbols[1:]), 1)
        self._table = np.log(counts / counts.sum(axis=1, keepdims=True))
        score = nats_per_character(_parameters(self._table), pad(held_out, LETTERS))
        yield Stepped(1, 1, 1, score)
        yield NetworkScored(score, score, self._table)
        yield VersionSaved(self._save(score))

    def observe(self, event: NetworkScored) -> None:
        """Nothing: the table is final."""

    def held_out_score(self) -> float:
        _, held_out = self._corpus.split()
        return nats_per_character(_parameters(self._table), pad(held_out, LETTERS))

    def sample(self) -> str:
        return "\n".join(self._generate(_parameters(self._table)))

    def compare(self, version: str) -> Compared:
        _, held_out = self._corpus.split()
        batch = pad(held_out, LETTERS)

        def side(model: NamesModel) -> Side:
            nats = nats_per_character(model.parameters, batch)
            return Side(model.card.id, nats, self._generate(model.parameters))

        old = side(self._before) if self._before else None
        return Compared(side(self._context.load(version)), old, int(batch.weights.sum()), False)

    def _generate(self, parameters: Parameters) -> tuple[str, ...]:
        request = NameRequest(count=3, temperature=self._request.temperature)
        return generate(parameters, LETTERS, (), request, np.random.default_rng(1))

    def _save(self, score: float) -> NamesModel:
        folder = self._context.registry.folder_of(BIGRAM.name)
        table, created, job = io.BytesIO(), datetime.now(UTC), self._context.job
        np.save(table, self._table)
        card = ModelCard(
            id=new_id(folder, created, table.getvalue()),
            created=created.isoformat(timespec="seconds"),
            command=f"!retrain {BIGRAM.name}",
            corpus={"sha256": hashlib.sha256(self._upload).hexdigest()},
            settings={"training": job.id, "uploads": True},
            scores={"held_out_nats_per_character": score},
            checksums={},
        )
        contents = {"table.npy": table.getvalue()} | uploaded(self._upload)
        return write_folder(folder, card, contents, load)
