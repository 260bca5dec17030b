"""From samples of the network to names fit to show."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
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
    """Draw names from the network, whatever they are, all of them in one batch.

    Args:
        parameters: the network.
        vocabulary: its symbols.
        batch: how many names, B.
        request: its prefix, temperature and top-p; its count and seed do not matter here.
        rng: one uniform number a name and step.

    Returns:
        B names in lower case, each cut one letter past the longest that may be shown.
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
    """Draw names that are new, decent if requested, of a fit length, and all different.

    Args:
        parameters: the network.
        vocabulary: its symbols.
        known: names that exist, in lower case.
        request: what is requested.
        rng: source of the draws.

    Returns:
        Capitalised names: as many as were asked for, or fewer where the prefix leaves few.

    Raises:
        NoNamesError: not one was fit to show.
    """
    sampler = NameSampler(parameters, vocabulary, known, request, rng)
    while not sampler.is_over:
        while not sampler.batch.is_done:
            sample_batch.advance(parameters, vocabulary.end, [sampler.batch])
        sampler.filter_batch()
    return sampler.names()


class NameSampler:
    """A request that is being answered: rounds of samples, of which those fit to show are kept.

    Args:
        parameters: the network.
        vocabulary: its symbols.
        known: names that exist, in lower case.
        request: what is requested.
        rng: source of the draws.

    Attributes:
        draws: the samples of this round, to be drawn to their end and then looked at.
        is_over: whether nothing is missing any more, or there is no use in another round.

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
        self._budget = FilterBudget(_MAX_REJECTED + _TRIES_A_NAME * request.count)
        self._samples_left = MAX_REJECTED_SAMPLES + _TRIES_A_NAME * request.count
        self._round = 0
        self.batch = self._begin_round()
        self.is_over = False

    def filter_batch(self) -> None:
        """Keep what is fit to show of the samples that were drawn, and begin the next round."""
        samples = dict.fromkeys(self.batch.names(self._vocabulary))
        new = (name for name in samples if name not in self._found)
        # Only as many are looked at as are needed: whether one is decent takes its time.
        fit = (name for name in self._budget.spend_on(new) if self._is_wanted(name))
        self._found += islice(fit, self._missing)
        self._round += 1
        self.is_over = not (self._missing and self._budget.left and self._samples_left)
        if not self.is_over:
            self.batch = self._begin_round()

    def names(self) -> tuple[str, ...]:
        """Return what was found, capitalised.

        Raises:
            NoNamesError: nothing was.
        """
        if not self._found:
            raise NoNamesError(self._request.prefix)
        return tuple(name.capitalize() for name in self._found)

    @property
    def _missing(self) -> int:
        return self._request.count - len(self._found)

    def _begin_round(self) -> sample_batch.SampleBatch:
        # Small at first, since one name is soon found; where few are fit, ever larger.
        batch = max(2 * self._missing, _MIN_BATCH) * 2**self._round
        batch = min(batch, _MAX_BATCH, self._samples_left)
        self._samples_left -= batch
        return sample_batch.begin(
            self._parameters, self._vocabulary, batch, self._request, self._rng
        )

    def _is_wanted(self, name: str) -> bool:
        request = self._request
        may_be_a_knot = not is_pronounceable(request.prefix)
        is_sayable = may_be_a_knot or is_pronounceable(name)
        # What was typed is no invention: there has to be more.
        return name != request.prefix and is_sayable and is_fit(name, self._known, request.decent)


@dataclass(slots=True)
class FilterBudget:
    """Bounds how many names are looked at: a beginning that is indecent spoils every one."""

    left: int

    def spend_on(self, names: Iterable[str]) -> Iterator[str]:
        """Yield names while the budget lasts."""
        for name in names:
            if not self.left:
                return
            self.left -= 1
            yield name


def is_pronounceable(name: str) -> bool:
    """Tell whether a name is free of knots: four consonants in a row, three of a letter, no vowel.

    Of the genera in the list 99 in 100 are; y counts as a vowel.

    >>> is_pronounceable("triceratops"), is_pronounceable("ptotlermptor")
    (True, False)
    """
    return not _UNPRONOUNCEABLE.search(name)


def is_fit(name: str, known: Collection[str], decent: bool = True) -> bool:
    """Tell whether a name may be shown: 4 to 26 letters, not known yet, decent if it has to be."""
    is_new = MIN_LETTERS <= len(name) <= MAX_LETTERS and name not in known
    return is_new and (not decent or is_decent(name))
