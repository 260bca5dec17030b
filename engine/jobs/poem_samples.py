"""Pieces of verse from a network that is being trained."""

from __future__ import annotations

import numpy as np

from engine.generation.sequences import DecodeRequest, ModelRunner
from engine.networks.vocabulary import END, Vocabulary
from engine.text.layout import words_of
from engine.text.profanity import is_decent

ROWS_PER_PIECE = 4
"""Candidates of a piece: some are empty or not decent."""

_LINES = 4


def verse_samples(
    runner: ModelRunner,
    vocabulary: Vocabulary,
    count: int,
    temperature: float,
    rng: np.random.Generator,
    length: int = 240,
) -> tuple[str, ...]:
    """Return at most `count` decent samples of verse, none of them empty.

    The runner must decode `ROWS_PER_PIECE * count` rows.
    """
    prompt = np.array(vocabulary.encode(END * 2), np.int32)
    uniforms = rng.random((length, ROWS_PER_PIECE * count)).T.astype(np.float32)
    group = runner.begin(DecodeRequest(prompt, uniforms, temperature))
    while not group.is_done:
        runner.advance([group])
    pieces = (_whole_lines(vocabulary.decode(row)) for row in group.completions().symbols)
    fit = (piece for piece in pieces if piece and all(map(is_decent, words_of(piece))))
    return tuple(dict.fromkeys(fit))[:count]


def _whole_lines(text: str) -> str:
    """Return the first lines of a text, without the one that is cut off."""
    lines = [line.strip() for line in text.split(END)[:-1]]
    return "\n".join([line for line in lines if line][:_LINES])
