"""Metrics and health over HTTP, for those who watch the bot: /metrics and /healthz."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.client import events
from bot.client.bot import Dinobard
from bot.observability.metrics import REGISTRY
from engine import EngineClosedError, InferenceBackend
from engine.jobs.events import Queued
from engine.jobs.handle import TrainingHandle
from engine.jobs.queue import TrainingQueue

_SHUTDOWN_SECONDS = 1.0


class HealthServer(Collector):
    """Knows how the bot is.

    Args:
        engine: answers the bot's requests.
        trainings: those that wait or run.

    Attributes:
        bot: the client that is or was last connected, or None before the first.
    """

    def __init__(self, engine: InferenceBackend, trainings: TrainingQueue) -> None:
        self._engine = engine
        self._trainings = trainings
        self.bot: Dinobard | None = None

    def problems(self) -> list[str]:
        """Return why the bot does not answer, a reason a phrase; none when it is well.

        discord.py leaves a shard whose heartbeats get no answer, so that an open one is alive.
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
        """Yield what is not counted but looked up."""
        in_flight = GaugeMetricFamily(
            "dinobard_requests_in_flight", "Events that are being dealt with."
        )
        in_flight.add_metric([], len(events.handlers()))
        healthy = GaugeMetricFamily("dinobard_healthy", "Whether /healthz finds nothing wrong.")
        healthy.add_metric([], not self.problems())
        yield in_flight
        yield healthy
        yield self._training()
        yield from self._connections()

    def _training(self) -> Metric:
        states = Counter(map(_state, self._trainings.all))
        trainings = GaugeMetricFamily(
            "dinobard_trainings", "Trainings that wait or run here.", labels=["state"]
        )
        for state in ("waiting", "running"):
            trainings.add_metric([state], states[state])
        return trainings

    def _connections(self) -> Iterator[Metric]:
        latency = GaugeMetricFamily(
            "dinobard_gateway_latency_seconds",
            "From a shard's heartbeat to the answer.",
            labels=["shard"],
        )
        connected = GaugeMetricFamily(
            "dinobard_shard_connected", "Whether a shard is connected.", labels=["shard"]
        )
        guilds = GaugeMetricFamily("dinobard_guilds", "Discord servers that are served.")
        if self.bot is not None:
            guilds.add_metric([], len(self.bot.guilds))
            for number, seconds in self.bot.latencies:
                latency.add_metric([str(number)], seconds)
            for number, shard in self.bot.shards.items():
                connected.add_metric([str(number)], not shard.is_closed())
        yield from (latency, connected, guilds)

    def application(self) -> web.Application:
        """Return what answers the two addresses."""
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


def _state(training: TrainingHandle) -> str:
    if training.end:
        return "ended"
    return "waiting" if isinstance(training.latest, Queued | None) else "running"


@asynccontextmanager
async def serving(monitor: HealthServer, host: str, port: int) -> AsyncGenerator[None]:
    """Serve both addresses on this event loop: where it stands still, the bot is not well either.

    Raises:
        OSError: the port cannot be had.
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
