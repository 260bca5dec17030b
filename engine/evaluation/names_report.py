"""The quality report of a names model: what its samples are like."""

from __future__ import annotations

import numpy as np

from engine.generation.names import MAX_LETTERS, MIN_LETTERS, sample
from engine.networks.rnn import Parameters
from engine.networks.vocabulary import Vocabulary
from engine.requests import NameRequest
from engine.text.profanity import is_decent

SAMPLES = 10_000
_BATCH = 1_000


def evaluate_samples(
    parameters: Parameters,
    vocabulary: Vocabulary,
    known: frozenset[str],
    rng: np.random.Generator,
) -> dict[str, float]:
    """Describe 10,000 samples at the default temperature and top-p, before any filtering."""
    request = NameRequest()
    samples = [
        name
        for _ in range(SAMPLES // _BATCH)
        for name in sample(parameters, vocabulary, _BATCH, request, rng)
    ]
    fit_length = sum(MIN_LETTERS <= len(name) <= MAX_LETTERS for name in samples)
    return {
        "samples": SAMPLES,
        "share_distinct": len(set(samples)) / SAMPLES,
        "share_new": sum(name not in known for name in samples) / SAMPLES,
        "share_decent": sum(map(is_decent, samples)) / SAMPLES,
        "share_of_fit_length": fit_length / SAMPLES,
    }
