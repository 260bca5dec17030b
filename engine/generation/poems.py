"""Poems: several candidates are generated for a request, and the best one is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine.errors import IndecentLineError, NoPoemError
from engine.generation.sequences import Completions, DecodeRequest, ModelRunner, SequenceGroup
from engine.networks.vocabulary import END, Vocabulary
from engine.requests import MAX_CANDIDATES, Poem, PoemRequest, seed_of
from engine.text.layout import (
    close,
    is_closed,
    lay_out,
    new_words,
    roughness,
    share_real,
)
from engine.text.normalize import read_prompt
from engine.text.profanity import is_decent, is_decent_line

MAX_ROUNDS = 3
"""How often candidates are generated for a request of which none may be shown."""


@dataclass(frozen=True, slots=True)
class PreparedRequest:
    """A poem to be written.

    Attributes:
        symbols: what the network reads of the first line.
    """

    request: PoemRequest
    symbols: str
    seed: int
    rng: np.random.Generator
    candidates: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of several poems for the same request.

    Attributes:
        text: laid out; empty where nothing follows the first line.
        words: those that follow it.
    """

    text: str
    words: frozenset[str]
    score: float


@dataclass(frozen=True, slots=True, eq=False)
class PoemGenerator:
    """A version of the poem network, ready to write.

    Attributes:
        words: those that it has learned from, in lower case.
    """

    id: str
    vocabulary: Vocabulary
    words: frozenset[str]
    decoder: ModelRunner

    def poem(self, request: PoemRequest) -> Poem:
        """Generate a poem; raises `NoPoemError`, and what `prepare` raises."""
        prepared = self.prepare(request)
        for _ in range(MAX_ROUNDS):
            group = self.begin(prepared)
            while not self.is_enough(prepared, group):
                self.decoder.advance([group])
            if poem := self.best(prepared, group.completions()):
                return poem
        raise NoPoemError

    def prepare(self, request: PoemRequest, candidates: int = MAX_CANDIDATES) -> PreparedRequest:
        """Read a request; `candidates` is their number where the request leaves it open.

        Raises:
            InvalidRequestError: its first line has no letter that the network knows.
            IndecentLineError: its first line may not be shown.
        """
        if request.decent and not is_decent_line(request.prompt):
            raise IndecentLineError
        seed = seed_of(request)
        symbols = read_prompt(request.prompt, self.vocabulary)
        wanted = request.candidates or candidates
        return PreparedRequest(request, symbols, seed, np.random.default_rng(seed), wanted)

    def begin(self, prepared: PreparedRequest) -> SequenceGroup:
        """Begin the candidates of a poem, with fresh samples each time."""
        # A poem begins after an empty line, as in training.
        given = self.vocabulary.encode(END * 2 + prepared.symbols)
        request = prepared.request
        uniforms = prepared.rng.random((prepared.candidates, request.length), dtype=np.float32)
        settings = request.temperature, request.top_p, request.top_k
        return self.decoder.begin(DecodeRequest(np.array(given), uniforms, *settings))

    def is_enough(self, prepared: PreparedRequest, group: SequenceGroup) -> bool:
        """Tell whether each candidate has ended a sentence after two thirds of the length, or all.

        To be called between two chunks only, so that the result does not depend on the batch.
        """
        if group.is_done:
            return True
        fewest = 2 * prepared.request.length // 3
        drawn = group.completions().symbols
        if drawn.shape[1] < fewest:
            return False
        return all(is_closed(self.vocabulary.decode(row), fewest) for row in drawn.tolist())

    def best(self, prepared: PreparedRequest, drawn: Completions) -> Poem | None:
        """Return the best candidate as a poem, or None where none may be shown."""
        likelihoods = drawn.log_likelihoods.mean(axis=1).tolist()
        candidates = [
            self._judge(prepared, self.vocabulary.decode(row), likelihood)
            for row, likelihood in zip(drawn.symbols.tolist(), likelihoods, strict=True)
        ]
        request = prepared.request
        text = _best(candidates, request.decent)
        if not text:
            return None
        return Poem(text, request.prompt, prepared.seed, self.id, prepared.candidates)

    def _judge(
        self, prepared: PreparedRequest, continuation: str, log_likelihood: float
    ) -> Candidate:
        """Return the candidate for a continuation, given its mean log p."""
        line = prepared.request.prompt
        ending = prepared.symbols[-1:] if prepared.symbols.endswith((END, " ")) else ""
        text = close(lay_out(line + ending + continuation), self.words)
        # The text begins with the line as it was typed; only what follows is scored.
        words = new_words(line, text)
        # In nats per character; most candidates differ by less than 0.1. One unknown word costs
        # about as much as an open end.
        faults = 20 * (1 - share_real(words, self.words)) + roughness(text) / 5
        is_longer = len(text) > len(line)
        return Candidate(text if is_longer else "", frozenset(words), log_likelihood - faults)


def _best(candidates: Sequence[Candidate], decent: bool) -> str:
    """Return the text with the highest score, decent if required; nothing where there is none."""
    shown = (candidate for candidate in candidates if candidate.text)
    ranked = sorted(shown, key=lambda candidate: candidate.score, reverse=True)
    fit = (c.text for c in ranked if not decent or all(map(_is_decent_word, c.words)))
    return next(fit, "")


def is_decent_poem(line: str, text: str) -> bool:
    """Tell whether a poem is decent, given its first line as typed and all of its text.

    >>> is_decent_poem("The cock", "The cock doth craw"), is_decent_poem("The", "The fuck")
    (True, False)
    """
    return is_decent_line(line) and all(map(_is_decent_word, new_words(line, text)))


@lru_cache(maxsize=65_536)
def _is_decent_word(word: str) -> bool:
    # Half a millisecond, which adds up in verse.
    return is_decent(word)
