"""Prometheus metrics, served by `bot/health.py`.

Every label has few values, none of which is written by a member or identifies one.
"""

from __future__ import annotations

import asyncio
from functools import partial

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)

from engine.families import FamilyName
from engine.serving.hooks import Outcome, ServingHooks

REGISTRY = CollectorRegistry()
"""Registry of all metrics; libraries may add to the default one."""

ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)
GCCollector(registry=REGISTRY)

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

_counter = partial(Counter, registry=REGISTRY)
_gauge = partial(Gauge, registry=REGISTRY)
_histogram = partial(Histogram, registry=REGISTRY)

REQUESTS = _counter(
    "dinobard_requests",
    "Commands and buttons, each once, by outcome.",
    ("command", "way", "outcome"),
)
REQUEST_SECONDS = _histogram(
    "dinobard_request_seconds",
    "From the arrival of a request to its answer.",
    ("command",),
    buckets=_SECONDS,
)
REFUSALS = _counter("dinobard_refusals", "Refused requests by reason.", ("reason",))
ERRORS = _counter(
    "dinobard_unexpected_errors", "Unexpected errors; each is logged under its reference."
)
RETRIES = _counter(
    "dinobard_discord_retries", "Requests to Discord that were repeated after a failure."
)
MALFORMED_EVENTS = _counter(
    "dinobard_malformed_events", "Gateway events that could not be read and were skipped."
)
INVALID_REQUESTS = _counter(
    "dinobard_invalid_requests",
    "Requests that Discord refused with 401, 403 or 429, of which it allows 10,000 in ten minutes.",
    ("status",),
)
RECONNECTS = _counter("dinobard_reconnects", "New clients after the connection to Discord broke.")
LOOP_LAG = _histogram(
    "dinobard_event_loop_lag_seconds",
    "Delay of the event loop.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0),
)
BATCH_SIZE = _histogram(
    "dinobard_batch_size",
    "Names, or candidates of poems, that were decoded together.",
    ("network",),
    buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256, 512),
)
DECODE_SECONDS = _histogram(
    "dinobard_decode_seconds", "Duration of a batch.", ("network",), buckets=_SECONDS
)
QUEUE_LENGTH = _gauge("dinobard_queue_length", "Accepted requests without an answer.", ("network",))
OUTCOMES = _counter(
    "dinobard_engine_requests", "Requests to a network, by outcome.", ("network", "outcome")
)
DAMAGED_MODELS = _counter(
    "dinobard_damaged_models", "Versions that could not be loaded.", ("network",)
)
REPLACED_WORKERS = _counter(
    "dinobard_replaced_workers",
    "Stalled or crashed worker threads that were replaced.",
    ("network",),
)
MODEL = _gauge(
    "dinobard_model_info",
    "Version that guilds without one of their own are served.",
    ("network", "version"),
)
_TICK_SECONDS = 0.1


class MetricsHooks(ServingHooks):
    """Counts the events of the engine; called from any thread."""

    def __init__(self) -> None:
        self._versions: dict[FamilyName, str] = {}

    def accepted(self, network: FamilyName) -> None:
        """Count an admitted request."""
        QUEUE_LENGTH.labels(network).inc()

    def refused(self, network: FamilyName) -> None:
        """Count a rejected request."""
        OUTCOMES.labels(network, "refused").inc()

    def ended(self, network: FamilyName, outcome: Outcome, seconds: float) -> None:
        """Count the outcome of a request."""
        QUEUE_LENGTH.labels(network).dec()
        OUTCOMES.labels(network, outcome).inc()

    def worked(self, network: FamilyName, size: int, seconds: float) -> None:
        """Record the size and duration of a batch."""
        BATCH_SIZE.labels(network).observe(size)
        DECODE_SECONDS.labels(network).observe(seconds)

    def served(self, network: FamilyName, guild: int | None, version: str) -> None:
        """Record the default version; those of guilds are too many for a label."""
        if guild is None:
            if network in self._versions:
                MODEL.remove(network, self._versions[network])
            self._versions[network] = version
            MODEL.labels(network, version).set(1)

    def damaged(self, network: FamilyName, guild: int | None, version: str, reason: str) -> None:
        """Count a version that could not be loaded."""
        DAMAGED_MODELS.labels(network).inc()

    def replaced(self, network: FamilyName) -> None:
        """Count a replaced worker."""
        REPLACED_WORKERS.labels(network).inc()


async def watch_loop() -> None:
    """Measure the lag of the running event loop until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + _TICK_SECONDS
        await asyncio.sleep(_TICK_SECONDS)
        LOOP_LAG.observe(max(0.0, loop.time() - due))
