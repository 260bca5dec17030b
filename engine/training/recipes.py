"""Recipes for the poem network: which texts are learned in which stages, and how."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from engine.corpora.shakespeare import works_of
from engine.corpora.text_file import Text
from engine.corpora.verse import (
    MIN_SPELLED,
    SYMBOLS,
    pieces_of,
    prepare,
    spell,
    spelled_share,
    split,
)
from engine.models.poem_model import PoemModel
from engine.networks.lstm import sizes_of
from engine.networks.vocabulary import Vocabulary
from engine.training.events import StartUnfit
from engine.training.poem_loop import PoemTrainConfig
from engine.training.trainer import TrainerJob

FASTER = "faster"
"""The precision that is chosen when a training begins, by a timing, and kept when it is resumed."""

PRETRAINING = PoemTrainConfig()
"""How the other works are learned."""

FINE_TUNING = replace(
    PRETRAINING,
    passes=6,
    batch_size=32,
    learning_rate=0.0006,
    warm_up=0.1,
    dropout=0.4,
    averaging=0.99,
    evaluate_every=40,
    patience=8,
)
"""How the sonnets are learned after them, and any text by a network that knows its alphabet."""

FRESH = replace(FINE_TUNING, units=256, passes=60, learning_rate=0.003, dropout=0.3, patience=15)
"""How a text in another alphabet than that of the start is learned."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of a training, which begins with the weights that the one before it ended with."""

    name: str
    settings: PoemTrainConfig
    pieces: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PoemJob(TrainerJob[PoemModel]):
    """What is to be trained, and where the result goes.

    Attributes:
        stages: one after the other; their networks have the same sizes.
        validation: pieces that decide when a stage ends and which weights are kept.
        held_out: pieces for the final score, which play no part in the training.
        vocabulary: the symbols of all pieces.
        corpus: source, SHA-256 and licence, for the card.
    """

    stages: tuple[Stage, ...]
    validation: tuple[str, ...]
    held_out: tuple[str, ...]
    vocabulary: Vocabulary
    corpus: Mapping[str, Any]

    def with_precision(self, precision: str) -> PoemJob:
        """Return the job with a precision in place of "faster"."""
        stages = [
            replace(stage, settings=replace(stage.settings, precision=precision))
            if stage.settings.precision == FASTER
            else stage
            for stage in self.stages
        ]
        return replace(self, stages=tuple(stages))

    @property
    def fingerprint(self) -> str:
        """Tells trainings of other texts, symbols or settings apart."""
        stages = [(asdict(stage.settings), stage.pieces) for stage in self.stages]
        start = self.start.card.id if self.start else None
        parts = json.dumps([stages, self.validation, self.vocabulary.symbols, start])
        return hashlib.sha256(parts.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class RecipeOptions:
    """What all jobs have in common.

    Attributes:
        options: settings that differ from the usual ones, by name; for every stage.
    """

    folder: Path
    command: str
    options: Mapping[str, Any]
    start: PoemModel | None = None
    resumes: bool = False


def shakespeare_job(
    options: RecipeOptions,
    texts: Mapping[str, str],
    editions: Sequence[Text],
    licence: str,
    sha256: str,
) -> PoemJob:
    """Pretrain on Shakespeare's other works, unless there is a start, and fine-tune on the sonnets.

    A start that spells too little of them is not used. `texts` are the works by the names of their
    files, `editions` further ones of the sonnets, of which the last is scored.

    Raises:
        NotTextError: an edition does not have all 154 sonnets.
    """
    works = works_of(texts, {edition.source: edition.content for edition in editions})
    # Other verse in stanzas keeps the network from memorising the few sonnets.
    stanzas = tuple(piece for poem in works.poems for piece in pieces_of(poem))
    learned = works.sonnets + stanzas
    unfit = _unfit(options.start, "".join((*learned, *works.validation, *works.held_out)))
    if unfit:
        options = replace(options, start=None)
    vocabulary = options.start.vocabulary if options.start else Vocabulary(SYMBOLS)

    def spelled(pieces: Sequence[str]) -> tuple[str, ...]:
        return tuple(spell(piece, vocabulary) for piece in pieces)

    stages = [
        Stage("pretraining", _settings(PRETRAINING, options), works.plays + works.poems),
        Stage("fine-tuning", _settings(FINE_TUNING, options), spelled(learned)),
    ]
    if options.start:
        del stages[0]
    return PoemJob(
        stages=tuple(stages),
        validation=spelled(works.validation),
        held_out=spelled(works.held_out),
        vocabulary=vocabulary,
        corpus={
            "source": "works of Shakespeare",
            "sha256": sha256,
            "licence": licence,
            "editions": {edition.source: edition.sha256 for edition in editions},
            "held_out": "sonnets 140 to 154",
        },
        folder=options.folder,
        command=options.command,
        start=options.start,
        resumes=options.resumes,
        unfit_start=unfit,
        learned_share=spelled_share("".join(learned), vocabulary),
    )


def text_job(options: RecipeOptions, texts: Sequence[Text], licence: str) -> PoemJob:
    """Return the job for uploaded texts; a twentieth decides when to stop, one is held out.

    A start is fine-tuned if it spells the text. Otherwise the text gets a vocabulary of its own,
    and a fresh network.

    Raises:
        CorpusTooSmallError: there are too few stanzas or paragraphs to hold some out.
    """
    prepared = prepare(texts, options.start.vocabulary if options.start else None)
    start, unfit = options.start, None
    if start and not prepared.fits_start:
        start, unfit = None, StartUnfit(start.card.id, prepared.known_share or 0.0)
    usual, name = (FINE_TUNING, "fine-tuning") if start else (FRESH, "training")
    parts = split(prepared.pieces)
    return PoemJob(
        stages=(Stage(name, _settings(usual, replace(options, start=start)), parts.training),),
        validation=parts.validation,
        held_out=parts.held_out,
        vocabulary=prepared.vocabulary,
        corpus={
            "source": ", ".join(text.source for text in texts),
            "sha256": _sha256(texts),
            "licence": licence,
            "held_out": f"{len(parts.held_out)} pieces",
        },
        folder=options.folder,
        command=options.command,
        start=start,
        resumes=options.resumes,
        unfit_start=unfit,
        learned_share=prepared.learned_share,
    )


def _unfit(start: PoemModel | None, text: str) -> StartUnfit | None:
    """Return why a version cannot be fine-tuned on a text, or None if it can."""
    share = spelled_share(text, start.vocabulary) if start else 1.0
    return StartUnfit(start.card.id, share) if start and share < MIN_SPELLED else None


def _settings(usual: PoemTrainConfig, options: RecipeOptions) -> PoemTrainConfig:
    settings = replace(usual, **options.options)
    if options.start is None:
        return settings
    sizes = sizes_of(options.start.network)
    return replace(settings, embedding=sizes.embedding, units=sizes.units)


def _sha256(texts: Sequence[Text]) -> str:
    if len(texts) == 1:
        return texts[0].sha256
    return hashlib.sha256("".join(text.sha256 for text in texts).encode()).hexdigest()
