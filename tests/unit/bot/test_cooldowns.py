"""How often and how much one may ask."""

from contextlib import ExitStack

import pytest

from bot.context import RequestContext
from bot.cooldowns import (
    HINT_COOLDOWN_SECONDS,
    MAX_CONCURRENT,
    MAX_CONCURRENT_PRESSES,
    SHORT_COOLDOWN_SECONDS,
    Cooldowns,
    CoolingDownError,
    TooManyPressesError,
    TooManyRequestsError,
)
from bot.storage.guild_settings import GuildSettings

ANNA = RequestContext(user=1, guild=10, channel=100)
BERT = RequestContext(user=2, guild=10, channel=100)
PATIENT = GuildSettings(user_cooldown_seconds=5.0, channel_cooldown_seconds=2.0)
HASTY = GuildSettings()


class Clock:
    """A clock that goes on when it is told to."""

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


def refusal(
    cooldowns: Cooldowns, context: RequestContext, settings: GuildSettings
) -> CoolingDownError:
    with pytest.raises(CoolingDownError) as caught:
        cooldowns.check(context, settings)
    return caught.value


def test_a_user_waits_as_long_as_the_server_says(cooldowns: Cooldowns, clock: Clock) -> None:
    cooldowns.check(ANNA, PATIENT)
    clock.now += 3.5
    error = refusal(cooldowns, ANNA, PATIENT)
    clock.now += 1.5
    cooldowns.check(ANNA, PATIENT)

    assert error.seconds == 2
    assert not error.in_channel


def test_a_channel_waits_whoever_asks(cooldowns: Cooldowns, clock: Clock) -> None:
    cooldowns.check(ANNA, PATIENT)
    error = refusal(cooldowns, BERT, PATIENT)
    clock.now += 2
    cooldowns.check(BERT, PATIENT)

    assert error.in_channel
    assert error.seconds == 2


def test_a_refusal_prolongs_nothing(cooldowns: Cooldowns, clock: Clock) -> None:
    cooldowns.check(ANNA, PATIENT)
    for _ in range(9):
        clock.now += 0.5
        refusal(cooldowns, ANNA, PATIENT)
    clock.now += 0.5
    cooldowns.check(ANNA, PATIENT)


def test_after_a_refused_wish_its_asker_waits_briefly_and_nobody_else(
    cooldowns: Cooldowns, clock: Clock
) -> None:
    cooldowns.check(ANNA, PATIENT)
    cooldowns.reset(ANNA)
    cooldowns.check(BERT, HASTY)
    error = refusal(cooldowns, ANNA, PATIENT)
    clock.now += SHORT_COOLDOWN_SECONDS
    cooldowns.check(ANNA, PATIENT)

    assert not error.in_channel
    assert error.seconds == SHORT_COOLDOWN_SECONDS


def test_a_refused_wish_leaves_the_pause_of_another_member(cooldowns: Cooldowns) -> None:
    cooldowns.check(ANNA, PATIENT)
    cooldowns.reset(BERT)

    assert refusal(cooldowns, BERT, PATIENT).in_channel


def test_a_refused_wish_makes_no_pause_longer(cooldowns: Cooldowns, clock: Clock) -> None:
    cooldowns.check(ANNA, PATIENT)
    clock.now += PATIENT.user_cooldown_seconds - SHORT_COOLDOWN_SECONDS / 2
    cooldowns.reset(ANNA)
    clock.now += SHORT_COOLDOWN_SECONDS / 2
    cooldowns.check(ANNA, PATIENT)


def test_an_error_excuses_from_the_pauses(cooldowns: Cooldowns) -> None:
    with pytest.raises(ZeroDivisionError), cooldowns.slot(ANNA, PATIENT):
        raise ZeroDivisionError
    cooldowns.check(BERT, PATIENT)


def test_what_is_not_drawn_is_followed_by_a_brief_pause_of_its_asker(
    cooldowns: Cooldowns, clock: Clock
) -> None:
    cooldowns.check(ANNA, PATIENT, is_generation=False)
    cooldowns.check(BERT, PATIENT, is_generation=False)
    refusal(cooldowns, ANNA, PATIENT)
    clock.now += SHORT_COOLDOWN_SECONDS
    cooldowns.check(ANNA, PATIENT)


def test_of_a_flood_only_the_first_is_told_in_each_pause(
    cooldowns: Cooldowns, clock: Clock
) -> None:
    told: list[int] = []
    for window in range(3):
        cooldowns.check(ANNA, PATIENT)
        errors = [refusal(cooldowns, ANNA, PATIENT) for _ in range(50)]
        told += [window for error in errors if not error.is_repeated]
        clock.now += 5

    assert told == [0, 1, 2]


def test_other_servers_and_users_do_not_wait(cooldowns: Cooldowns) -> None:
    cooldowns.check(ANNA, PATIENT)
    cooldowns.check(RequestContext(user=1, guild=11, channel=110), PATIENT)
    cooldowns.check(RequestContext(user=2, guild=10, channel=101), PATIENT)


def test_only_a_handful_of_wishes_is_granted_at_a_time(cooldowns: Cooldowns) -> None:
    for _ in range(MAX_CONCURRENT):
        cooldowns.acquire(ANNA, HASTY)
    repeated: list[bool] = []
    for _ in range(3):
        with pytest.raises(TooManyRequestsError) as caught:
            cooldowns.acquire(ANNA, HASTY)
        repeated.append(caught.value.is_repeated)
    cooldowns.acquire(BERT, HASTY)
    cooldowns.release(ANNA)
    cooldowns.acquire(ANNA, HASTY)

    assert repeated == [False, True, True]


def test_a_turn_ends_whatever_happens(cooldowns: Cooldowns) -> None:
    for _ in range(2 * MAX_CONCURRENT):
        with pytest.raises(ZeroDivisionError), cooldowns.slot(ANNA, HASTY):
            raise ZeroDivisionError


def test_hints_are_given_once_in_a_while(cooldowns: Cooldowns, clock: Clock) -> None:
    assert cooldowns.may_hint(100)
    assert not cooldowns.may_hint(100)
    assert cooldowns.may_hint(101)
    clock.now += HINT_COOLDOWN_SECONDS
    assert cooldowns.may_hint(100)


def test_what_is_past_is_not_kept(cooldowns: Cooldowns, clock: Clock) -> None:
    for channel in range(30_000):
        cooldowns.check(RequestContext(user=channel, guild=1, channel=-channel), PATIENT)
        cooldowns.may_hint(channel)
        clock.now += HINT_COOLDOWN_SECONDS / 1_000

    kept = vars(cooldowns)
    assert max(len(kept["_cooldowns"]), len(kept["_hinted"])) <= 10_001


def test_presses_are_bounded_for_each_user_and_their_places_given_back(
    cooldowns: Cooldowns,
) -> None:
    with ExitStack() as pressing:
        for _ in range(MAX_CONCURRENT_PRESSES):
            pressing.enter_context(cooldowns.button_slot(ANNA))
        with pytest.raises(TooManyPressesError), cooldowns.button_slot(ANNA):
            pass
        with cooldowns.button_slot(BERT):
            cooldowns.check(ANNA, HASTY)
    with cooldowns.button_slot(ANNA):
        pass

    assert not vars(cooldowns)["_pressing"]
