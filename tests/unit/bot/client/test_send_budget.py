"""Which messages are answered when there are too many."""

import asyncio
from collections.abc import Sized
from contextvars import Context
from typing import Any, cast

import pytest

from bot.client.send_budget import (
    MAX_PENDING,
    NOTICE_SECONDS,
    RECENT_SECONDS,
    SendBudget,
)
from engine.errors import OverloadedError

ANSWERS_PER_SECOND = 45
REFUSALS_PER_SECOND = 5


class Clock:
    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def budget(clock: Clock) -> SendBudget:
    return SendBudget(ANSWERS_PER_SECOND + REFUSALS_PER_SECOND, clock)


def _admitted(budget: SendBudget, users: range) -> list[int]:
    """Return those users who are admitted, each in a channel of their own."""
    admitted: list[int] = []
    for user in users:
        try:
            budget.admit(user, channel=user)
        except OverloadedError:
            continue
        admitted.append(user)
    return admitted


def test_as_many_are_admitted_as_can_be_answered(budget: SendBudget, clock: Clock) -> None:
    assert len(_admitted(budget, range(200))) == ANSWERS_PER_SECOND
    clock.seconds += 0.5
    assert _admitted(budget, range(200, 300)) == []
    clock.seconds += 0.5
    assert len(_admitted(budget, range(300, 400))) == ANSWERS_PER_SECOND


def test_those_answered_lately_come_last(budget: SendBudget, clock: Clock) -> None:
    regulars = range(30)
    assert _admitted(budget, regulars) == [*regulars]
    clock.seconds += 1
    # As long as there is plenty, nobody is behind others.
    assert _admitted(budget, regulars) == [*regulars]
    assert _admitted(budget, regulars) == []
    assert _admitted(budget, range(100, 200)) == [*range(100, 115)]
    clock.seconds += RECENT_SECONDS
    assert _admitted(budget, regulars) == [*regulars]


def test_a_channel_has_few_unanswered_requests(budget: SendBudget) -> None:
    for user in range(MAX_PENDING):
        budget.admit(user, channel=1)

    with pytest.raises(OverloadedError):
        budget.admit(99, channel=1)
    budget.admit(99, channel=2)
    budget.release(1)
    budget.admit(99, channel=1)


def test_a_channel_is_told_once_that_the_bot_is_busy(budget: SendBudget, clock: Clock) -> None:
    assert budget.may_refuse(1, is_busy=True)
    assert not budget.may_refuse(1, is_busy=True)
    assert budget.may_refuse(2, is_busy=True)
    clock.seconds += NOTICE_SECONDS
    assert budget.may_refuse(1, is_busy=True)


def test_notices_are_few(budget: SendBudget, clock: Clock) -> None:
    told = [budget.may_refuse(channel, is_busy=True) for channel in range(100)]
    assert sum(told) == REFUSALS_PER_SECOND
    clock.seconds += 1
    told = [budget.may_refuse(channel, is_busy=True) for channel in range(100, 200)]
    assert sum(told) == REFUSALS_PER_SECOND


def test_other_refusals_are_few_only_while_there_is_no_room(budget: SendBudget) -> None:
    assert all(budget.may_refuse(1, is_busy=False) for _ in range(20))
    _admitted(budget, range(ANSWERS_PER_SECOND))
    assert not budget.may_refuse(1, is_busy=False)


def test_a_request_without_an_answer_is_not_counted(budget: SendBudget) -> None:
    for user in range(3 * ANSWERS_PER_SECOND):
        budget.admit(user, channel=user)
        budget.release(user)


async def test_other_requests_to_discord_are_counted(budget: SendBudget) -> None:
    async def send(*_: Any, **__: Any) -> None:
        pass

    async def check() -> None:
        counting: Any = budget.counting(cast(Any, send))
        for _ in range(ANSWERS_PER_SECOND - 1):
            await counting(None)
        # An answer is counted when it is admitted, not again when it is sent.
        budget.admit(1, channel=1)
        await asyncio.create_task(counting(None))
        assert _admitted(budget, range(2, 9)) == []

    # What other tests have admitted is not known in there.
    await asyncio.create_task(check(), context=Context())


def test_a_process_with_half_of_the_shards_has_half_of_the_budget(clock: Clock) -> None:
    half = SendBudget(25, clock)

    assert len(_admitted(half, range(100))) == 23


def test_what_is_remembered_is_bounded(budget: SendBudget, clock: Clock) -> None:
    for user in range(30_000):
        clock.seconds += 1
        budget.admit(user, channel=user)
        budget.release(user)
        budget.may_refuse(user, is_busy=True)

    kept = [value for value in vars(budget).values() if isinstance(value, Sized)]
    assert max(map(len, kept)) == 10_000
