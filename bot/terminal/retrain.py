"""`!retrain` in a terminal: the text is a file of this machine, the progress a bar."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from tqdm import tqdm

from bot.context import OPERATOR
from bot.features import attempt
from bot.features.options import parse_retrain_options
from bot.features.training import Upload, order
from bot.replies import Reply
from bot.services import Services
from bot.training.finish import ended
from bot.training.progress import TrainingStatus, shown_result
from engine.corpora.names import read_text
from engine.jobs.events import Evaluated, Event, Progress, Saved
from engine.jobs.handle import TrainingHandle


async def retrain(services: Services, arguments: str) -> Reply:
    """Train a network for the host, and show how far it is; Ctrl-C cancels.

    Args:
        services: what to work with.
        arguments: a wish, in which a word may be the path of a text.
    """
    return await attempt(OPERATOR, lambda: _retrain(services, arguments), "try-retrain-here")


async def _retrain(services: Services, arguments: str) -> Reply:
    words, paths = _apart(arguments.split())
    wish = parse_retrain_options(" ".join(words))
    limit = services.trainings.limits.corpus_bytes
    uploads = [await asyncio.to_thread(_read, path, limit) for path in paths[:1]]
    entry = await order(
        services, OPERATOR, OPERATOR.texts("log-host"), wish, next(iter(uploads), None)
    )
    training = services.trainings.get(entry.id)
    status = TrainingStatus(entry)
    try:
        await _watch(training, status)
    except asyncio.CancelledError:
        # Ctrl-C is for the training; the conversation goes on.
        await services.trainings.cancel(entry.id)
        status.take(await training.ended())
    await ended(services, training, status)
    await services.trainings.acknowledge(entry.id)
    reply = shown_result(status, None, OPERATOR.texts)
    if isinstance(status.end, Saved):
        hint = OPERATOR.texts("training-keep-here", version=status.end.version)
        reply = replace(reply, footer=f"{reply.footer}\n{hint}")
    return reply


async def _watch(training: TrainingHandle, status: TrainingStatus) -> None:
    with tqdm(unit=" batches", dynamic_ncols=True) as bar:
        async for event in training.watch():
            status.take(event)
            _show(bar, event)


def _apart(words: list[str]) -> tuple[list[str], list[Path]]:
    """Return the words of a wish, and the paths among them."""
    paths = [word for word in words[1:] if word.lower().endswith(".txt")]
    return [word for word in words if word not in paths], [Path(path) for path in paths]


def _read(path: Path, limit_bytes: int) -> Upload:
    read_text(path, limit_bytes)  # Says what is wrong with a file that cannot be used.
    return Upload(path.name, path.read_bytes())


def _show(bar: tqdm[NoReturn], event: Event) -> None:
    match event:
        case Progress():
            bar.total = event.steps
            bar.set_description(event.stage, refresh=False)
            bar.set_postfix_str(f"loss {event.loss:.3f}", refresh=False)
            bar.update(event.step - bar.n)
        case Evaluated():
            bar.set_postfix_str(f"held out {event.score:.4f}")
        case _:
            pass
