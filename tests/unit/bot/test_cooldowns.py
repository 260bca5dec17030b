"""Cooldowns and concurrency limits."""

from collections.abc import Sized
from contextlib import ExitStack
from dataclasses import replace

import pytest

from bot.context import RequestContext
from bot.cooldowns import (
    HINT_COOLDOWN_SECONDS,
    MAX_CONCURRENT,
    MAX_CONCURRENT_PRESSES,
    MAX_REMEMBERED,
    SHORT_COOLDOWN_SECONDS,
    Cooldowns,
)
from bot.exceptions import CoolingDownError, TooManyPressesError, TooManyRequestsError
from bot.storage.guild_settings import GuildSettings

SLOW = GuildSettings(user_cooldown_seconds=5.0, channel_cooldown_seconds=2.0)
ANNA = RequestContext(user=1, guild=10, channel=100, settings=SLOW)
BERT = RequestContext(user=2, guild=10, channel=100, settings=SLOW)
HASTY_ANNA = replace(ANNA, settings=GuildSettings())
HASTY_BERT = replace(BERT, settings=GuildSettings())


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 50.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def cooldowns(clock: Clock) -> Cooldowns:
    return Cooldowns(clock)


def refusal(cooldowns: Cooldowns, context: RequestContext) -> CoolingDownError:
    with pytest.raises(CoolingDownError) as caught:
        cooldowns.check(context)
    return caught.value


def test_a_user_waits_as_long_as_the_guild_says(cooldowns: Cooldowns, clock: Clock) -> None:
    cooldowns.check(ANNA)
    clock.now += 3.5
    error = refusal(cooldowns, ANNA)
    clock.now += 1.5
    cooldowns.check(ANNA)

    assert error.seconds == 2
    assert not error.in_channel


def test_a_channel_waits_whoever_asks(cooldowns: Cooldowns, clock: Clock) -> None:
    cooldowns.check(ANNA)
    error = refusal(cooldowns, BERT)
    clock.now += 2
    cooldowns.check(BERT)

    assert error.in_channel
    assert error.seconds == 2


def test_a_refusal_prolongs_nothing(cooldowns: Cooldowns, clock: Clock) -> None:
    cooldowns.check(ANNA)
    for _ in range(9):
        clock.now += 0.5
        refusal(cooldowns, ANNA)
    clock.now += 0.5
    cooldowns.check(ANNA)


def test_after_a_refused_request_only_its_member_waits_and_briefly(
    cooldowns: Cooldowns, clock: Clock
) -> None:
    cooldowns.check(ANNA)
    cooldowns.reset(ANNA)
    cooldowns.check(HASTY_BERT)
    error = refusal(cooldowns, ANNA)
    clock.now += SHORT_COOLDOWN_SECONDS
    cooldowns.check(ANNA)

    assert not error.in_channel
    assert error.seconds == SHORT_COOLDOWN_SECONDS


def test_a_refused_request_leaves_the_cooldown_of_another_member(cooldowns: Cooldowns) -> None:
    cooldowns.check(ANNA)
    cooldowns.reset(BERT)

    assert refusal(cooldowns, BERT).in_channel


def test_a_refused_request_makes_no_cooldown_longer(cooldowns: Cooldowns, clock: Clock) -> None:
    cooldowns.check(ANNA)
    clock.now += SLOW.user_cooldown_seconds - SHORT_COOLDOWN_SECONDS / 2
    cooldowns.reset(ANNA)
    clock.now += SHORT_COOLDOWN_SECONDS / 2
    cooldowns.check(ANNA)


def test_an_error_resets_the_cooldowns(cooldowns: Cooldowns) -> None:
    with pytest.raises(ZeroDivisionError), cooldowns.slot(ANNA):
        raise ZeroDivisionError
    cooldowns.check(BERT)


def test_a_request_that_generates_nothing_has_a_short_cooldown(
    cooldowns: Cooldowns, clock: Clock
) -> None:
    cooldowns.check(ANNA, is_generation=False)
    cooldowns.check(BERT, is_generation=False)
    refusal(cooldowns, ANNA)
    clock.now += SHORT_COOLDOWN_SECONDS
    cooldowns.check(ANNA)


