import pytest

from bot.observability.invalid_requests import (
    MAX_INVALID_REQUESTS,
    WINDOW_SECONDS,
    InvalidRequests,
)


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize("status", [401, 403, 429])
def test_the_budget_is_exhausted_by_as_many_refusals_as_it_has_and_no_fewer(status: int) -> None:
    counted = InvalidRequests(Clock())
    for _ in range(MAX_INVALID_REQUESTS - 1):
        counted.note(status)
    assert not counted.is_exhausted

    counted.note(status)

    assert counted.is_exhausted
    assert MAX_INVALID_REQUESTS <= 5_000


@pytest.mark.parametrize(
    ("status", "scope"), [(200, None), (404, None), (500, None), (429, "shared")]
)
def test_what_discord_does_not_count_is_not_counted(status: int, scope: str | None) -> None:
    counted = InvalidRequests(Clock())

    for _ in range(MAX_INVALID_REQUESTS):
        counted.note(status, scope)

    assert not counted.is_exhausted


def test_refusals_are_forgotten_after_ten_minutes(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    counted = InvalidRequests(clock)
    counted.note(403)
    clock.now += 1
    for _ in range(MAX_INVALID_REQUESTS - 1):
        counted.note(403)
    assert counted.is_exhausted

    clock.now += WINDOW_SECONDS - 1
    assert not counted.is_exhausted
    counted.note(403)
    assert counted.is_exhausted

    assert caplog.text.count("leaving out optional ones") == 1
