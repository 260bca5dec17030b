"""What the bot holds: `python -m benchmarks.load`, some ten minutes.

The bot as it is shipped, in one process, answers a Discord on this machine, which is in another
one together with its members. They ask at a steady rate, whether answered or not, from many
servers and channels. Discord's own limits hold: 50 requests a second of the bot, 5 messages in
5 seconds in a channel, 429 beyond; `--unlimited` lifts them, to measure the machine instead.

Capacity is the highest rate at which 95 of 100 requests are answered within a second; it is
searched for, and printed beside what is answered at twice and four times that rate. An answer is
a message with buttons: a refusal, or "that took too long", is none.
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
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from itertools import cycle
from typing import Any

import click
import numpy as np
import psutil
from threadpoolctl import threadpool_limits

from bot.app import serve
from bot.config import from_mapping
from bot.observability.logs import set_up_logging
from engine.evaluation.reports import FIRST_LINES
from tests.loopback import LoopbackDiscord, Permission
from tests.loopback.records import Message, Upload
from tests.loopback.world import Channel, Member

_GUILDS = 80
_CHANNELS = 5
_MEMBERS = 50
_PATIENCE_SECONDS = 12.0
_TICK_SECONDS = 0.005
_COMPILING_SECONDS = 10.0
"""After which the programs for larger batches are ready too."""

_ANSWERED_SHARE = 0.95
_WITHIN_SECONDS = 1.0
_STEP = 1.5
_UNLIMITED = 5_000

Places = Sequence[tuple[Member, Channel]]
Results = dict[str, float | dict[str, Any]]
Ask = Callable[[LoopbackDiscord, Member, Channel], Awaitable[Message]]


@dataclass(slots=True)
class Tally:
    """What came of requests.

    Attributes:
        answered, refused: seconds to each reply.
        silent: requests without a reply.
        repeated: requests with more than one.
    """

    answered: list[float] = field(default_factory=list[float])
    refused: list[float] = field(default_factory=list[float])
    silent: int = 0
    repeated: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """A line of the table; times are in milliseconds, memory in MiB, processors in cores.

    `loop_ms` is the processor time of the event loop's thread for each answer.
    """

    scenario: str
    asked: int
    answered: int
    refused: int
    silent: int
    repeated: int
    answered_per_second: float
    median_ms: float
    p95_ms: float
    lag_p99_ms: float
    loop_ms: float
    memory_mib: float
    bot_cores: float
    load_cores: float

    @property
    def holds(self) -> bool:
        """Whether the bot keeps up."""
        is_quick = self.p95_ms <= _WITHIN_SECONDS * 1_000
        return is_quick and self.answered >= _ANSWERED_SHARE * self.asked


@click.command()
@click.option("--seconds", default=20.0, show_default=True, help="Of each run.")
@click.option("--unlimited", is_flag=True, help="Without Discord's limits.")
@click.option("--only", type=click.Choice(["names", "poems", "crowd"]), multiple=True)
@click.option("--json", "as_json", is_flag=True)
@click.option("--serve", "address", hidden=True)
def main(
    seconds: float, unlimited: bool, only: tuple[str, ...], as_json: bool, address: str | None
) -> None:
    """Measure capacity, and what is answered beyond it."""
    if address:
        asyncio.run(_be_the_bot(address))
        return
    # The members keep every message; a look through them all would hold them up, and then let the
    # requests of half a second go at once.
    gc.disable()
    wanted = only or ("names", "poems", "crowd")
    results = asyncio.run(_measure(seconds, unlimited, wanted))
    if as_json:
        click.echo(json.dumps(results))
        return
    click.echo(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}")
    for name, value in results.items():
        click.echo(f"{name}: {_line(value)}")


def _line(value: float | dict[str, Any]) -> str:
    if not isinstance(value, dict):
        return f"{value:.4g}"
    return "  ".join(
        f"{key.replace('_', ' ')} {number:.4g}"
        for key, number in value.items()
        if isinstance(number, float | int)
    )


async def _measure(seconds: float, unlimited: bool, wanted: Sequence[str]) -> Results:
    async with LoopbackDiscord() as server:
        server.patience_seconds = _PATIENCE_SECONDS
        if unlimited:
            server.faults.lift_limits()
        places = _populate(server)
        began = time.monotonic()
        async with _bot(server, unlimited) as bot:
            await server.connected()
            results: Results = dict(await _first_replies(server, began))
            await asyncio.sleep(_COMPILING_SECONDS)
            load = Load(server, bot, cycle(places))
            if "names" in wanted:
                results |= await load.overload("names", say("!dino"), 10.0, seconds)
            if "poems" in wanted:
                lines = cycle([f"!poem {line}" for line in FIRST_LINES])
                results |= await load.overload("poems", say_each(lines), 5.0, seconds)
            if "crowd" in wanted:
                results |= await load.crowd(seconds)
    return results


def say(words: str) -> Ask:
    """Return what asks with the same words each time."""
    return lambda server, member, channel: server.say(words, author=member, channel=channel)


def say_each(words: cycle[str]) -> Ask:
    """Return what asks with the next words each time."""
    return lambda server, member, channel: server.say(next(words), author=member, channel=channel)


@dataclass(frozen=True, slots=True)
class Load:
    """Asks a bot at a rate.

    Attributes:
        server: the Discord of the bot and the members.
        bot: its process.
        places: members and their channels, in turn.
    """

    server: LoopbackDiscord
    bot: Process
    places: cycle[tuple[Member, Channel]]

    async def overload(self, name: str, ask: Ask, rate: float, seconds: float) -> Results:
        """Find the capacity, and measure what is answered at, twice and four times that."""
        capacity = 0.0
        while (await self.run(f"{rate:g} {name} a second", ask, rate, seconds / 2)).holds:
            capacity, rate = rate, rate * _STEP
        # Between the last rate that it kept up with, and the first that it did not.
        for _ in range(2):
            middle = (capacity + rate) / 2
            outcome = await self.run(f"{middle:g} {name} a second", ask, middle, seconds / 2)
            capacity, rate = (middle, rate) if outcome.holds else (capacity, middle)
        rows: Results = {f"{name}, capacity a second": capacity}
        base = None
        for times in (1, 2, 4):
            label = f"{name}, {times} times capacity"
            outcome = await self.run(label, ask, capacity * times, seconds)
            base = base or outcome.answered_per_second
            rows[label] = asdict(outcome)
            rows[f"{label}, share of the answers at capacity"] = outcome.answered_per_second / base
        return rows

    async def crowd(self, seconds: float) -> Results:
        """Measure names beside presses of *As a picture* and uploads, as many as members may."""
        poems = [await self._poem() for _ in range(30)]
        busy = asyncio.create_task(self._press_and_upload(poems))
        try:
            outcome = await self.run("crowd", say("!dino"), 5.0, seconds)
        finally:
            busy.cancel()
        return {"names beside a crowd of pictures and uploads": asdict(outcome)}

    async def _poem(self) -> tuple[Message, Member]:
        member, channel = next(self.places)
        message = await self.server.say("!poem O rose", author=member, channel=channel)
        return await self.server.reply(to=message), member

    async def _press_and_upload(self, poems: list[tuple[Message, Member]]) -> None:
        """Press 60 buttons at once, and upload a text that is long to check, again and again."""
        guilds = {member.guild.id: member.guild for _, member in poems}.values()
        managers = [guild.add_member("m", Permission.MANAGE_GUILD) for guild in guilds]
        marks = ("abcdefghij\n" * 60 + "a" + "\u0301\u0316" * 40_000).encode()
        while True:
            presses = [
                self.server.click(message, "As a picture", author=member)
                for message, member in poems * 2
            ]
            uploads = [
                self.server.say(
                    "!retrain dino",
                    author=manager,
                    channel=manager.guild.channels[0],
                    attachments=[Upload("names.txt", marks)],
                )
                for manager in managers
            ]
            await asyncio.gather(*presses, *uploads)
            await asyncio.sleep(2.0)

    async def run(self, name: str, ask: Ask, rate: float, seconds: float) -> Outcome:
        """Ask at a rate, and wait for the last reply."""
        bot, server = self.bot, self.server
        assert bot.stdin
        assert bot.stdout
        loop, tally = asyncio.get_running_loop(), Tally()
        theirs, ours = psutil.Process(bot.pid), psutil.Process()
        bot.stdin.write(b"begin\n")
        began, used = loop.time(), (_processor_seconds(theirs), _processor_seconds(ours))
        count = max(1, int(rate * seconds))
        asked: list[asyncio.Task[Message]] = []
        for number in range(count):
            await asyncio.sleep(max(0.0, began + number / rate - loop.time()))
            member, channel = next(self.places)
            asked.append(asyncio.create_task(_ask(server, ask, member, channel, tally)))
        sending = loop.time() - began
        messages = await asyncio.gather(*asked)
        took = loop.time() - began
        bot.stdin.write(b"end\n")
        lag, loop_seconds = map(float, (await bot.stdout.readline()).split())
        tally.repeated = sum(len(message.answers) > 1 for message in messages)
        cores = [
            (_processor_seconds(process) - before) / took
            for process, before in zip((theirs, ours), used, strict=True)
        ]
        answered = len(tally.answered)
        median, p95 = np.quantile(tally.answered or [0.0], [0.5, 0.95]) * 1_000
        outcome = Outcome(
            scenario=name,
            asked=count,
            answered=answered,
            refused=len(tally.refused),
            silent=tally.silent,
            repeated=tally.repeated,
            answered_per_second=answered / sending,
            median_ms=float(median),
            p95_ms=float(p95),
            lag_p99_ms=lag,
            loop_ms=1_000 * loop_seconds / max(1, answered),
            memory_mib=theirs.memory_info().rss / 2**20,
            bot_cores=cores[0],
            load_cores=cores[1],
        )
        click.echo(f"{name}: {_line(asdict(outcome))}", err=True)
        return outcome


def _populate(server: LoopbackDiscord) -> list[tuple[Member, Channel]]:
    """Make servers with channels and members; those who follow each other are of different ones."""
    rows: list[list[tuple[Member, Channel]]] = []
    for number in range(_GUILDS):
        guild = server.add_guild(f"guild {number}")
        channels = [guild.add_channel(f"channel {n}") for n in range(_CHANNELS)]
        members = [guild.add_member(f"member {number} {n}") for n in range(_MEMBERS)]
        rows.append(list(zip(members, cycle(channels), strict=False)))
    return [context for turn in zip(*rows, strict=True) for context in turn]


@asynccontextmanager
async def _bot(server: LoopbackDiscord, unlimited: bool) -> AsyncGenerator[Process]:
    allowed = {"DISCORD_REQUESTS_PER_SECOND": str(_UNLIMITED)} if unlimited else {}
    with tempfile.TemporaryDirectory() as home:
        bot = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "benchmarks.load", "--serve", server.api_url),
            env={**os.environ, **allowed, "DINOBARD_HOME": home, "DISCORD_TOKEN": server.token},
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


async def _ask(
    server: LoopbackDiscord, ask: Ask, member: Member, channel: Channel, tally: Tally
) -> Message:
    began = time.perf_counter()
    message = await ask(server, member, channel)
    try:
        reply = await server.reply(to=message)
    except AssertionError:
        tally.silent += 1
        return message
    (tally.answered if reply.buttons else tally.refused).append(time.perf_counter() - began)
    return message


def _processor_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


async def _be_the_bot(address: str) -> None:
    """Serve until SIGTERM; from "begin" to "end" on stdin measure the loop's lag and time."""
    settings = from_mapping({**os.environ, "DISCORD_API_URL": address})
    set_up_logging(settings.log_level)
    threadpool_limits(1, user_api="blas")  # as the program does
    assert settings.token
    loop = asyncio.get_running_loop()
    lags: list[float] = []
    used = 0.0
    serving = asyncio.create_task(serve(settings, settings.token))
    sampler = asyncio.create_task(_sample(lags))
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        if line.strip() == "end":
            lag = float(np.quantile(lags, 0.99)) * 1_000
            sys.stdout.write(f"{lag} {time.thread_time() - used}\n")
            sys.stdout.flush()
        used = time.thread_time()
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
