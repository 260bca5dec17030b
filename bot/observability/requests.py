"""What becomes of each request: one line of the log and one count, wherever it ends.

Who refuses a request notes it here, deep inside; who has dealt with it makes the entry.
"""

from __future__ import annotations

import logging
import time
from typing import Literal

from bot.observability import logs, metrics

log = logging.getLogger(__name__)

Way = Literal["prefix", "slash", "button"]
"""How a request came."""


def began(command: str, way: Way) -> None:
    """Note that a request has come in.

    Args:
        command: what is asked for, by its name; never anything that a member typed.
        way: how it came.
    """
    log.debug("Request began", extra={"command": command, "way": way})


def refused(reason: str) -> None:
    """Note that the request of the log that goes on now is refused; the first reason counts.

    Args:
        reason: one of few names.
    """
    request = logs.current()
    if request.outcome == "answered":
        request.outcome, request.reason = "refused", reason


def cancelled() -> None:
    """Note that the request is not wanted any more by who made it."""
    logs.current().outcome = "withdrawn"


def failed() -> None:
    """Note that the request could not be answered."""
    logs.current().outcome = "failed"


def ended(command: str, way: Way) -> None:
    """Enter the request into the log and the metrics.

    Args:
        command: what was asked for, by its name; never anything that a member typed.
        way: how it came.
    """
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
