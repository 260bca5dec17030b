"""Lag of the event loop while names are generated: `python -m benchmarks.event_loop`.

A bot of its own process answers over the loopback Discord, once with the engine's thread pool and
once, as the baseline, generating names on the event loop itself.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from asyncio.subprocess import PIPE
from pathlib import Path
from typing import TypedDict

import click
import numpy as np
from threadpoolctl import threadpool_limits

import data
from benchmarks.measure import Row, report, row
from bot.client.bot import Dinobard
from bot.cogs import COGS
from bot.services import open_services
from engine import LocalBackend, ModelRegistry, NameRequest, Names
from engine.serving.local_backend import generate_names
from tests.loopback import LoopbackDiscord

_TICK_SECONDS = 0.001
_AT_ONCE = 16
_UNLIMITED = 100_000


class Lags(TypedDict):
    """Milliseconds by which the loop woke late, at the median and the 99th percentile."""

    median: float
    p99: float


class _OnTheLoop(LocalBackend):
    """Generates names on the event loop, as a bot without a thread pool does."""

    async def names(
        self,
        request: NameRequest,
        *,
        guild: int | None = None,
        version: str | None = None,
        family: str = "dino",
    ) -> Names:
        return generate_names(await self._names_caches[family].get(guild, version), request)


@click.command()
@click.option("--requests", default=200, show_default=True)
@click.option("--runs", default=3, show_default=True)
@click.option("--names", "count", default=20, show_default=True, help="Names a request.")
@click.option("--json", "as_json", is_flag=True)
@click.option("--serve", hidden=True, type=click.Choice(["pool", "loop"]))
@click.option("--address", hidden=True)
def main(
    requests: int, runs: int, count: int, as_json: bool, serve: str | None, address: str | None
) -> None:
    """Measure the loop's lag while names are asked for over the loopback Discord."""
    if serve and address:
        threadpool_limits(1, user_api="blas")
        asyncio.run(_serve(serve == "loop", address))
    else:
        report(asyncio.run(_compare(requests, runs, count)), seed=0, as_json=as_json)


async def _compare(requests: int, runs: int, count: int) -> list[Row]:
    lags: dict[str, list[Lags]] = {"loop": [], "pool": []}
    replies: dict[str, list[float]] = {"loop": [], "pool": []}
    for _ in range(runs):
        for way in lags:
            lag, times = await _load(way, requests, count)
            lags[way].append(lag)
            replies[way].append(float(np.quantile(times, 0.95)) * 1_000)
    return [
        row(
            f"Loop lag while {requests} requests are served, median",
            [lag["median"] for lag in lags["loop"]],
            [lag["median"] for lag in lags["pool"]],
            unit="ms",
        ),
        row(
            f"Loop lag while {requests} requests are served, 99 %",
            [lag["p99"] for lag in lags["loop"]],
            [lag["p99"] for lag in lags["pool"]],
            unit="ms",
        ),
        row("Time to reply, 95 %", replies["loop"], replies["pool"], unit="ms"),
    ]


async def _load(way: str, requests: int, count: int) -> tuple[Lags, list[float]]:
    """Ask a bot of its own process, 16 at a time, and return its lags and the reply times."""
    async with LoopbackDiscord() as server:
        server.patience_seconds = 30
        server.faults.lift_limits()
        command = ["-m", "benchmarks.event_loop", "--serve", way, "--address", server.api_url]
        bot = await asyncio.create_subprocess_exec(
            sys.executable, *command, stdin=PIPE, stdout=PIPE
        )
        assert bot.stdin
        assert bot.stdout
        bot.stdin.write(f"{server.token}\n".encode())
        await server.connected()
        # Few requests of a member run at a time, so each has one.
        idle = [
            (server.guild.add_member(), server.guild.add_channel(f"channel {n}"))
            for n in range(_AT_ONCE)
        ]
        turns = asyncio.Semaphore(_AT_ONCE)

        async def ask() -> float:
            async with turns:
                member, channel = idle.pop()
                began = time.perf_counter()
                message = await server.say(f"!dino {count}", author=member, channel=channel)
                reply = await server.reply(to=message)
                (card,) = reply.embeds
                assert count == 1 or len(card["description"].splitlines()) == count
                idle.append((member, channel))
                return time.perf_counter() - began

        await ask()
        bot.stdin.write(b"measure\n")
        times = await asyncio.gather(*(ask() for _ in range(requests)))
        bot.stdin.write(b"stop\n")
        lags: Lags = json.loads(await bot.stdout.readline())
        await bot.wait()
    return lags, times


async def _serve(is_on_the_loop: bool, address: str) -> None:
    """Be the bot: read the token, then when to begin and to end measuring."""
    loop = asyncio.get_running_loop()

    def read() -> asyncio.Future[str]:
        return loop.run_in_executor(None, sys.stdin.readline)

    token = (await read()).strip()
    with tempfile.TemporaryDirectory() as folder:
        registry = ModelRegistry(Path(folder), data.MODELS)
        # The question is what generating names does to the loop, not what loading TensorFlow does.
        engine = (_OnTheLoop if is_on_the_loop else LocalBackend)(registry, preloads_poems=False)
        async with (
            open_services(engine, Path(folder) / "state.sqlite3") as services,
            Dinobard(services, address, cogs=COGS, requests_per_second=_UNLIMITED) as bot,
        ):
            connection = asyncio.create_task(bot.start(token))
            await read()
            lags: list[float] = []
            sampler = asyncio.create_task(_sample(lags))
            await read()
            sampler.cancel()
            median, p99 = np.quantile(lags, [0.5, 0.99]) * 1_000
            sys.stdout.write(json.dumps(Lags(median=median, p99=p99)) + "\n")
            sys.stdout.flush()
            await bot.close()
            await connection


async def _sample(lags: list[float]) -> None:
    while True:
        due = time.perf_counter() + _TICK_SECONDS
        await asyncio.sleep(_TICK_SECONDS)
        lags.append(time.perf_counter() - due)


if __name__ == "__main__":
    main()
