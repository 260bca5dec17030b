"""A progress bar for a training in the terminal."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from tqdm import tqdm

from engine.trainer import Saved
from engine.training import Event, Finished, Scored, Stepped
from engine.version import NamesModel


def watch(events: Iterable[Event | Saved]) -> NamesModel:
    """Show a training on stderr, and return the model that it saves.

    Args:
        events: what `engine.trainer.train_names` yields.
    """
    saved: NamesModel | None = None
    remaining = iter(events)
    # What is wrong with the corpus turns up here, before there is a bar.
    first = next(remaining)
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
