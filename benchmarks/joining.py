"""Continuous against static batching of poems: `python -m benchmarks.joining`.

The scheduler of the engine serves the same stream of requests as baselines that wait a moment for
requests, decode those to their end, and start over. All else is the same: admission, queue, two
workers of one core each, the rows of a batch, the number of candidates. Requests arrive at a steady
rate first; then as many are open all the time as are admitted. Static batches end together, so runs
must be many times as long as a poem takes; the load average is printed, since other work on the
machine blurs the times.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import count
from pathlib import Path

import click
import numpy as np
from threadpoolctl import threadpool_limits

import data
from benchmarks.baselines.gathering import GatheringScheduler
from engine import EngineError, ModelRegistry, PoemRequest
from engine.evaluation.reports import FIRST_LINES
from engine.families import FamilyName
from engine.generation.poems import PoemGenerator
from engine.serving.admission import AdmissionController
from engine.serving.hooks import Outcome, ServingHooks
from engine.serving.local_backend import Timeouts, read_poem_generator
from engine.serving.poem_scheduler import PoemScheduler

_WORKERS = 2
_PLACES = 64
_WINDOWS_MS = (0, 25, 100, 250)

WAYS: dict[str, Callable[[Sequence[ServingHooks]], PoemScheduler]] = {
    "joining": partial(PoemScheduler, workers=_WORKERS),
    **{
        f"windows of {ms} ms": partial(
            GatheringScheduler, window_seconds=ms / 1_000, workers=_WORKERS
        )
        for ms in _WINDOWS_MS
    },
}


class Tally(ServingHooks):
    """The results of a run.

    Attributes:
        ends: number of requests by how they ended.
        seconds: until each poem was there.
        candidates: of each poem.
        rows: of each chunk of a batch.
        capacity: poems a second, where all places were taken.
        efficiency: poems a second of a core, there too.
    """

    def __init__(self) -> None:
        self.ends: Counter[str] = Counter()
        self.seconds: list[float] = []
        self.candidates: list[int] = []
        self.rows: list[int] = []
        self.capacity = self.efficiency = 0.0

    def refused(self, network: FamilyName) -> None:
        """Count it."""
        self.ends["refused"] += 1

    def ended(self, network: FamilyName, outcome: Outcome, seconds: float) -> None:
        """Count it, and keep how long a poem took."""
        self.ends[outcome] += 1
        if outcome == "answered":
            self.seconds.append(seconds)

    def worked(self, network: FamilyName, size: int, seconds: float) -> None:
        """Keep the size."""
        self.rows.append(size)


class Service:
    """Poems as the engine serves them, written in one of the ways.

    Args:
        generator: writes.
        way: how.
    """

    def __init__(self, generator: PoemGenerator, way: str) -> None:
        self.tally = Tally()
        self._generator = generator
        self._admission = AdmissionController(
            "poem", _PLACES, Timeouts().deadline_seconds, 5.0, [self.tally]
        )
        self._scheduler = WAYS[way]([self.tally])

    async def ask(self, number: int) -> None:
        """Ask for a poem; the number decides on the first line and on the seed."""
        request = PoemRequest(FIRST_LINES[number % len(FIRST_LINES)], seed=number)
        try:
            async with self._admission.admit(None):
                pending = self._scheduler.add_request(self._generator, request)
                poem = await asyncio.wrap_future(pending.future)
                self.tally.candidates.append(poem.candidates)
        except EngineError:
            pass  # The tally has heard of it.

    async def close(self) -> None:
        """Let the threads go."""
        await asyncio.to_thread(self._scheduler.close, Timeouts().grace_seconds)


@dataclass(slots=True)
class Runs:
    """The runs of one way, those at a steady rate and those with all places taken."""

    steady: list[Tally] = field(default_factory=list[Tally])
    full: list[Tally] = field(default_factory=list[Tally])


@dataclass(frozen=True, slots=True)
class Line:
    """What one way gave in all its runs; "full" is with all places taken."""

    way: str
    asked: int
    answered: int
    refused: int
    late: int
    median_ms: float
    p95_ms: float
    rows: float
    candidates: float
    full_poems_a_second: float
    full_poems_a_core_second: float
    full_rows: float
    full_candidates: float


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times better joining is, run by run, in the median."""

    against: str
    median: float
    p95: float
    capacity: float
    efficiency: float


