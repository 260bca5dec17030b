"""Metrics and health over HTTP: /metrics and /healthz."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.client.bot import Dinobard
from bot.client.internals import event_tasks
from bot.observability.metrics import REGISTRY
from engine import EngineClosedError, InferenceBackend
from engine.jobs.events import Queued
from engine.jobs.handle import TrainingHandle
from engine.jobs.queue import TrainingQueue

_SHUTDOWN_SECONDS = 1.0


class HealthServer(Collector):
    """Collects health and gauges at each scrape; `bot` is None before the first client."""

    def __init__(self, engine: InferenceBackend, trainings: TrainingQueue) -> None:
        self._engine = engine
        self._trainings = trainings
        self.bot: Dinobard | None = None

    def problems(self) -> list[str]:
        """Return the reasons why the bot is unhealthy, each a phrase.

        discord.py closes a shard whose heartbeats get no answer, so an open one is alive.
        """
        found: list[str] = []
        try:
            _ = self._engine.model
        except EngineClosedError:
            found.append("the engine is closed")
        if self.bot is None or not self.bot.is_ready() or self.bot.is_closed():
            return [*found, "not connected to Discord"]
        latencies = dict(self.bot.latencies)
        for number, shard in self.bot.shards.items():
            if shard.is_closed():
                found.append(f"shard {number} is not connected")
            elif not math.isfinite(latencies[number]):
                found.append(f"shard {number} has had no heartbeat answered yet")
        return found

    def collect(self) -> Iterator[Metric]:
        """Yield the gauges that are computed at each scrape."""
        yield GaugeMetricFamily(
            "dinobard_requests_in_flight", "Events that are being handled.", len(event_tasks())
        )
        yield GaugeMetricFamily(
            "dinobard_healthy", "Whether /healthz finds nothing wrong.", not self.problems()
        )
        states = Counter(map(_state, self._trainings.all))
        trainings = {state: states[state] for state in ("waiting", "running")}
        yield _gauges("trainings", "Waiting and running trainings.", "state", trainings)
        bot = self.bot
        guilds = len(bot.guilds) if bot else None
        yield GaugeMetricFamily("dinobard_guilds", "Guilds that the bot is in.", guilds)
        shards = bot.shards if bot else {}
        connected = {number: not shard.is_closed() for number, shard in shards.items()}
        latencies = dict(bot.latencies) if bot else {}
        yield _gauges("shard_connected", "Whether a shard is connected.", "shard", connected)
        yield _gauges(
            "gateway_latency_seconds", "Latency of a shard's heartbeat.", "shard", latencies
        )

    def application(self) -> web.Application:
        """Return the web application with both addresses."""
        application = web.Application()
        application.add_routes(
            [web.get("/metrics", self._show_metrics), web.get("/healthz", self._show_health)]
        )
        return application

    async def _show_metrics(self, _request: web.Request) -> web.Response:
        return web.Response(
            body=generate_latest(REGISTRY), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )

    async def _show_health(self, _request: web.Request) -> web.Response:
        problems = self.problems()
        return web.json_response(
            {"is_well": not problems, "problems": problems}, status=503 if problems else 200
        )


def _gauges(name: str, text: str, label: str, values: Mapping[Any, float]) -> Metric:
    family = GaugeMetricFamily(f"dinobard_{name}", text, labels=[label])
    for key, value in values.items():
        family.add_metric([str(key)], value)
    return family


def _state(training: TrainingHandle) -> str:
    if training.end:
        return "ended"
    return "waiting" if isinstance(training.latest, Queued | None) else "running"


@asynccontextmanager
async def serving(monitor: HealthServer, host: str, port: int) -> AsyncGenerator[None]:
    """Serve both addresses on this event loop: if it stalls, the bot is unhealthy too.

    Raises:
        OSError: the port cannot be used.
    """
    runner = web.AppRunner(
        monitor.application(), access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS
    )
    await runner.setup()
    REGISTRY.register(monitor)
    try:
        await web.TCPSite(runner, host, port).start()
        yield
    finally:
        REGISTRY.unregister(monitor)
        await runner.cleanup()
