"""A progress bar for a training in the terminal."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias, TypeVar

from tqdm import tqdm

from engine.jobs import events as jobs
from engine.models.names_model import NamesModel
from engine.training import names_loop, names_trainer
from engine.training.names_loop import Stepped

if TYPE_CHECKING:
    from engine.jobs.handle import TrainingHandle
    from engine.models.poem_model import PoemModel
    from engine.training.poem_trainer import Event as PoemEvent

Model = TypeVar("Model")
_Bar: TypeAlias = "tqdm[NoReturn]"


def watch(events: Generator[names_loop.Event | names_trainer.NamesSaved, None, None]) -> NamesModel:
    """Show a training on stderr, and return the model that it saves.

    An interruption from the keyboard is passed on to the training, which keeps the best so far.

    Args:
        events: what `engine.training.names_trainer.train_names` yields.
    """
    return _watch(events, " batches", _NamesBar)


def watch_poem(events: Generator[PoemEvent, None, None]) -> PoemModel:
    """Show a training of the poem network on stderr, and return the model that it saves.

    An interruption from the keyboard is passed on to the training, which keeps the best so far.

    Args:
        events: what `engine.training.poem_trainer.train_poem` yields.
    """
    return _watch(events, " windows", _PoemBar)


def _watch(
    events: Generator[Any, None, None],
    unit: str,
    show_on: Callable[[_Bar, list[Model]], Callable[[Any], None]],
) -> Model:
    saved: list[Model] = []
    # What is wrong with a corpus turns up before a bar.
    first = next(events)
    with tqdm(unit=unit, dynamic_ncols=True) as bar:
        show = show_on(bar, saved)
        try:
            show(first)
            for event in events:
                show(event)
        except KeyboardInterrupt:
            # Where the training itself was interrupted it has ended with its last event.
            show(events.throw(KeyboardInterrupt()))
    return saved[-1]


class _NamesBar:
    """Shows events on a bar; appends the model that is saved."""

    def __init__(self, bar: _Bar, saved: list[NamesModel]) -> None:
        self._steps = _Steps(bar)
        self._saved = saved

    def __call__(self, event: names_loop.Event | names_trainer.NamesSaved) -> None:
        match event:
            case Stepped():
                self._steps.step(event.step, event.steps, event.loss)
            case names_loop.NamesEvaluated():
                self._steps.score(event.score)
            case names_loop.NamesTrained():
                self._steps.finish(event.best_score)
            case names_trainer.NamesSaved():
                self._saved.append(event.model)


class _PoemBar:
    """Shows events on a bar; appends the model that is saved."""

    def __init__(self, bar: _Bar, saved: list[PoemModel]) -> None:
        self._steps = _Steps(bar)
        self._saved = saved

    def __call__(self, event: PoemEvent) -> None:
        from engine.training import poem_loop
        from engine.training.poem_trainer import StageStarted

        match event:
            case StageStarted():
                self._steps.begin(event.name, event.step)
            case Stepped():
                self._steps.step(event.step, event.steps, event.loss)
            case poem_loop.PoemEvaluated():
                self._steps.score(event.score)
            case poem_loop.PoemTrained():
                self._steps.finish(event.best_score)
            case _:
                self._saved.append(event.model)


async def show_training(training: TrainingHandle) -> jobs.Ending | jobs.Paused:
    """Show a training in a process of its own on stderr, and return how it ends.

    Args:
        training: what `engine.jobs.queue.TrainingQueue.submit` returned.
    """
    stage = ""
    with tqdm(unit=" batches", dynamic_ncols=True) as bar:
        steps = _Steps(bar)
        async for event in training.watch():
            match event:
                case jobs.Queued(position=position) if position:
                    bar.set_description(f"{position} before it")
                case jobs.Progress():
                    if event.stage != stage:
                        stage = event.stage
                        steps.begin(stage, event.step)
                    steps.step(event.step, event.steps, event.loss)
                case jobs.Evaluated():
                    steps.score(event.score)
                case _:
                    pass
    return await training.ended()


class _Steps:
    """Draws steps and scores on a bar."""

    def __init__(self, bar: _Bar) -> None:
        self._bar = bar
        self._held_out = "not yet scored"

    def begin(self, stage: str, step: int) -> None:
        """Begin a stage of the training, at a step of it."""
        self._bar.reset()
        self._bar.update(step)
        self._bar.set_description(stage)

    def step(self, step: int, steps: int, loss: float) -> None:
        """Go on to a step."""
        self._bar.total = steps
        self._bar.set_postfix_str(f"loss {loss:.3f}, held out {self._held_out}", refresh=False)
        self._bar.update(step - self._bar.n)

    def score(self, score: float) -> None:
        """Show a score from the next step on."""
        self._held_out = f"{score:.4f}"

    def finish(self, best_score: float) -> None:
        """Show the best score."""
        self._bar.set_postfix_str(f"best held out {best_score:.4f}")