@click.command()
@click.option("--rate", default=50.0, show_default=True, help="Poems asked for a second.")
@click.option("--seconds", default=20.0, show_default=True, help="Of each run.")
@click.option("--runs", default=3, show_default=True)
@click.option("--json", "as_json", is_flag=True)
def main(rate: float, seconds: float, runs: int, as_json: bool) -> None:
    """Compare joining with gathering, turn about in one process."""
    threadpool_limits(1, user_api="blas")  # as the program does
    generator = read_poem_generator(ModelRegistry(Path(), data.MODELS))
    generator.decoder.warm_up()
    ways = asyncio.run(measure(generator, rate, seconds, runs))
    lines = [line(way, of) for way, of in ways.items()]
    ratios = list(compared(ways))
    machine = {"cores": os.cpu_count(), "load_average": os.getloadavg()[0], "rate": rate}
    if as_json:
        answers = {"ways": list(map(asdict, lines)), "ratios": list(map(asdict, ratios))}
        click.echo(json.dumps({**machine, **answers}))
        return
    click.echo(", ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in machine.items()))
    for answer in lines:
        click.echo(
            "  ".join(
                f"{name.replace('_', ' ')} {value:.4g}" if isinstance(value, float | int) else value
                for name, value in asdict(answer).items()
            )
        )
    for ratio in ratios:
        click.echo(
            f"joining against {ratio.against}: the median poem {ratio.median:.2f} times as fast, "
            f"95 % {ratio.p95:.2f} times, {ratio.capacity:.2f} times as many at most, "
            f"{ratio.efficiency:.2f} times as many a core second"
        )


async def measure(
    generator: PoemGenerator, rate: float, seconds: float, runs: int
) -> dict[str, Runs]:
    """Run all ways turn about, after a short run that does not count."""
    await at_a_rate(generator, "joining", rate, 1.0)
    ways = {way: Runs() for way in WAYS}
    for _ in range(runs):
        for way, of in ways.items():
            of.steady.append(await at_a_rate(generator, way, rate, seconds))
        for way, of in ways.items():
            of.full.append(await with_all_places_taken(generator, way, seconds))
    return ways


async def at_a_rate(generator: PoemGenerator, way: str, rate: float, seconds: float) -> Tally:
    """Ask steadily, whether answered or not, and wait for the last poem."""
    office, loop = Service(generator, way), asyncio.get_running_loop()
    began = loop.time()
    async with asyncio.TaskGroup() as asked:
        for number in range(int(rate * seconds)):
            await asyncio.sleep(max(0.0, began + number / rate - loop.time()))
            asked.create_task(office.ask(number))
    await office.close()
    return office.tally


async def with_all_places_taken(generator: PoemGenerator, way: str, seconds: float) -> Tally:
    """Ask again whenever a poem comes, so that as many are open as may be.

    Poems count from when those are over that were all begun at once.
    """
    office, numbers, begun = Service(generator, way), count(), asyncio.Semaphore(0)

    async def ask_on() -> None:
        await office.ask(next(numbers))
        begun.release()
        while True:
            await office.ask(next(numbers))

    askers = [asyncio.create_task(ask_on()) for _ in range(_PLACES)]
    for _ in askers:
        await begun.acquire()
    began, used, before = time.monotonic(), time.process_time(), len(office.tally.seconds)
    await asyncio.sleep(seconds)
    poems = len(office.tally.seconds) - before
    office.tally.capacity = poems / (time.monotonic() - began)
    office.tally.efficiency = poems / (time.process_time() - used)
    for context in askers:
        context.cancel()
    await asyncio.gather(*askers, return_exceptions=True)
    await office.close()
    if not poems:
        raise click.ClickException("Not one poem was written in a run; give it more --seconds.")
    return office.tally


def line(way: str, of: Runs) -> Line:
    ends = sum((tally.ends for tally in of.steady), Counter[str]())
    took = [seconds for tally in of.steady for seconds in tally.seconds]
    median, p95 = np.quantile(took, [0.5, 0.95]) * 1_000
    return Line(
        way=way,
        asked=ends.total(),
        answered=ends["answered"],
        refused=ends["refused"],
        late=ends["late"],
        median_ms=float(median),
        p95_ms=float(p95),
        rows=mean(tally.rows for tally in of.steady),
        candidates=mean(tally.candidates for tally in of.steady),
        full_poems_a_second=statistics.median(tally.capacity for tally in of.full),
        full_poems_a_core_second=statistics.median(tally.efficiency for tally in of.full),
        full_rows=mean(tally.rows for tally in of.full),
        full_candidates=mean(tally.candidates for tally in of.full),
    )


def mean(runs: Iterable[Sequence[int]]) -> float:
    return statistics.fmean(value for run in runs for value in run)


def compared(ways: dict[str, Runs]) -> Iterator[Ratio]:
    """Compare each way of gathering with joining."""
    (_, joining), *others = ways.items()
    for way, of in others:
        pairs = list(zip(of.steady, joining.steady, strict=True))
        full = list(zip(of.full, joining.full, strict=True))
        yield Ratio(
            against=way,
            median=statistics.median(quantile(w, 0.5) / quantile(j, 0.5) for w, j in pairs),
            p95=statistics.median(quantile(w, 0.95) / quantile(j, 0.95) for w, j in pairs),
            capacity=statistics.median(j.capacity / w.capacity for w, j in full),
            efficiency=statistics.median(j.efficiency / w.efficiency for w, j in full),
        )


def quantile(tally: Tally, q: float) -> float:
    return float(np.quantile(tally.seconds, q))


if __name__ == "__main__":
    main()
