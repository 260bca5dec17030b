"""Rate limits of the REST part, by default those of Discord: for the whole bot, and per route."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Limit:
    """So many requests in a window."""

    requests: int
    window_seconds: float


GLOBAL = Limit(50, 1.0)
"""Of a bot, over all routes except answers to interactions."""

_MESSAGES = Limit(5, 5.0)
PER_CHANNEL = {
    "POST /channels/*/messages": _MESSAGES,
    "PATCH /channels/*/messages/*": _MESSAGES,
    "POST /channels/*/typing": _MESSAGES,
    "DELETE /channels/*/messages/*": Limit(5, 1.0),
}
GENEROUS = Limit(10_000, 1.0)
_NOT_GLOBAL = ("/interactions/", "/webhooks/")


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
    is_global: bool = False


@dataclass(slots=True)
class RateLimits:
    """Counts requests per bucket in fixed windows.

    Attributes:
        common: of all requests together.
        routes: of each bucket of a route, by the method and path with `*` for numbers.
        other: of each bucket of another route.
    """

    common: Limit = GLOBAL
    routes: dict[str, Limit] = field(default_factory=lambda: dict(PER_CHANNEL))
    other: Limit = GENEROUS
    _windows: dict[str, _Window] = field(default_factory=dict[str, _Window])

    def set_all(self, limit: Limit) -> None:
        """Give every bucket the same limit, and set none for all together."""
        self.common, self.routes, self.other = GENEROUS, {}, limit

    def take(self, route: str, bucket: str, path: str, now: float) -> Allowance:
        if not path.startswith(_NOT_GLOBAL):
            common = self._take("", self.common, now, is_global=True)
            if common.is_exceeded:
                return common
        return self._take(bucket, self.routes.get(route, self.other), now, is_global=False)

    def _take(self, bucket: str, limit: Limit, now: float, *, is_global: bool) -> Allowance:
        window = self._windows.get(bucket)
        if window is None or now >= window.opened_at + limit.window_seconds:
            window = self._windows[bucket] = _Window(now)
        reset_after = window.opened_at + limit.window_seconds - now
        is_exceeded = window.used >= limit.requests
        window.used += not is_exceeded
        remaining = limit.requests - window.used
        return Allowance(limit.requests, remaining, reset_after, is_exceeded, is_global)
