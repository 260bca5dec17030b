"""A progress bar for a training in the terminal."""

from __future__ import annotations

import sys
from collections.abc import Generator
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from tqdm import tqdm

from engine.models.version import ModelCard
from engine.training.events import (
    NetworkScored,
    NetworkTrained,
    PartlyLearned,
    StageStarted,
    StartUnfit,
    Stepped,
    VersionSaved,
)

if TYPE_CHECKING:
    _Bar: TypeAlias = "tqdm[NoReturn]"


def watch(events: Generator[Any, None, None]) -> ModelCard:
    """Show a training on stderr, and return the card of the version that it saves.

    An interruption from the keyboard is passed on to the training, which keeps the best so far.
    """
    # Errors of a corpus come before the bar.
    pending = next(events)
    with tqdm(unit=" batches", dynamic_ncols=True) as bar:
        progress = TrainingBar(bar)
        while not isinstance(pending, VersionSaved):
            try:
                progress.show(pending)
                pending = next(events)
            except KeyboardInterrupt:
                pending = events.throw(KeyboardInterrupt())
    # The trainer deletes its checkpoint after the last event.
    next(events, None)
    return pending.card


class TrainingBar:
    """Steps and scores of a training on a bar."""

    def __init__(self, bar: _Bar) -> None:
        self._bar = bar
        self._held_out = "not yet scored"

    def show(self, event: object) -> None:
        """Show an event of `engine.training.events`."""
        match event:
            case StartUnfit():
                share = f"{event.spelled_share:.1%}"
                _say(f"{event.version} spells {share} of the text, which is learned afresh.")
            case PartlyLearned():
                _say(f"{1 - event.share:.2%} of the text are symbols that are not learned.")
            case StageStarted():
                self.begin(event.name, event.step)
            case Stepped():
                self.step(event.step, event.steps, event.loss)
            case NetworkScored():
                self.score(event.score)
            case NetworkTrained():
                self._bar.set_postfix_str(f"best held out {event.best_score:.4f}")
            case _:
                pass

    def begin(self, stage: str, step: int) -> None:
        """Begin a stage at a step."""
        self._bar.reset()
        self._bar.update(step)
        self._bar.set_description(stage)

    def step(self, step: int, steps: int, loss: float) -> None:
        """Move to a step."""
        self._bar.total = steps
        self._bar.set_postfix_str(f"loss {loss:.3f}, held out {self._held_out}", refresh=False)
        self._bar.update(step - self._bar.n)

    def score(self, score: float) -> None:
        """Show a score from the next step on."""
        self._held_out = f"{score:.4f}"


def _say(line: str) -> None:
    """Write a line above the bar."""
    tqdm.write(line, file=sys.stderr)