def test_of_a_flood_only_the_first_is_answered_in_each_cooldown(
    cooldowns: Cooldowns, clock: Clock
) -> None:
    told: list[int] = []
    for window in range(3):
        cooldowns.check(ANNA)
        errors = [refusal(cooldowns, ANNA) for _ in range(50)]
        told += [window for error in errors if not error.is_repeated]
        clock.now += 5

    assert told == [0, 1, 2]


def test_other_guilds_and_users_do_not_wait(cooldowns: Cooldowns) -> None:
    cooldowns.check(ANNA)
    cooldowns.check(replace(ANNA, guild=11, channel=110))
    cooldowns.check(replace(BERT, channel=101))


def test_few_requests_of_a_user_run_at_a_time(cooldowns: Cooldowns) -> None:
    for _ in range(MAX_CONCURRENT):
        cooldowns.acquire(HASTY_ANNA)
    repeated: list[bool] = []
    for _ in range(3):
        with pytest.raises(TooManyRequestsError) as caught:
            cooldowns.acquire(HASTY_ANNA)
        repeated.append(caught.value.is_repeated)
    cooldowns.acquire(HASTY_BERT)
    cooldowns.release(ANNA)
    cooldowns.acquire(HASTY_ANNA)

    assert repeated == [False, True, True]


def test_a_slot_is_released_after_an_error(cooldowns: Cooldowns) -> None:
    for _ in range(2 * MAX_CONCURRENT):
        with pytest.raises(ZeroDivisionError), cooldowns.slot(HASTY_ANNA):
            raise ZeroDivisionError


def test_hints_are_given_once_in_a_while(cooldowns: Cooldowns, clock: Clock) -> None:
    assert cooldowns.may_hint(100)
    assert not cooldowns.may_hint(100)
    assert cooldowns.may_hint(101)
    clock.now += HINT_COOLDOWN_SECONDS
    assert cooldowns.may_hint(100)


def test_what_is_past_is_not_kept(cooldowns: Cooldowns, clock: Clock) -> None:
    for channel in range(30_000):
        cooldowns.check(replace(ANNA, user=channel, channel=-channel))
        cooldowns.may_hint(channel)
        clock.now += HINT_COOLDOWN_SECONDS / 1_000

    kept = vars(cooldowns)
    assert max(len(kept["_cooldowns"]), len(kept["_hinted"])) <= 10_001


def test_button_slots_are_limited_for_each_user_and_released(
    cooldowns: Cooldowns,
) -> None:
    with ExitStack() as pressing:
        for _ in range(MAX_CONCURRENT_PRESSES):
            pressing.enter_context(cooldowns.button_slot(ANNA))
        with pytest.raises(TooManyPressesError), cooldowns.button_slot(ANNA):
            pass
        with cooldowns.button_slot(BERT):
            cooldowns.check(HASTY_ANNA)
    with cooldowns.button_slot(ANNA):
        pass

    assert not vars(cooldowns)["_pressing"]


def test_what_is_remembered_is_bounded(clock: Clock) -> None:
    cooldowns = Cooldowns(clock)
    for number in range(3 * MAX_REMEMBERED):
        context = replace(ANNA, user=number, channel=number)
        with cooldowns.slot(context):
            pass
        cooldowns.may_hint(number)

    kept = [value for value in vars(cooldowns).values() if isinstance(value, Sized)]
    assert max(map(len, kept)) == MAX_REMEMBERED


def test_a_crowd_is_told_of_a_cooldown_a_hundred_times(clock: Clock) -> None:
    cooldowns = Cooldowns(clock)
    with cooldowns.slot(ANNA):
        pass

    told = 0
    for user in range(1_000, 2_000):
        with pytest.raises(CoolingDownError) as refused:
            cooldowns.check(replace(ANNA, user=user))
        told += not refused.value.is_repeated
    assert told == 100
