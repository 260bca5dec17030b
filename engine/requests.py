"""What can be asked of the engine, and what it answers."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from engine.errors import InvalidRequestError

MAX_COUNT = 1_000
MAX_PREFIX_LETTERS = 16
MAX_SEED = 2**63 - 1


@dataclass(frozen=True, slots=True)
class NameRequest:
    """A wish for invented names.

    Attributes:
        count: how many names, 1 to 1,000.
        prefix: the letters that each begins with, at most 16; case and accents do not matter.
        temperature: below 1 the names are more usual, above more daring; 0.1 to 2.
        top_p: the share of the distribution that is drawn from, 0.05 to 1.
        seed: the same seed gives the same names again; None lets the engine choose one.

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

    def __post_init__(self) -> None:
        _require(1 <= self.count <= MAX_COUNT, "number of names", f"1 to {MAX_COUNT:,}")
        _require(0.1 <= self.temperature <= 2, "temperature", "0.1 to 2")
        _require(0.05 <= self.top_p <= 1, "top-p", "0.05 to 1")
        _require(self.seed is None or 0 <= self.seed <= MAX_SEED, "seed", f"0 to {MAX_SEED}")
        prefix = plain_letters(self.prefix)
        letters = prefix == "" or (prefix.isascii() and prefix.isalpha())
        allowed = f"letters from A to Z alone, at most {MAX_PREFIX_LETTERS}"
        _require(letters and len(prefix) <= MAX_PREFIX_LETTERS, "beginning of a name", allowed)
        object.__setattr__(self, "prefix", prefix)


@dataclass(frozen=True, slots=True)
class Names:
    """Invented names.

    Attributes:
        names: at least one and at most as many as asked for, all different, capitalised.
        seed: what gives the same names again, with the same model and request.
        model: the version that invented them.
    """

    names: tuple[str, ...]
    seed: int
    model: str


def plain_letters(text: str) -> str:
    """Return a text in lower case, letters without their accents.

    >>> plain_letters("Éoraptor")
    'eoraptor'
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(symbol for symbol in decomposed if not unicodedata.combining(symbol))


def _require(holds: bool, field: str, allowed: str) -> None:
    if not holds:
        raise InvalidRequestError(field, allowed)
