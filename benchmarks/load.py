"""What the bot holds: `python -m benchmarks.load`, two minutes each of poems and of names.

The bot as it is shipped, in one process, answers a Discord on this machine, which is in another
one together with those who ask. They ask at a steady rate, whether answered or not, from many
servers and channels, as Discord's own limits have it.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from itertools import cycle

import click
import numpy as np
import psutil
from threadpoolctl import threadpool_limits

from bot.app import serve
from bot.config import from_mapping
from bot.observability.logs import set_up_logging
from engine.evaluation.reports import FIRST_LINES
from tests.loopback import LoopbackDiscord
from tests.loopback.records import Message
from tests.loopback.world import Channel, Member

_GUILDS = 40
_CHANNELS = 5
_MEMBERS = 25
_PATIENCE_SECONDS = 30.0
_TICK_SECONDS = 0.005
_COMPILING_SECONDS = 10.0
"""After which the programs for larger batches are ready too."""

_WARM_UP = 0.2
"""Share of a run after which its memory is taken as a start."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """Who asks what.

    Attributes:
        name: of it.
        words: what is asked, in turn.
        rate: how often a second.
        seconds: for how long.
    """

    name: str
    words: Sequence[str]
    rate: float
    seconds: float


@dataclass(slots=True)
class Tally:
    """What came of it.

    Attributes:
        answered, refused: seconds to each reply.
        lost: requests without any.
        repeated: requests with more than one.
    """

    answered: list[float] = field(default_factory=list[float])
    refused: list[float] = field(default_factory=list[float])
    lost: int = 0
    repeated: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """A line of the table; times are in milliseconds, memory in MiB, processors in cores."""

    scenario: str
    asked: int
    answered: int
    refused: int
    lost: int
    repeated: int
    median_ms: float
    p95_ms: float
    refused_p95_ms: float
    lag_p99_ms: float
    memory_mib: float
    memory_growth: float
    bot_cores: float
    load_cores: float


@click.command()
@click.option("--seconds", default=120.0, show_default=True, help="Of each run.")
@click.option("--poems", default=50.0, show_default=True, help="A second; 0 leaves them out.")
@click.option("--names", default=200.0, show_default=True, help="A second; 0 leaves them out.")
@click.option("--twice/--once", default=True, show_default=True, help="Twice the load as well.")
@click.option("--json", "as_json", is_flag=True)
@click.option("--serve", "address", hidden=True)
def main(
    seconds: float, poems: float, names: float, twice: bool, as_json: bool, address: str | None
) -> None:
    """Measure start, replies, loop lag and memory of the bot under load."""
    if address:
        asyncio.run(_be_the_bot(address))
        return
    lines = [f"!poem {line}" for line in FIRST_LINES]
    runs = [
        Scenario(f"{rate * times:g} {what} a second", words, rate * times, seconds)
        for times in ((1, 2) if twice else (1,))
        for what, words, rate in (("poems", lines, poems), ("names", ["!dino"], names))
        if rate
    ]
    # Those who ask keep every message; a look through them all would hold them up, and then let
    # the requests of half a second go at once.
    gc.disable()
    started, outcomes = asyncio.run(_measure(runs))
    if as_json:
        rows = [asdict(outcome) for outcome in outcomes]
        click.echo(json.dumps({"start_seconds": started, "runs": rows}))
        return
    click.echo(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}")
    for what, after in started.items():
        click.echo(f"from the start of the process to the first {what}: {after:.2f} s")
    for outcome in outcomes:
        click.echo(
            "  ".join(
                f"{name.replace('_', ' ')} {value:.4g}" if isinstance(value, float | int) else value
                for name, value in asdict(outcome).items()
            )
        )


async def _measure(runs: Sequence[Scenario]) -> tuple[dict[str, float], list[Outcome]]:
    async with LoopbackDiscord() as server:
        server.patience_seconds = _PATIENCE_SECONDS
        askers = _populate(server)
        began = time.monotonic()
        async with _bot(server) as bot:
            await server.connected()
            started = await _first_replies(server, began)
            await asyncio.sleep(_COMPILING_SECONDS)
            outcomes = [await _run(server, bot, askers, run) for run in runs]
    return started, outcomes


def _populate(server: LoopbackDiscord) -> list[tuple[Member, Channel]]:
    """Make servers with channels and members; who follow each other are of different ones."""
    rows: list[list[tuple[Member, Channel]]] = []
    for number in range(_GUILDS):
        guild = server.add_guild(f"guild {number}")
        channels = [guild.add_channel(f"channel {n}") for n in range(_CHANNELS)]
        members = [guild.add_member(f"member {number} {n}") for n in range(_MEMBERS)]
        rows.append(list(zip(members, cycle(channels), strict=False)))
    return [context for turn in zip(*rows, strict=True) for context in turn]


@asynccontextmanager
async def _bot(server: LoopbackDiscord) -> AsyncGenerator[Process]:
    with tempfile.TemporaryDirectory() as home:
        bot = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "benchmarks.load", "--serve", server.api_url),
            env={**os.environ, "DINOBARD_HOME": home, "DISCORD_TOKEN": server.token},
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
        )
        try:
            yield bot
        finally:
            bot.send_signal(signal.SIGTERM)
            assert bot.stdin
            bot.stdin.close()
            await bot.wait()


async def _first_replies(server: LoopbackDiscord, began: float) -> dict[str, float]:
    """Ask for names and for a poem at once, and return how long after the start each came."""
    name = await server.say("!dino", channel=server.channel)
    poem = await server.say("!poem O rose", author=server.guild.add_member("early"))
    await server.reply(to=name)
    names_after = time.monotonic() - began
    notice = await server.reply(to=poem)
    if "O rose" not in notice.content:
        await server.until(lambda: notice.edits, "the first poem")
    return {"name": names_after, "poem": time.monotonic() - began}


async def _run(
    server: LoopbackDiscord,
    bot: Process,
    askers: Sequence[tuple[Member, Channel]],
    scenario: Scenario,
) -> Outcome:
    """Ask at the rate of a scenario, and wait for the last reply."""
    assert bot.stdin
    assert bot.stdout
    loop, tally = asyncio.get_running_loop(), Tally()
    theirs, ours = psutil.Process(bot.pid), psutil.Process()
    bot.stdin.write(b"begin\n")
    began, used = loop.time(), (_processor_seconds(theirs), _processor_seconds(ours))
    memory: list[float] = []
    requests = int(scenario.rate * scenario.seconds)
    words, people = cycle(scenario.words), cycle(askers)
    asked: list[asyncio.Task[Message]] = []
    for number, text, (member, channel) in zip(range(requests), words, people, strict=False):
        await asyncio.sleep(max(0.0, began + number / scenario.rate - loop.time()))
        asked.append(asyncio.create_task(_ask(server, text, member, channel, tally)))
        if number % max(1, requests // 100) == 0:
            memory.append(theirs.memory_info().rss / 2**20)
    messages = await asyncio.gather(*asked)
    took = loop.time() - began
    bot.stdin.write(b"end\n")
    lag = float(await bot.stdout.readline())
    tally.repeated = sum(len(message.answers) > 1 for message in messages)
    cores = [
        (_processor_seconds(process) - before) / took
        for process, before in zip((theirs, ours), used, strict=True)
    ]
    return _outcome(scenario, requests, tally, lag, memory, cores)


async def _ask(
    server: LoopbackDiscord, text: str, member: Member, channel: Channel, tally: Tally
) -> Message:
    began = time.perf_counter()
    message = await server.say(text, author=member, channel=channel)
    try:
        reply = await server.reply(to=message)
    except AssertionError:
        tally.lost += 1
        return message
    is_refused = "Too many" in reply.content
    (tally.refused if is_refused else tally.answered).append(time.perf_counter() - began)
    return message


def _outcome(
    scenario: Scenario,
    requests: int,
    tally: Tally,
    lag: float,
    memory: Sequence[float],
    cores: Sequence[float],
) -> Outcome:
    median, p95 = np.quantile(tally.answered or [0.0], [0.5, 0.95]) * 1_000
    start = memory[int(_WARM_UP * len(memory))]
    return Outcome(
        scenario=scenario.name,
        asked=requests,
        answered=len(tally.answered),
        refused=len(tally.refused),
        lost=tally.lost,
        repeated=tally.repeated,
        median_ms=float(median),
        p95_ms=float(p95),
        refused_p95_ms=float(np.quantile(tally.refused or [0.0], 0.95)) * 1_000,
        lag_p99_ms=lag,
        memory_mib=memory[-1],
        memory_growth=memory[-1] / start - 1,
        bot_cores=cores[0],
        load_cores=cores[1],
    )


def _processor_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


async def _be_the_bot(address: str) -> None:
    """Serve until SIGTERM; between the lines "begin" and "end" measure the lag of the loop."""
    settings = from_mapping({**os.environ, "DISCORD_API_URL": address})
    set_up_logging(settings.log_level)
    threadpool_limits(1, user_api="blas")  # as the program does
    assert settings.token
    loop = asyncio.get_running_loop()
    lags: list[float] = []
    serving = asyncio.create_task(serve(settings, settings.token))
    sampler = asyncio.create_task(_sample(lags))
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        if line.strip() == "end":
            sys.stdout.write(f"{float(np.quantile(lags, 0.99)) * 1_000}\n")
            sys.stdout.flush()
        lags.clear()
    await serving
    sampler.cancel()


async def _sample(lags: list[float]) -> None:
    while True:
        due = time.perf_counter() + _TICK_SECONDS
        await asyncio.sleep(_TICK_SECONDS)
        lags.append(time.perf_counter() - due)


if __name__ == "__main__":
    main()
