"""Counts requests that Discord refuses; optional ones are left out when there are too many.

Discord bans an address after 10,000 responses with 401, 403 or 429 in ten minutes.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable

from bot.observability import metrics

MAX_INVALID_REQUESTS = 1_000
"""Refused requests in `WINDOW_SECONDS` after which optional requests are left out."""

WINDOW_SECONDS = 600.0

log = logging.getLogger(__name__)

_INVALID = frozenset({401, 403, 429})
# A limit that all bots share: Discord does not count it.
_SHARED = "shared"


class InvalidRequests:
    """Counts refused requests in a sliding window.

    Args:
        clock: seconds, never going back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._times: deque[float] = deque(maxlen=MAX_INVALID_REQUESTS)
        self._was_exhausted = False

    def note(self, status: int, scope: str | None = None) -> None:
        """Count a response, if it is a refusal; `scope` is that of a rate limit."""
        if status not in _INVALID or scope == _SHARED:
            return
        metrics.INVALID_REQUESTS.labels(str(status)).inc()
        self._times.append(self._clock())
        if self.is_exhausted and not self._was_exhausted:
            log.warning(
                "Discord refused %d requests in ten minutes: leaving out optional ones",
                MAX_INVALID_REQUESTS,
            )
        self._was_exhausted = self.is_exhausted

    @property
    def is_exhausted(self) -> bool:
        """Whether optional requests are to be left out."""
        is_full = len(self._times) == MAX_INVALID_REQUESTS
        return is_full and self._times[0] > self._clock() - WINDOW_SECONDS
