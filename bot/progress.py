"""A progress bar for a training in the terminal."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, NoReturn, TypeVar

from tqdm import tqdm

from engine.names_trainer import Saved
from engine.training import Event, Finished, Scored, Stepped
from engine.version import NamesModel

if TYPE_CHECKING:
    from engine.poem_trainer import Event as PoemEvent
    from engine.poem_version import PoemModel

_Event = TypeVar("_Event")


def watch(events: Iterable[Event | Saved]) -> NamesModel:
    """Show a training on stderr, and return the model that it saves.

    Args:
        events: what `engine.names_trainer.train_names` yields.
    """
    saved: NamesModel | None = None
    first, remaining = _begun(events)
    with tqdm(unit=" batches", dynamic_ncols=True) as bar:
        held_out = "not yet scored"
        for event in chain([first], remaining):
            match event:
                case Stepped():
                    bar.total = event.steps
                    bar.set_postfix_str(
                        f"loss {event.loss:.3f}, held out {held_out}", refresh=False
                    )
                    bar.update(event.step - bar.n)
                case Scored():
                    held_out = f"{event.score:.4f}"
                case Finished():
                    bar.set_postfix_str(f"best held out {event.best_score:.4f}")
                case Saved():
                    saved = event.model
    if saved is None:
        raise RuntimeError("the training ended without a model")
    return saved


def watch_poem(events: Generator[PoemEvent, None, None]) -> PoemModel:
    """Show a training of the poem network on stderr, and return the model that it saves.

    An interruption from the keyboard is passed on to the training, which keeps the best so far.

    Args:
        events: what `engine.poem_trainer.train_poem` yields.
    """
    saved: list[PoemModel] = []
    first, _ = _begun(events)
    with tqdm(unit=" windows", dynamic_ncols=True) as bar:
        show = _PoemBar(bar, saved)
        try:
            show(first)
            for event in events:
                show(event)
        except KeyboardInterrupt:
            # Where the training itself was interrupted it has ended with its last event.
            show(events.throw(KeyboardInterrupt()))
    return saved[-1]


def _begun(events: Iterable[_Event]) -> tuple[_Event, Iterator[_Event]]:
    """Return the first event and the rest: what is wrong with a corpus turns up before a bar."""
    remaining = iter(events)
    return next(remaining), remaining


class _PoemBar:
    """Shows events on a bar; appends the model that is saved."""

    def __init__(self, bar: tqdm[NoReturn], saved: list[PoemModel]) -> None:
        self._bar = bar
        self._saved = saved
        self._held_out = "not yet scored"

    def __call__(self, event: PoemEvent) -> None:
        from engine import poem_training
        from engine.poem_trainer import Began

        match event:
            case Began():
                self._bar.reset()
                self._bar.update(event.step)
                self._bar.set_description(event.name)
            case Stepped():
                self._bar.total = event.steps
                text = f"loss {event.loss:.3f}, held out {self._held_out}"
                self._bar.set_postfix_str(text, refresh=False)
                self._bar.update(event.step - self._bar.n)
            case poem_training.Scored():
                self._held_out = f"{event.score:.4f}"
            case poem_training.Finished():
                self._bar.set_postfix_str(f"best held out {event.best_score:.4f}")
            case _:
                self._saved.append(event.model)
