"""Requests for names and poems, and their results."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from engine.errors import InvalidRequestError
from engine.text.characters import normalize
from engine.text.layout import MAX_PROMPT, MAX_TYPED, one_line

MAX_COUNT = 1_000
MAX_PREFIX_LETTERS = 16
MAX_SEED = 2**63 - 1
MIN_LENGTH, MAX_LENGTH = 80, 1_500
MIN_TEMPERATURE, MAX_TEMPERATURE = 0.1, 2.0
MAX_CANDIDATES = 8


@dataclass(frozen=True, slots=True)
class NameRequest:
    """A request for generated names.

    Attributes:
        count: how many names, 1 to 1,000.
        prefix: the letters that each begins with, at most 16; case and accents do not matter.
        temperature: below 1 the names are more usual, above more daring; 0.1 to 2.
        top_p: the share of the distribution that is sampled from, 0.05 to 1.
        seed: reproduces names; None for a random one.
        decent: whether names with indecent words are left out.

    Raises:
        InvalidRequestError: a value is outside these limits.

    >>> NameRequest(prefix="Zoë").prefix
    'zoe'
    """

    count: int = 1
    prefix: str = ""
    temperature: float = 1.0
    top_p: float = 0.97
    seed: int | None = None
    decent: bool = True

    def __post_init__(self) -> None:
        require(1 <= self.count <= MAX_COUNT, "number of names", f"1 to {MAX_COUNT:,}")
        _require_temperature(self.temperature)
        require(0.05 <= self.top_p <= 1, "top-p", "0.05 to 1")
        require(self.seed is None or 0 <= self.seed <= MAX_SEED, "seed", f"0 to {MAX_SEED}")
        prefix = plain_letters(self.prefix)
        letters = prefix == "" or (prefix.isascii() and prefix.isalpha())
        allowed = f"letters from A to Z alone, at most {MAX_PREFIX_LETTERS}"
        require(letters and len(prefix) <= MAX_PREFIX_LETTERS, "beginning of a name", allowed)
        object.__setattr__(self, "prefix", prefix)


@dataclass(frozen=True, slots=True)
class Names:
    """Generated names.

    Attributes:
        names: at least one and at most the requested count, all different, capitalised.
        seed: what gives the same names again, with the same model and request.
        model: the version that generated them.
    """

    names: tuple[str, ...]
    seed: int
    model: str


@dataclass(frozen=True, slots=True)
class PoemRequest:
    """A request for a poem.

    Attributes:
        prompt: the first line, at most 160 characters, made one line; empty to generate it too.
        length: characters that follow it, at most, 80 to 1,500; the last line is never cut.
        temperature: below 1 the verse is more usual, above more daring; 0.1 to 2.
        top_p: the share of the distribution that is sampled from, 0.05 to 1.
        top_k: the most symbols that are sampled from; 0 for all.
        candidates: how many are generated, of which the best is kept, 1 to 8; None lets the
            engine choose by its load.
        seed: reproduces a poem with the same candidates; None for a random one.
        decent: whether verse with indecent words is left out.

    Raises:
        InvalidRequestError: a value is outside these limits.

    >>> PoemRequest(prompt="  Shall I   compare thee ").prompt
    'Shall I compare thee'
    """

    prompt: str = ""
    length: int = 600
    temperature: float = 0.75
    top_p: float = 0.95
    top_k: int = 0
    candidates: int | None = None
    seed: int | None = None
    decent: bool = True

    def __post_init__(self) -> None:
        limits = f"{MIN_LENGTH} to {MAX_LENGTH:,} characters"
        require(MIN_LENGTH <= self.length <= MAX_LENGTH, "length", limits)
        _require_temperature(self.temperature)
        require(0.05 <= self.top_p <= 1, "top-p", "0.05 to 1")
        require(0 <= self.top_k <= MAX_COUNT, "top-k", f"0 to {MAX_COUNT:,}")
        candidates = self.candidates is None or 1 <= self.candidates <= MAX_CANDIDATES
        require(candidates, "number of candidates", f"1 to {MAX_CANDIDATES}")
        require(self.seed is None or 0 <= self.seed <= MAX_SEED, "seed", f"0 to {MAX_SEED}")
        prompt = one_line(self.prompt[:MAX_TYPED])
        fits = len(self.prompt) <= MAX_TYPED and len(prompt) <= MAX_PROMPT
        require(fits, "first line", f"at most {MAX_PROMPT} characters long")
        object.__setattr__(self, "prompt", prompt)


@dataclass(frozen=True, slots=True)
class Poem:
    """A poem.

    Attributes:
        text: its lines, the given one first; none is cut.
        prompt: the given line, if any.
        seed: what gives the same poem again, with the same model, request and candidates.
        model: the version that generated it.
        candidates: how many it is the best of.
    """

    text: str
    prompt: str
    seed: int
    model: str
    candidates: int


def plain_letters(text: str) -> str:
    """Return a text in lower case, letters without their accents.

    >>> plain_letters("Éoraptor")
    'eoraptor'
    """
    decomposed = normalize("NFKD", text).casefold()
    return "".join(symbol for symbol in decomposed if not unicodedata.combining(symbol))


def _require_temperature(temperature: float) -> None:
    allowed = f"{MIN_TEMPERATURE:g} to {MAX_TEMPERATURE:g}"
    require(MIN_TEMPERATURE <= temperature <= MAX_TEMPERATURE, "temperature", allowed)


def require(holds: bool, field: str, allowed: str) -> None:
    """Raise `InvalidRequestError` unless a condition holds."""
    if not holds:
        raise InvalidRequestError(field, allowed)
