"""The worker process of a training: started, read from, stopped."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from engine.families import FAMILIES
from engine.jobs.directory import JobDirectory
from engine.jobs.events import Ending, Event, Paused, from_line
from engine.jobs.spec import Limits, Places, WorkerInput

_PACKAGES = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class ProcessOutcome:
    """How a process ended.

    Attributes:
        last: its final event, or None where it ended without one.
    """

    last: Ending | Paused | None
    exit_code: int


async def run(
    files: JobDirectory,
    places: Places,
    limits: Limits,
    publish: Callable[[Event], None],
    stop_requested: asyncio.Event,
) -> ProcessOutcome:
    """Run a training in a process of its own until it ends.

    All events but the last are published. Once `stop_requested` is set, the process is terminated,
    and killed if it does not end.
    """
    async with _started(
        files, WorkerInput(places, limits, os.getpid(), tuple(FAMILIES.values()))
    ) as process:
        stopping = asyncio.create_task(_stop(process, stop_requested, limits.grace_seconds))
        try:
            last = await _listen(process, publish, limits.silent_minutes * 60)
            return ProcessOutcome(last, await _exit_code(process, limits.grace_seconds))
        finally:
            stopping.cancel()


@asynccontextmanager
async def _started(files: JobDirectory, given: WorkerInput) -> AsyncGenerator[Process]:
    log = await asyncio.to_thread(files.log.open, "ab")
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "engine.jobs.worker",
            str(files.folder),
            stdin=PIPE,
            stdout=PIPE,
            stderr=log,
            env=environment(),
        )
    finally:
        log.close()
    try:
        if process.stdin is not None:
            process.stdin.write(given.to_line())
        yield process
    finally:
        kill(process)


async def _listen(
    process: Process, publish: Callable[[Event], None], silent_seconds: float
) -> Ending | Paused | None:
    """Publish the events of a process; return the final one, or None where there is none."""
    if process.stdout is None:
        raise ValueError("the process must have been started with a pipe")
    # Before its first event it may wait for the training of another bot.
    timeout: float | None = None
    while True:
        try:
            line = await asyncio.wait_for(process.stdout.readline(), timeout)
        except TimeoutError:
            kill(process)
            return None
        if not line:
            return None
        with suppress(ValueError):  # A process that is killed may leave half a line.
            event = from_line(line)
            if isinstance(event, Ending | Paused):
                return event
            publish(event)
        timeout = silent_seconds


async def _exit_code(process: Process, grace_seconds: float) -> int:
    try:
        return await asyncio.wait_for(process.wait(), grace_seconds)
    except TimeoutError:
        kill(process)
        return await process.wait()


async def _stop(process: Process, stop_requested: asyncio.Event, grace_seconds: float) -> None:
    await stop_requested.wait()
    with suppress(ProcessLookupError):
        process.terminate()
    await asyncio.sleep(grace_seconds)
    kill(process)


def kill(process: Process) -> None:
    """Kill a process that has not ended."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()


def environment() -> dict[str, str]:
    """Return the environment of a child process: with the engine, without the token."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DISCORD_")}
    paths = [str(_PACKAGES), *filter(None, [kept.get("PYTHONPATH")])]
    return kept | {"PYTHONPATH": os.pathsep.join(paths)}
