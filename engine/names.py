"""From samples of the network to names fit to show."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from engine import rnn, sampling
from engine.decency import is_decent
from engine.errors import NothingInventedError
from engine.requests import NameRequest
from engine.rnn import Parameters
from engine.vocabulary import Vocabulary

MIN_LETTERS = 4
MAX_LETTERS = 26
_MAX_ROUNDS = 12
_MAX_VAIN_LOOKS = 512
_LOOKS_A_NAME = 8
_MIN_BATCH = 4
_MAX_BATCH = 1_024
_KNOT = re.compile(r"[^aeiouy]{4}|[^aeiouy]{3}$|(.)\1\1|^[^aeiouy]+$")


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
    prefix = request.prefix
    given = [vocabulary.end, *vocabulary.encode(prefix)]
    state = rnn.initial_state(parameters, batch)
    for index in given[:-1]:
        state, _ = rnn.step(parameters, np.full(batch, index), state)
    drawn = np.full((batch, MAX_LETTERS + 1 - len(prefix)), vocabulary.end)
    inputs = np.full(batch, given[-1])
    running = np.arange(batch)
    for t in range(drawn.shape[1]):
        state, logits = rnn.step(parameters, inputs, state)
        tempered = sampling.temper(sampling.mixture(logits), request.temperature)
        inputs = sampling.draw(sampling.nucleus(tempered, request.top_p), rng)
        drawn[running, t] = inputs
        # Names that have ended leave the batch.
        going_on = inputs != vocabulary.end
        running, inputs, state = running[going_on], inputs[going_on], state[:, going_on]
        if not running.size:
            break
    return [prefix + name for name in vocabulary.decode_names(drawn)]


def invent(
    parameters: Parameters,
    vocabulary: Vocabulary,
    known: Collection[str],
    request: NameRequest,
    rng: np.random.Generator,
) -> tuple[str, ...]:
    """Draw names that are new, decent if so wished, of a fit length, and all different.

    Args:
        parameters: the network.
        vocabulary: its symbols.
        known: names that exist, in lower case.
        request: what is wished for.
        rng: source of the draws.

    Returns:
        Capitalised names: as many as were asked for, or fewer where the prefix leaves few.

    Raises:
        NothingInventedError: not one was fit to show.
    """
    found: list[str] = []
    looks = _Looks(_MAX_VAIN_LOOKS + _LOOKS_A_NAME * request.count)
    for round_ in range(_MAX_ROUNDS):
        missing = request.count - len(found)
        if not missing or not looks.left:
            break
        # Small at first, since one name is soon found; where few are fit, ever larger.
        batch = min(max(2 * missing, _MIN_BATCH) * 2**round_, _MAX_BATCH)
        samples = sample(parameters, vocabulary, batch, request, rng)
        new = (name for name in dict.fromkeys(samples) if name not in found)
        # Only as many are looked at as are needed: whether one is decent takes its time.
        wanted = (name for name in looks.at(new) if _is_wanted(name, request, known))
        found += islice(wanted, missing)
    if not found:
        raise NothingInventedError(request.prefix)
    return tuple(name.capitalize() for name in found)


@dataclass(slots=True)
class _Looks:
    """Bounds how many names are looked at: a beginning that is indecent spoils every one."""

    left: int

    def at(self, names: Iterable[str]) -> Iterator[str]:
        for name in names:
            if not self.left:
                return
            self.left -= 1
            yield name


def _is_wanted(name: str, request: NameRequest, known: Collection[str]) -> bool:
    may_be_a_knot = not is_pronounceable(request.prefix)
    return (may_be_a_knot or is_pronounceable(name)) and is_fit(name, known, request.decent)


def is_pronounceable(name: str) -> bool:
    """Tell whether a name is free of knots: four consonants in a row, three of a letter, no vowel.

    Of the genera in the list 99 in 100 are; y counts as a vowel.

    >>> is_pronounceable("triceratops"), is_pronounceable("ptotlermptor")
    (True, False)
    """
    return not _KNOT.search(name)


def is_fit(name: str, known: Collection[str], decent: bool = True) -> bool:
    """Tell whether a name may be shown: 4 to 26 letters, not known yet, decent if it has to be."""
    is_new = MIN_LETTERS <= len(name) <= MAX_LETTERS and name not in known
    return is_new and (not decent or is_decent(name))
