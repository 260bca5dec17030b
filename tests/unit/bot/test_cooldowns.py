"""How often and how much one may ask."""

from contextlib import ExitStack

import pytest

from bot.context import Asker
from bot.cooldowns import (
    BRIEF_SECONDS,
    HINT_PAUSE_SECONDS,
    MAX_AT_ONCE,
    MAX_PRESSES,
    CoolingDownError,
    Manners,
    TooManyPressesError,
    TooManyWishesError,
)
from bot.storage.guild_settings import ServerSettings

ANNA = Asker(user=1, server=10, channel=100)
BERT = Asker(user=2, server=10, channel=100)
PATIENT = ServerSettings(user_cooldown_seconds=5.0, channel_cooldown_seconds=2.0)
HASTY = ServerSettings()


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
def manners(clock: Clock) -> Manners:
    return Manners(clock)


def refusal(manners: Manners, asker: Asker, settings: ServerSettings) -> CoolingDownError:
    with pytest.raises(CoolingDownError) as caught:
        manners.admit(asker, settings)
    return caught.value


def test_a_user_waits_as_long_as_the_server_says(manners: Manners, clock: Clock) -> None:
    manners.admit(ANNA, PATIENT)
    clock.now += 3.5
    error = refusal(manners, ANNA, PATIENT)
    clock.now += 1.5
    manners.admit(ANNA, PATIENT)

    assert error.seconds == 2
    assert not error.in_channel


def test_a_channel_waits_whoever_asks(manners: Manners, clock: Clock) -> None:
    manners.admit(ANNA, PATIENT)
    error = refusal(manners, BERT, PATIENT)
    clock.now += 2
    manners.admit(BERT, PATIENT)

    assert error.in_channel
    assert error.seconds == 2


def test_a_refusal_prolongs_nothing(manners: Manners, clock: Clock) -> None:
    manners.admit(ANNA, PATIENT)
    for _ in range(9):
        clock.now += 0.5
        refusal(manners, ANNA, PATIENT)
    clock.now += 0.5
    manners.admit(ANNA, PATIENT)


def test_after_a_refused_wish_its_asker_waits_briefly_and_nobody_else(
    manners: Manners, clock: Clock
) -> None:
    manners.admit(ANNA, PATIENT)
    manners.excuse(ANNA)
    manners.admit(BERT, HASTY)
    error = refusal(manners, ANNA, PATIENT)
    clock.now += BRIEF_SECONDS
    manners.admit(ANNA, PATIENT)

    assert not error.in_channel
    assert error.seconds == BRIEF_SECONDS


def test_a_refused_wish_leaves_the_pause_of_another_member(manners: Manners) -> None:
    manners.admit(ANNA, PATIENT)
    manners.excuse(BERT)

    assert refusal(manners, BERT, PATIENT).in_channel


def test_a_refused_wish_makes_no_pause_longer(manners: Manners, clock: Clock) -> None:
    manners.admit(ANNA, PATIENT)
    clock.now += PATIENT.user_cooldown_seconds - BRIEF_SECONDS / 2
    manners.excuse(ANNA)
    clock.now += BRIEF_SECONDS / 2
    manners.admit(ANNA, PATIENT)


def test_an_error_excuses_from_the_pauses(manners: Manners) -> None:
    with pytest.raises(ZeroDivisionError), manners.turn(ANNA, PATIENT):
        raise ZeroDivisionError
    manners.admit(BERT, PATIENT)


def test_what_is_not_drawn_is_followed_by_a_brief_pause_of_its_asker(
    manners: Manners, clock: Clock
) -> None:
    manners.admit(ANNA, PATIENT, is_drawn=False)
    manners.admit(BERT, PATIENT, is_drawn=False)
    refusal(manners, ANNA, PATIENT)
    clock.now += BRIEF_SECONDS
    manners.admit(ANNA, PATIENT)


def test_of_a_flood_only_the_first_is_told_in_each_pause(manners: Manners, clock: Clock) -> None:
    told: list[int] = []
    for window in range(3):
        manners.admit(ANNA, PATIENT)
        errors = [refusal(manners, ANNA, PATIENT) for _ in range(50)]
        told += [window for error in errors if not error.is_repeated]
        clock.now += 5

    assert told == [0, 1, 2]


def test_other_servers_and_users_do_not_wait(manners: Manners) -> None:
    manners.admit(ANNA, PATIENT)
    manners.admit(Asker(user=1, server=11, channel=110), PATIENT)
    manners.admit(Asker(user=2, server=10, channel=101), PATIENT)


def test_only_a_handful_of_wishes_is_granted_at_a_time(manners: Manners) -> None:
    for _ in range(MAX_AT_ONCE):
        manners.enter(ANNA, HASTY)
    repeated: list[bool] = []
    for _ in range(3):
        with pytest.raises(TooManyWishesError) as caught:
            manners.enter(ANNA, HASTY)
        repeated.append(caught.value.is_repeated)
    manners.enter(BERT, HASTY)
    manners.leave(ANNA)
    manners.enter(ANNA, HASTY)

    assert repeated == [False, True, True]


def test_a_turn_ends_whatever_happens(manners: Manners) -> None:
    for _ in range(2 * MAX_AT_ONCE):
        with pytest.raises(ZeroDivisionError), manners.turn(ANNA, HASTY):
            raise ZeroDivisionError


def test_hints_are_given_once_in_a_while(manners: Manners, clock: Clock) -> None:
    assert manners.may_hint(100)
    assert not manners.may_hint(100)
    assert manners.may_hint(101)
    clock.now += HINT_PAUSE_SECONDS
    assert manners.may_hint(100)


def test_what_is_past_is_not_kept(manners: Manners, clock: Clock) -> None:
    for channel in range(30_000):
        manners.admit(Asker(user=channel, server=1, channel=-channel), PATIENT)
        manners.may_hint(channel)
        clock.now += HINT_PAUSE_SECONDS / 1_000

    kept = vars(manners)
    assert max(len(kept["_pauses"]), len(kept["_hinted"])) <= 10_001


def test_presses_are_bounded_for_each_user_and_their_places_given_back(manners: Manners) -> None:
    with ExitStack() as pressing:
        for _ in range(MAX_PRESSES):
            pressing.enter_context(manners.press(ANNA))
        with pytest.raises(TooManyPressesError), manners.press(ANNA):
            pass
        with manners.press(BERT):
            manners.admit(ANNA, HASTY)
    with manners.press(ANNA):
        pass

    assert not vars(manners)["_pressing"]
