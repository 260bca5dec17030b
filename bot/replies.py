"""What the bot answers, wherever it is asked."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer.

    Attributes:
        text: what it says; it never holds what a member typed.
        is_refusal: whether it says why the wish was not granted.
    """

    text: str
    is_refusal: bool = False
