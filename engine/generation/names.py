"""Names: samples of the network, filtered to those that may be shown."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import islice

import numpy as np

from engine.errors import IndecentPrefixError, NoNamesError
from engine.generation import sample_batch
from engine.generation.sample_batch import MAX_LETTERS
from engine.networks.rnn import Parameters
from engine.networks.vocabulary import Vocabulary
from engine.requests import NameRequest
from engine.text.profanity import is_decent, is_decent_prefix

MIN_LETTERS = 4
MAX_REJECTED_SAMPLES = 256
"""Samples that are drawn for a request beyond eight a name, at most."""

_MAX_REJECTED = 64
_TRIES_A_NAME = 8
_MIN_BATCH = 4
_MAX_BATCH = 1_024
_UNPRONOUNCEABLE = re.compile(r"[^aeiouy]{4}|[^aeiouy]{3}$|(.)\1\1|^[^aeiouy]+$")


def sample(
    parameters: Parameters,
    vocabulary: Vocabulary,
    batch: int,
    request: NameRequest,
    rng: np.random.Generator,
) -> list[str]:
    """Draw unfiltered names in one batch; the count and seed of the request are not used.

    Returns:
        Names in lower case, each cut one letter past the longest that may be shown.
    """
    drawn = sample_batch.begin(parameters, vocabulary, batch, request, rng)
    while not drawn.is_done:
        sample_batch.advance(parameters, vocabulary.end, [drawn])
    return drawn.names(vocabulary)


def generate(
    parameters: Parameters,
    vocabulary: Vocabulary,
    known: Collection[str],
    request: NameRequest,
    rng: np.random.Generator,
) -> tuple[str, ...]:
    """Draw names that are new, decent if requested, 4 to 26 letters long, and all different.

    Returns:
        Capitalised names, none of them known: as many as requested, or fewer after a rare prefix.

    Raises:
        NoNamesError: none may be shown.
    """
    sampler = NameSampler(parameters, vocabulary, known, request, rng)
    while not sampler.is_over:
        while not sampler.batch.is_done:
            sample_batch.advance(parameters, vocabulary.end, [sampler.batch])
        sampler.filter_batch()
    return sampler.names()


class NameSampler:
    """A request in progress: rounds of samples, of which those that may be shown are kept.

    Raises:
        IndecentPrefixError: the names would begin with an indecent word.
    """

    def __init__(
        self,
        parameters: Parameters,
        vocabulary: Vocabulary,
        known: Collection[str],
        request: NameRequest,
        rng: np.random.Generator,
    ) -> None:
        if request.decent and not is_decent_prefix(request.prefix):
            raise IndecentPrefixError
        self._parameters = parameters
        self._vocabulary = vocabulary
        self._known = known
        self._request = request
        self._rng = rng
        self._found: list[str] = []
        self._checks_left = _MAX_REJECTED + _TRIES_A_NAME * request.count
        self._samples_left = MAX_REJECTED_SAMPLES + _TRIES_A_NAME * request.count
        self._round = 0
        self.batch = self._begin_round()
        self.is_over = False

    def filter_batch(self) -> None:
        """Keep the samples that may be shown, and begin the next round."""
        samples = dict.fromkeys(self.batch.names(self._vocabulary))
        new = (name for name in samples if name not in self._found)
        # Only as many are checked as are needed: the profanity filter is slow.
        fit = (name for name in self._checked(new) if self._is_wanted(name))
        self._found += islice(fit, self._missing)
        self._round += 1
        self.is_over = not (self._missing and self._checks_left and self._samples_left)
        if not self.is_over:
            self.batch = self._begin_round()

    def names(self) -> tuple[str, ...]:
        """Return the names found, capitalised; raises `NoNamesError` where there is none."""
        if not self._found:
            raise NoNamesError(self._request.prefix)
        return tuple(name.capitalize() for name in self._found)

    @property
    def _missing(self) -> int:
        return self._request.count - len(self._found)

    def _begin_round(self) -> sample_batch.SampleBatch:
        # Small at first, since one name is soon found; doubled where few may be shown.
        batch = max(2 * self._missing, _MIN_BATCH) * 2**self._round
        batch = min(batch, _MAX_BATCH, self._samples_left)
        self._samples_left -= batch
        return sample_batch.begin(
            self._parameters, self._vocabulary, batch, self._request, self._rng
        )

    def _checked(self, names: Iterable[str]) -> Iterator[str]:
        """Yield so many names as may be checked: after an indecent prefix none passes."""
        for name in names:
            if not self._checks_left:
                return
            self._checks_left -= 1
            yield name

    def _is_wanted(self, name: str) -> bool:
        request = self._request
        is_sayable = not is_pronounceable(request.prefix) or is_pronounceable(name)
        # The prefix alone is not a new name.
        return name != request.prefix and is_sayable and is_fit(name, self._known, request.decent)


def is_pronounceable(name: str) -> bool:
    """Tell whether a name has a vowel, no four consonants in a row and no letter three times.

    That holds for 99 in 100 genera of the list; y counts as a vowel.

    >>> is_pronounceable("triceratops"), is_pronounceable("ptotlermptor")
    (True, False)
    """
    return not _UNPRONOUNCEABLE.search(name)


def is_fit(name: str, known: Collection[str], decent: bool = True) -> bool:
    """Tell whether a name may be shown: 4 to 26 letters, not known yet, decent if it has to be."""
    is_new = MIN_LETTERS <= len(name) <= MAX_LETTERS and name not in known
    return is_new and (not decent or is_decent(name))
