"""From a wish for a poem to verse fit to show: several candidates, the best of them kept."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine.decency import is_decent
from engine.errors import NothingWrittenError
from engine.orders import Decodes, Order
from engine.requests import Poem, PoemRequest
from engine.verse import close, lay_out, new_words, read_prompt, roughness, share_real
from engine.vocabulary import END, Vocabulary

_MAX_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Draft:
    """A poem to be written.

    Attributes:
        request: what is wished for.
        symbols: what the network reads of the first line.
        seed: what all draws come from.
        rng: made of it.
    """

    request: PoemRequest
    symbols: str
    seed: int
    rng: np.random.Generator


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of several poems for the same draft.

    Attributes:
        text: laid out; empty where nothing follows the first line.
        words: those that follow it.
        merit: its place among the others; the highest is the best.
    """

    text: str
    words: frozenset[str]
    merit: float


@dataclass(frozen=True, slots=True)
class Poet:
    """A version of the poem network, ready to write.

    Attributes:
        id: of the version.
        vocabulary: its symbols.
        words: those that it has learned from, in lower case.
        decoder: draws from it.
    """

    id: str
    vocabulary: Vocabulary
    words: frozenset[str]
    decoder: Decodes

    def poem(self, request: PoemRequest) -> Poem:
        """Write one poem.

        Raises:
            InvalidRequestError: its first line has no letter that the network knows.
            NothingWrittenError: no verse came of it.
        """
        (result,) = self.write([self.prepare(request)])
        if isinstance(result, NothingWrittenError):
            raise result
        return result

    def prepare(self, request: PoemRequest) -> Draft:
        """Read a wish.

        Raises:
            InvalidRequestError: its first line has no letter that the network knows.
        """
        seed = secrets.randbits(32) if request.seed is None else request.seed
        symbols = read_prompt(request.prompt, self.vocabulary)
        return Draft(request, symbols, seed, np.random.default_rng(seed))

    def write(self, drafts: Sequence[Draft]) -> list[Poem | NothingWrittenError]:
        """Write poems together; each is as it would be alone.

        Args:
            drafts: no more than the decoder's largest batch, each written once only.

        Returns:
            For each draft its poem, or the error to raise where no verse came of it.
        """
        texts = [""] * len(drafts)
        for _ in range(_MAX_ROUNDS):
            missing = [index for index, text in enumerate(texts) if not text]
            if not missing:
                break
            for index, text in zip(missing, self._round([drafts[i] for i in missing]), strict=True):
                texts[index] = text
        return [
            Poem(text, draft.request.prompt, draft.seed, self.id) if text else NothingWrittenError()
            for draft, text in zip(drafts, texts, strict=True)
        ]

    def _round(self, drafts: Sequence[Draft]) -> list[str]:
        drawn = self.decoder.decode([self._order(draft) for draft in drafts])
        texts: list[str] = []
        for draft, continuations in zip(drafts, drawn, strict=True):
            likelihoods = continuations.log_likelihoods.mean(axis=1).tolist()
            rows = zip(continuations.symbols.tolist(), likelihoods, strict=True)
            candidates = [
                self._judge(draft, self.vocabulary.decode(row), likelihood)
                for row, likelihood in rows
            ]
            texts.append(_best(candidates))
        return texts

    def _order(self, draft: Draft) -> Order:
        # A poem begins after an empty line, as those did that the network has learned from.
        given = self.vocabulary.encode(END * 2 + draft.symbols)
        shape = (self.decoder.rows, draft.request.length)
        uniforms = draft.rng.random(shape, dtype=np.float32)
        request = draft.request
        return Order(np.array(given), uniforms, request.temperature, request.top_p, request.top_k)

    def _judge(self, draft: Draft, continuation: str, log_likelihood: float) -> Candidate:
        """Make a candidate of what the network wrote after a first line.

        Args:
            draft: says what that line is.
            continuation: what was written.
            log_likelihood: the mean of log p over it.
        """
        line = draft.request.prompt
        ending = draft.symbols[-1:] if draft.symbols.endswith((END, " ")) else ""
        text = close(lay_out(line + ending + continuation))
        # What is shown begins with the line as it was given; what is judged is what follows.
        words = new_words(line, text)
        # In nats a character; candidates are mostly within a tenth of each other. An invented
        # word weighs about as much as an open end.
        faults = 20 * (1 - share_real(words, self.words)) + roughness(text) / 5
        is_longer = len(text) > len(line)
        return Candidate(text if is_longer else "", frozenset(words), log_likelihood - faults)


def _best(candidates: Sequence[Candidate]) -> str:
    """Return the text of the highest merit that is decent; nothing where none is."""
    shown = (candidate for candidate in candidates if candidate.text)
    ranked = sorted(shown, key=lambda candidate: candidate.merit, reverse=True)
    decent = (candidate.text for candidate in ranked if all(map(_is_decent_word, candidate.words)))
    return next(decent, "")


@lru_cache(maxsize=65_536)
def _is_decent_word(word: str) -> bool:
    # Half a millisecond, which adds up in verse.
    return is_decent(word)
