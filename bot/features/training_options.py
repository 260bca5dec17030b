"""What is typed after `!retrain`, as typed values."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine import InvalidRequestError
from engine.families import FAMILIES, FamilyName

_ALLOWED = "dino or poem, then perhaps fresh, passes=20, minutes=5 or temperature=0.8"


@dataclass(frozen=True, slots=True)
class RetrainOptions:
    """A training as a member wishes for it; its limits are checked when it is ordered.

    Attributes:
        network: what is to be trained.
        passes: over the text, at most.
        minutes: at most.
        temperature: of the samples that are shown; None for what the server has set.
        is_fresh: whether to start from scratch.
    """

    network: FamilyName
    passes: int | None = None
    minutes: float | None = None
    temperature: float | None = None
    is_fresh: bool = False


def parse_retrain_options(words: str) -> RetrainOptions:
    """Read a wish, its options in any order.

    Raises:
        InvalidRequestError: it is none.

    >>> parse_retrain_options("dino fresh minutes=5")
    RetrainOptions(network='dino', passes=None, minutes=5.0, temperature=None, is_fresh=True)
    """
    match words.lower().split():
        case [network, *options] if network in FAMILIES:
            wish = RetrainOptions(network)
        case _:
            raise InvalidRequestError("training wish", _ALLOWED)
    for option in options:
        wish = _with(wish, option)
    return wish


def _with(wish: RetrainOptions, option: str) -> RetrainOptions:
    name, _, value = option.partition("=")
    try:
        match name:
            case "fresh" if not value:
                return replace(wish, is_fresh=True)
            case "passes":
                return replace(wish, passes=int(value))
            case "minutes":
                return replace(wish, minutes=float(value))
            case "temperature":
                return replace(wish, temperature=float(value))
            case _:
                pass
    except ValueError:
        pass
    raise InvalidRequestError("training wish", _ALLOWED)
