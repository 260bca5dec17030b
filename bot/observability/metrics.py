"""What Prometheus can ask the bot: counted here, served by `bot/health.py`.

No label holds anything that a member wrote, or who they are: every label has few values.
"""

from __future__ import annotations

import asyncio

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)

from engine.models.registry import Network
from engine.serving.hooks import Outcome, ServingHooks

REGISTRY = CollectorRegistry()
"""All of them; not the library's own, to which anybody adds."""

ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)
GCCollector(registry=REGISTRY)

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

REQUESTS = Counter(
    "dinobard_requests",
    "Commands and presses of buttons, each once, by what became of them.",
    ("command", "way", "outcome"),
    registry=REGISTRY,
)
REQUEST_SECONDS = Histogram(
    "dinobard_request_seconds",
    "From the arrival of a request to its answer, where it was not refused.",
    ("command",),
    buckets=_SECONDS,
    registry=REGISTRY,
)
REFUSALS = Counter(
    "dinobard_refusals",
    "Requests that were refused, each once, by the reason.",
    ("reason",),
    registry=REGISTRY,
)
ERRORS = Counter(
    "dinobard_unexpected_errors",
    "Errors that nobody foresaw; each is in the log under its reference.",
    registry=REGISTRY,
)
RESENDS = Counter(
    "dinobard_resends",
    "Requests to Discord that were sent again after it failed.",
    registry=REGISTRY,
)
MALFORMED_EVENTS = Counter(
    "dinobard_malformed_events",
    "Events of the gateway that could not be read and were left out.",
    registry=REGISTRY,
)
RESTARTS = Counter(
    "dinobard_connection_restarts",
    "Times that the connection to Discord broke and was begun anew.",
    registry=REGISTRY,
)
LOOP_LAG = Histogram(
    "dinobard_event_loop_lag_seconds",
    "How late the event loop wakes.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0),
    registry=REGISTRY,
)
BATCH_SIZE = Histogram(
    "dinobard_batch_size",
    "Names, or candidates of poems, that were drawn together.",
    ("network",),
    buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256, 512),
    registry=REGISTRY,
)
DECODE_SECONDS = Histogram(
    "dinobard_decode_seconds",
    "How long a batch took to decode.",
    ("network",),
    buckets=_SECONDS,
    registry=REGISTRY,
)

QUEUE_LENGTH = Gauge(
    "dinobard_queue_length",
    "Requests that are accepted and not answered.",
    ("network",),
    registry=REGISTRY,
)
OUTCOMES = Counter(
    "dinobard_engine_requests",
    "Requests to a network, by how they ended.",
    ("network", "outcome"),
    registry=REGISTRY,
)
DAMAGED_MODELS = Counter(
    "dinobard_damaged_models",
    "Times that a version should be served and could not be.",
    ("network",),
    registry=REGISTRY,
)
REPLACED_WORKERS = Counter(
    "dinobard_replaced_threads",
    "Times that a thread was stuck or had crashed.",
    ("network",),
    registry=REGISTRY,
)
MODEL = Gauge(
    "dinobard_model",
    "The versions that the host serves.",
    ("network", "version"),
    registry=REGISTRY,
)
_TICK_SECONDS = 0.1


class MetricsHooks(ServingHooks):
    """Counts what the engine tells of its work; called from any thread."""

    def __init__(self) -> None:
        self._versions: dict[Network, str] = {}

    def accepted(self, network: Network) -> None:
        """Count a request that was let in."""
        QUEUE_LENGTH.labels(network).inc()

    def refused(self, network: Network) -> None:
        """Count a request that was turned away because too many wait."""
        OUTCOMES.labels(network, "refused").inc()

    def ended(self, network: Network, outcome: Outcome, seconds: float) -> None:
        """Count a request that has ended."""
        QUEUE_LENGTH.labels(network).dec()
        OUTCOMES.labels(network, outcome).inc()

    def worked(self, network: Network, size: int, seconds: float) -> None:
        """Count a batch."""
        BATCH_SIZE.labels(network).observe(size)
        DECODE_SECONDS.labels(network).observe(seconds)

    def served(self, network: Network, guild: int | None, version: str) -> None:
        """Note which version the host serves; those of servers are too many for a label."""
        if guild is None:
            if network in self._versions:
                MODEL.remove(network, self._versions[network])
            self._versions[network] = version
            MODEL.labels(network, version).set(1)

    def damaged(self, network: Network, guild: int | None, version: str, reason: str) -> None:
        """Count a version that cannot be served."""
        DAMAGED_MODELS.labels(network).inc()

    def replaced(self, network: Network) -> None:
        """Count a thread that another one has the place of."""
        REPLACED_WORKERS.labels(network).inc()


async def watch_loop() -> None:
    """Measure the lag of the running event loop until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + _TICK_SECONDS
        await asyncio.sleep(_TICK_SECONDS)
        LOOP_LAG.observe(max(0.0, loop.time() - due))
