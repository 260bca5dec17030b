"""Access log: one log line and one count for each request.

The outcome is set where it is known, `ended` writes the line.
"""

from __future__ import annotations

import logging
import time
from typing import Literal

from bot.observability import logs, metrics

log = logging.getLogger(__name__)

Way = Literal["prefix", "slash", "button"]
"""How a request was made."""


def began(command: str, way: Way) -> None:
    """Log the arrival of a request."""
    log.debug("Request began", extra={"command": command, "way": way})


def refused(reason: str) -> None:
    """Set the outcome of the current request to refused; the first reason counts."""
    request = logs.current()
    if request.outcome == "answered":
        request.outcome, request.reason = "refused", reason


def cancelled() -> None:
    """Set the outcome of the current request to cancelled by its member."""
    logs.current().outcome = "cancelled"


def failed() -> None:
    """Set the outcome of the current request to failed."""
    logs.current().outcome = "failed"


def ended(command: str, way: Way) -> None:
    """Log and count the current request."""
    request = logs.current()
    seconds = time.perf_counter() - request.began
    entry = {"command": command, "way": way, "outcome": request.outcome}
    metrics.REQUESTS.labels(**entry).inc()
    if request.outcome == "refused":
        entry["reason"] = request.reason
        metrics.REFUSALS.labels(request.reason).inc()
    if request.outcome == "answered":
        metrics.REQUEST_SECONDS.labels(command).observe(seconds)
    log.info("Request ended", extra={**entry, "milliseconds": round(1_000 * seconds)})
