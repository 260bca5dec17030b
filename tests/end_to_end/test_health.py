"""Metrics and health of the running bot, and the dashboard made of them."""

import asyncio
import json
import re
import socket
from asyncio.subprocess import Process
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest
import pytest_asyncio
from prometheus_client.parser import text_string_to_metric_families

from bot.health import HealthServer
from bot.observability.metrics import REGISTRY
from engine import LocalBackend, ModelRegistry
from engine.jobs.queue import TrainingQueue
from tests.end_to_end.program import Program, started
from tests.loopback import LoopbackDiscord

SUFFIXES = {
    "counter": ("_total",),
    "gauge": ("",),
    "histogram": ("_bucket", "_sum", "_count"),
    "info": ("_info",),
}
DASHBOARD = Path(__file__).parents[2] / "docs/grafana-dashboard.json"


@pytest.fixture
def port() -> int:
    """A port that nobody has."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return unused.getsockname()[1]


@pytest_asyncio.fixture
async def process(
    program: Program, discord_server: LoopbackDiscord, port: int
) -> AsyncGenerator[Process]:
    """The bot with its port open, connected and ready."""
    async with started(program, discord_server, DINOBARD_METRICS_PORT=str(port)) as process:
        await discord_server.connected(timeout_seconds=30)
        await logged(process, "Connected, serving")
        yield process


async def logged(process: Process, words: str) -> None:
    """Wait until the bot has logged something."""
    assert process.stderr
    async with asyncio.timeout(30):
        while words not in (line := (await process.stderr.readline()).decode()):
            assert line, "the log has ended"


async def fetch(port: int, path: str) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}{path}") as response,
    ):
        return response.status, await response.text()


def samples(text: str) -> dict[str, float]:
    """Return the value of each sample by its name and labels."""
    return {
        "".join([sample.name, *(f" {value}" for value in sample.labels.values())]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.mark.usefixtures("process")
async def test_what_is_answered_and_refused_is_counted(
    discord_server: LoopbackDiscord, port: int
) -> None:
    unwanted = await discord_server.reply(to=await discord_server.say("!dino"))
    await discord_server.click(unwanted, "🗑 Delete")
    await discord_server.until(lambda: unwanted.is_deleted, "the answer deleted")
    for words in ("!dino 5 tri", "!dino 99"):
        await discord_server.reply(to=await discord_server.say(words))
    interaction = await discord_server.slash("dino")
    await interaction.response()
    await discord_server.say("!help")
    await discord_server.reply()

    status, text = await fetch(port, "/metrics")

    found = samples(text)
    assert status == 200
    assert found["dinobard_requests_total dino answered prefix"] == 2
    assert found["dinobard_requests_total dino refused prefix"] == 1
    assert found["dinobard_requests_total delete answered button"] == 1
    assert found["dinobard_request_seconds_count dino"] >= 3
    assert found["dinobard_refusals_total invalid-request"] == 1
    assert found["dinobard_shard_connected 0"] == 1
    assert found["dinobard_guilds"] == 1
    assert found["dinobard_event_loop_lag_seconds_count"] > 0
    assert found["dinobard_trainings running"] == 0
    assert found["dinobard_queue_length dino"] == 0
    assert found["dinobard_engine_requests_total dino answered"] >= 3
    assert any(name.startswith("dinobard_model_info dino ") for name in found)
    assert found["process_resident_memory_bytes"] > 0


@pytest.mark.usefixtures("process")
async def test_no_metric_holds_what_members_wrote_or_who_they_are(
    discord_server: LoopbackDiscord, port: int
) -> None:
    await discord_server.reply(to=await discord_server.say("!dino zyx"))

    _, text = await fetch(port, "/metrics")

    for private in ("zyx", "Anning", str(discord_server.member.id), str(discord_server.guild.id)):
        assert private not in text
    assert discord_server.token not in text


@pytest.mark.usefixtures("process")
async def test_a_connected_bot_is_well_and_one_that_was_cut_off_is_not(
    program: Program, discord_server: LoopbackDiscord, port: int
) -> None:
    settings = {"DINOBARD_METRICS_PORT": str(port)}
    well = await fetch(port, "/healthz")
    asked = await asyncio.to_thread(program.run, "health", **settings)
    discord_server.faults.refuse_connections()
    discord_server.faults.drop_connections()
    await discord_server.disconnected()
    ill = await fetch(port, "/healthz")
    asked_again = await asyncio.to_thread(program.run, "health", "--json", **settings)

    assert well == (200, '{"is_well": true, "problems": []}')
    assert (asked.code, asked.out) == (0, "The bot is well.\n")
    assert ill[0] == 503
    assert json.loads(asked_again.out)["problems"] == ["shard 0 is not connected"]
    assert asked_again.code == 1
    assert "shard 0 is not connected" in asked_again.err


def test_a_bot_that_does_not_run_is_not_well(program: Program, port: int) -> None:
    asked = program.run("health", DINOBARD_METRICS_PORT=str(port))

    assert asked.code == 1
    assert "does not answer" in asked.err


def test_health_needs_a_port(program: Program) -> None:
    asked = program.run("health")

    assert asked.code == 1
    assert "DINOBARD_METRICS_PORT" in asked.err


async def test_a_port_that_is_taken_is_one_clear_line(
    program: Program, discord_server: LoopbackDiscord
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        async with started(program, discord_server, DINOBARD_METRICS_PORT=port) as process:
            _, err = await process.communicate()

    assert process.returncode == 1
    (line,) = err.decode().splitlines()
    assert f"Port {port} of 127.0.0.1 cannot be used" in line


async def test_every_metric_of_the_dashboard_exists(registry: ModelRegistry, home: Path) -> None:
    monitor = HealthServer(
        LocalBackend(registry), TrainingQueue(registry, home / "trainings", downloads=home)
    )
    families = [*REGISTRY.collect(), *monitor.collect()]
    known = {f"{family.name}{end}" for family in families for end in SUFFIXES[family.type]}

    queried = {
        name
        for query in _queries(json.loads(DASHBOARD.read_text("utf-8")))
        for name in re.findall(r"\b(?:dinobard|process)_\w+", query)
    }

    assert len(queried) > 10
    assert queried <= known


def _queries(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for name, value in cast(dict[str, Any], part).items():
            if name == "expr":
                yield value
            yield from _queries(value)
    elif isinstance(part, list):
        for value in cast(list[Any], part):
            yield from _queries(value)
