"""`!retrain` in a terminal: the text is a file of this machine, the progress a bar."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from tqdm import tqdm

from bot.context import OPERATOR
from bot.features import attempt
from bot.features.options import parse_retrain_options
from bot.features.training import Upload, order
from bot.replies import Reply
from bot.services import Services
from bot.terminal.progress_bar import TrainingBar
from bot.training.finish import ended
from bot.training.progress import TrainingStatus, may_keep, shown_result
from engine.corpora.text_file import read_text
from engine.jobs.events import Evaluated, Progress, Saved
from engine.jobs.handle import TrainingHandle


async def retrain(services: Services, arguments: str) -> Reply:
    """Train a network for the host, and show how far it is; Ctrl-C cancels."""
    return await attempt(OPERATOR, lambda: _retrain(services, arguments), "try-retrain-here")


async def _retrain(services: Services, arguments: str) -> Reply:
    words, paths = _apart(arguments.split())
    options = parse_retrain_options(" ".join(words))
    limit = services.trainings.limits.corpus_bytes
    uploads = [await asyncio.to_thread(_read, path, limit) for path in paths[:1]]
    entry = await order(
        services, OPERATOR, OPERATOR.texts("log-host"), options, next(iter(uploads), None)
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
    if isinstance(status.end, Saved) and may_keep(status):
        hint = OPERATOR.texts("training-keep-here", version=status.end.version)
        reply = replace(reply, footer=f"{reply.footer}\n{hint}")
    return reply


async def _watch(training: TrainingHandle, status: TrainingStatus) -> None:
    stage = ""
    with tqdm(unit=" batches", dynamic_ncols=True) as bar:
        progress = TrainingBar(bar)
        async for event in training.watch():
            status.take(event)
            match event:
                case Progress():
                    if event.stage != stage:
                        stage = event.stage
                        progress.begin(stage, event.step)
                    progress.step(event.step, event.steps, event.loss)
                case Evaluated():
                    progress.score(event.score)
                case _:
                    pass


def _apart(words: list[str]) -> tuple[list[str], list[Path]]:
    """Return the options, and the paths among them."""
    paths = [word for word in words[1:] if word.lower().endswith(".txt")]
    return [word for word in words if word not in paths], [Path(path) for path in paths]


def _read(path: Path, limit_bytes: int) -> Upload:
    read_text(path, limit_bytes)  # Says what is wrong with a file that cannot be used.
    return Upload(path.name, path.read_bytes())
