"""Whether the bot stays quick while a poem network is trained: `python -m benchmarks.training_lag`.

A bot of its own process answers `!dino` over the loopback Discord, first with nothing else to do,
which is the baseline, then while a trainer that it has started fine-tunes the shipped poem network
on a text that a member has attached. Wanted on two cores: a lag below 50 ms at the 99th percentile,
and replies within 300 ms at the 95th.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
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
from engine import LocalBackend, ModelRegistry, PoemRequest
from tests.loopback import LoopbackDiscord, Permission
from tests.loopback.records import Message, Upload
from tests.loopback.world import Member

_TICK_SECONDS = 0.001
_PAUSE_SECONDS = 0.05
_READY_SECONDS = 120.0
_WORDS = 16_000
_SEED = 1
_UNLIMITED = 100_000
_ADMIN = "Roy Andrews"


class Figures(TypedDict):
    """Milliseconds: by which the loop woke late, 99 %, and until a reply was there, 95 %."""

    lag: float
    reply: float


@click.command()
@click.option("--seconds", default=30.0, show_default=True, help="Of asking, each time.")
@click.option("--runs", default=3, show_default=True)
@click.option("--json", "as_json", is_flag=True)
@click.option("--serve", hidden=True, help="Be the bot, at this address.")
def main(seconds: float, runs: int, as_json: bool, serve: str | None) -> None:
    """Measure lag and replies of a bot, idle and while it trains."""
    if serve:
        threadpool_limits(1, user_api="blas")
        asyncio.run(_serve(serve))
        return
    loads = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    click.echo(f"load of the machine before: {loads}", err=True)
    report(asyncio.run(_compare(seconds, runs)), seed=_SEED, as_json=as_json)


async def _compare(seconds: float, runs: int) -> list[Row]:
    idle: list[Figures] = []
    training: list[Figures] = []
    async with _bot() as (server, bot):
        for _ in range(runs):
            idle.append(await _ask(server, bot, seconds))
            status = await _begin_training(server)
            training.append(await _ask(server, bot, seconds))
            await _cancel(server, status)
    return [
        row(
            "Loop lag, 99 %: idle, while training (wanted: < 50 ms)",
            [figures["lag"] for figures in idle],
            [figures["lag"] for figures in training],
            unit="ms",
        ),
        row(
            "Reply to !dino, 95 %: idle, while training (< 300 ms)",
            [figures["reply"] for figures in idle],
            [figures["reply"] for figures in training],
            unit="ms",
        ),
    ]


@asynccontextmanager
async def _bot() -> AsyncGenerator[tuple[LoopbackDiscord, Process]]:
    """Run the bot in a process of its own, until its poem network is loaded."""
    async with LoopbackDiscord() as server:
        server.patience_seconds = 30
        server.faults.lift_limits()
        server.guild.add_member(_ADMIN, Permission.MANAGE_GUILD)
        bot = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "benchmarks.training_lag", "--serve", server.api_url),
            stdin=PIPE,
            stdout=PIPE,
        )
        assert bot.stdin
        assert bot.stdout
        bot.stdin.write(f"{server.token}\n".encode())
        await bot.stdout.readline()
        try:
            yield server, bot
        finally:
            bot.stdin.close()
            await bot.wait()


async def _begin_training(server: LoopbackDiscord) -> Message:
    question = await server.say(
        "!retrain poem passes=1000", author=_admin(server), attachments=[_verse()]
    )
    status = await server.reply(to=question)

    def is_learning() -> bool:
        return any("Loss" in card.get("description", "") for card in status.embeds)

    await server.until(is_learning, "the first steps", timeout_seconds=_READY_SECONDS)
    return status


async def _cancel(server: LoopbackDiscord, status: Message) -> None:
    assert status.buttons, "the training ended while it was measured"
    await server.click(status, "Cancel", author=_admin(server))
    await server.until(lambda: not status.buttons, "its end", timeout_seconds=_READY_SECONDS)


async def _ask(server: LoopbackDiscord, bot: Process, seconds: float) -> Figures:
    """Ask again and again, and return the reply times and the lags meanwhile."""
    assert bot.stdin
    assert bot.stdout
    bot.stdin.write(b"measure\n")
    times: list[float] = []
    end = time.perf_counter() + seconds
    while (began := time.perf_counter()) < end:
        message = await server.say("!dino 5")
        await server.reply(to=message)
        times.append(time.perf_counter() - began)
        await asyncio.sleep(_PAUSE_SECONDS)
    bot.stdin.write(b"stop\n")
    lag = float(await bot.stdout.readline())
    return Figures(lag=lag, reply=float(np.quantile(times, 0.95)) * 1_000)


async def _serve(address: str) -> None:
    """Be the bot: read the token, then when to begin and to end measuring, until all is said."""
    loop = asyncio.get_running_loop()

    def read() -> asyncio.Future[str]:
        return loop.run_in_executor(None, sys.stdin.readline)

    token = (await read()).strip()
    with tempfile.TemporaryDirectory() as folder:
        engine = LocalBackend(ModelRegistry(Path(folder) / "models", data.MODELS))
        async with (
            open_services(engine, Path(folder) / "state.sqlite3") as services,
            Dinobard(services, address, cogs=COGS, requests_per_second=_UNLIMITED) as bot,
        ):
            connection = asyncio.create_task(bot.start(token))
            await services.backend.poem(PoemRequest("O rose"))
            _tell("ready")
            while await read():
                lags: list[float] = []
                sampler = asyncio.create_task(_sample(lags))
                await read()
                sampler.cancel()
                _tell(str(float(np.quantile(lags, 0.99)) * 1_000))
            await bot.close()
            await connection


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def _sample(lags: list[float]) -> None:
    while True:
        due = time.perf_counter() + _TICK_SECONDS
        await asyncio.sleep(_TICK_SECONDS)
        lags.append(time.perf_counter() - due)


def _admin(server: LoopbackDiscord) -> Member:
    return next(m for m in server.guild.members.values() if m.user.name == _ADMIN)


def _verse() -> Upload:
    """Return a text of a hundred thousand characters; what it says makes no difference."""
    rng = np.random.default_rng(_SEED)
    letters = list("etaoinshrdlu")
    words = ["".join(rng.choice(letters, rng.integers(2, 9))) for _ in range(_WORDS)]
    lines = [" ".join(words[start : start + 7]) for start in range(0, _WORDS, 7)]
    stanzas = ["\n".join(lines[start : start + 4]) for start in range(0, len(lines), 4)]
    return Upload("verse.txt", "\n\n".join(stanzas).encode())


if __name__ == "__main__":
    main()
