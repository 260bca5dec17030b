"""Small trainings, which take seconds in a process of their own."""

from collections.abc import Callable
from pathlib import Path

from engine import ModelRegistry
from engine.jobs.events import Ending, Event, Paused
from engine.jobs.handle import TrainingHandle
from engine.jobs.queue import TrainingQueue
from engine.jobs.spec import Limits, TrainingRequest
from tests.conftest import NAMES

UPLOAD = "".join(f"{name}\n" for name in NAMES).encode()

ENDLESS = 1_000_000
"""Passes that no test waits for."""


def order(guild: int | None = 1, epochs: int = 4, **settings: float) -> TrainingRequest:
    """Return an order for a network so small that a pass takes no time."""
    options = {
        "members": 2,
        "hidden_units": 8,
        "evaluate_every": 1,
        "patience": ENDLESS,
        "epochs": epochs,
        **settings,
    }
    return TrainingRequest(
        "dino", guild, UPLOAD, "names.txt", is_fresh=True, options=options, temperature=1.5
    )


def trainings(
    home: Path,
    limits: Limits | None = None,
    is_own: Callable[[int | None], bool] = lambda _guild: True,
) -> TrainingQueue:
    """Return the trainings of a home without any shipped model."""
    registry = store_in(home)
    folder, downloads = home / "trainings", home / "corpora"
    return TrainingQueue(registry, folder, limits, downloads=downloads, is_own=is_own)


def store_in(home: Path) -> ModelRegistry:
    """Return the host's store of a home."""
    return ModelRegistry(home / "models", home / "shipped")


async def seen(training: TrainingHandle, kind: type[Event] | Callable[[Event], bool]) -> Event:
    """Wait for an event, and fail where the training ends without it."""
    async for event in training.watch():
        if isinstance(event, kind) if isinstance(kind, type) else kind(event):
            return event
        if isinstance(event, Ending | Paused):
            raise AssertionError(f"the training ended with {event}")
    raise AssertionError("the training was watched to no end")
