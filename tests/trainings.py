"""Small trainings, which take seconds in a process of their own."""

from collections.abc import Callable
from pathlib import Path

from engine import Store
from engine.jobs.events import Ending, Event, Paused
from engine.jobs.handle import Training
from engine.jobs.queue import Trainings
from engine.jobs.spec import Limits, TrainingOrder
from tests.conftest import NAMES

UPLOAD = "".join(f"{name}\n" for name in NAMES).encode()

ENDLESS = 1_000_000
"""Passes that no test waits for."""


def order(server: int | None = 1, epochs: int = 4, **settings: float) -> TrainingOrder:
    """Return an order for a network so small that a pass takes no time."""
    options = {
        "members": 2,
        "hidden_units": 8,
        "evaluate_every": 1,
        "patience": ENDLESS,
        "epochs": epochs,
        **settings,
    }
    return TrainingOrder(
        "dino", server, UPLOAD, "names.txt", is_fresh=True, options=options, temperature=1.5
    )


def trainings(
    home: Path,
    limits: Limits | None = None,
    is_own: Callable[[int | None], bool] = lambda _server: True,
) -> Trainings:
    """Return the trainings of a home without any shipped model."""
    store = store_in(home)
    folder, downloads = home / "trainings", home / "corpora"
    return Trainings(store, folder, limits, downloads=downloads, is_own=is_own)


def store_in(home: Path) -> Store:
    """Return the host's store of a home."""
    return Store(home / "models", home / "shipped")


async def seen(training: Training, kind: type[Event] | Callable[[Event], bool]) -> Event:
    """Wait for an event, and fail where the training ends without it."""
    async for event in training.watch():
        if isinstance(event, kind) if isinstance(kind, type) else kind(event):
            return event
        if isinstance(event, Ending | Paused):
            raise AssertionError(f"the training ended with {event}")
    raise AssertionError("the training was watched to no end")
