"""Rate limits of the REST part: so many requests per route and window."""

from dataclasses import dataclass


@dataclass(slots=True)
class _Window:
    opened_at: float
    used: int = 0


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one request found left in its bucket."""

    limit: int
    remaining: int
    reset_after: float
    is_exceeded: bool


class RateLimits:
    """Counts requests per bucket in fixed windows; by default too generous to be met."""

    def __init__(self) -> None:
        self.requests = 10_000
        self.window_seconds = 1.0
        self._windows: dict[str, _Window] = {}

    def take(self, bucket: str, now: float) -> Allowance:
        window = self._windows.get(bucket)
        if window is None or now >= window.opened_at + self.window_seconds:
            window = self._windows[bucket] = _Window(now)
        reset_after = window.opened_at + self.window_seconds - now
        if window.used >= self.requests:
            return Allowance(self.requests, 0, reset_after, is_exceeded=True)
        window.used += 1
        return Allowance(self.requests, self.requests - window.used, reset_after, is_exceeded=False)
