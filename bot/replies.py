"""What the bot answers, wherever it is asked."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer.

    Attributes:
        text: what it says, plain; in a poem, the line that a member gave as well.
        is_refusal: whether it says why the wish was not granted.
    """

    text: str
    is_refusal: bool = False
