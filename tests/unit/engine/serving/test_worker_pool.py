"""The desk with real threads; what is asked for is a number, and its double is given."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, wait

import pytest

from engine.errors import EngineClosedError
from engine.serving.worker_pool import Clerk, Desk, Wish

PATIENCE_SECONDS = 60

DoublingClerk = Clerk[int, int]


def double(clerk: DoublingClerk) -> None:
    while wish := clerk.take():
        clerk.end(wish, 2 * wish.asked)


class Gate:
    """Work that waits at a gate with the wish that it has in hand."""

    def __init__(self, on_passing: Callable[[int], None] = lambda _: None) -> None:
        self.reached = threading.Semaphore(0)
        self.opened = threading.Event()
        self.order: list[int] = []
        self._on_passing = on_passing

    def __call__(self, clerk: DoublingClerk) -> None:
        while wish := clerk.take():
            self.reached.release()
            self.opened.wait()
            self._on_passing(wish.asked)
            self.order.append(wish.asked)
            clerk.end(wish, 2 * wish.asked)


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def gated(gate: Gate) -> Iterator[Desk[int, int]]:
    desk = Desk("gated", gate)
    yield desk
    gate.opened.set()
    desk.close(PATIENCE_SECONDS)


def submit_first(desk: Desk[int, int], gate: Gate) -> Future[int]:
    """Submit 0, and wait until it is in a clerk's hand."""
    future = desk.submit(0).future
    assert gate.reached.acquire(timeout=PATIENCE_SECONDS)
    return future


def test_a_wish_is_granted() -> None:
    desk: Desk[int, int] = Desk("desk", double)

    assert desk.submit(21).future.result(PATIENCE_SECONDS) == 42

    desk.close(PATIENCE_SECONDS)


def test_servers_take_turns(gated: Desk[int, int], gate: Gate) -> None:
    submit_first(gated, gate)
    greedy = [gated.submit(number, server=1) for number in (1, 2, 3)]
    modest = [gated.submit(number, server=2) for number in (11, 12)]
    gate.opened.set()

    wait([wish.future for wish in (*greedy, *modest)], PATIENCE_SECONDS)

    assert gate.order == [0, 1, 11, 2, 12, 3]


def test_a_wish_that_is_given_up_is_not_worked_on(gated: Desk[int, int], gate: Gate) -> None:
    submit_first(gated, gate)
    given_up, kept = gated.submit(1), gated.submit(2)

    assert given_up.future.cancel()
    assert gated.waiting == 1
    gate.opened.set()

    assert kept.future.result(PATIENCE_SECONDS) == 4
    assert gate.order == [0, 2]


def test_a_wish_that_is_given_up_in_hand_does_no_harm(gated: Desk[int, int], gate: Gate) -> None:
    first = submit_first(gated, gate)

    assert first.cancel()
    gate.opened.set()

    assert gated.submit(3).future.result(PATIENCE_SECONDS) == 6


def test_a_clerk_that_crashes_is_replaced_and_its_wish_ends_with_the_error() -> None:
    replaced = threading.Event()

    def crash_at_zero(clerk: DoublingClerk) -> None:
        while wish := clerk.take():
            clerk.end(wish, 10 // wish.asked)

    desk: Desk[int, int] = Desk("desk", crash_at_zero, on_replaced=replaced.set)
    with pytest.raises(ZeroDivisionError):
        desk.submit(0).future.result(PATIENCE_SECONDS)

    assert desk.submit(5).future.result(PATIENCE_SECONDS) == 2
    assert replaced.wait(PATIENCE_SECONDS)
    desk.close(PATIENCE_SECONDS)


@pytest.mark.filterwarnings("error")
def test_a_thread_that_is_told_to_exit_is_replaced_too() -> None:
    def leave(clerk: DoublingClerk) -> None:
        while wish := clerk.take():
            if not wish.asked:
                raise SystemExit
            clerk.end(wish, wish.asked)

    desk: Desk[int, int] = Desk("desk", leave)
    with pytest.raises(RuntimeError, match="SystemExit"):
        desk.submit(0).future.result(PATIENCE_SECONDS)

    assert desk.submit(5).future.result(PATIENCE_SECONDS) == 5
    desk.close(PATIENCE_SECONDS)


def test_a_clerk_that_hangs_is_replaced_and_what_it_had_is_passed_on() -> None:
    hanging, taken = threading.Event(), threading.Event()

    def take_two_and_hang(clerk: DoublingClerk) -> None:
        if taken.is_set():
            double(clerk)
            return
        wishes = [clerk.take(), clerk.take()]
        taken.set()
        hanging.wait()
        for wish in filter(None, wishes):
            clerk.end(wish, -1)

    desk: Desk[int, int] = Desk("desk", take_two_and_hang)
    late, other = desk.submit(1), desk.submit(2)
    assert taken.wait(PATIENCE_SECONDS)
    late.future.cancel()
    desk.relieve(late, after_seconds=0)

    assert other.future.result(PATIENCE_SECONDS) == 4
    assert desk.submit(3).future.result(PATIENCE_SECONDS) == 6
    hanging.set()
    desk.close(PATIENCE_SECONDS)
    assert other.future.result(0) == 4


def test_a_clerk_whose_wish_was_withdrawn_is_replaced_for_those_who_wait() -> None:
    hanging, taken = threading.Event(), threading.Event()

    def take_one_and_hang(clerk: DoublingClerk) -> None:
        if taken.is_set():
            double(clerk)
            return
        clerk.take()
        taken.set()
        hanging.wait()

    desk: Desk[int, int] = Desk("desk", take_one_and_hang)
    desk.submit(1).future.cancel()
    withdrawn = desk.submit(2)
    assert taken.wait(PATIENCE_SECONDS)
    withdrawn.future.cancel()
    desk.relieve(withdrawn, after_seconds=PATIENCE_SECONDS)
    late, other = desk.submit(3), desk.submit(4)
    late.future.cancel()
    desk.relieve(late, after_seconds=0)

    assert other.future.result(PATIENCE_SECONDS) == 8
    hanging.set()
    desk.close(PATIENCE_SECONDS)


def test_a_clerk_that_gives_signs_of_life_stays(gated: Desk[int, int], gate: Gate) -> None:
    first = submit_first(gated, gate)
    wish = gated.submit(1)
    gated.relieve(wish, after_seconds=PATIENCE_SECONDS)
    gate.opened.set()

    assert first.result(PATIENCE_SECONDS) == 0
    assert wish.future.result(PATIENCE_SECONDS) == 2


def test_closing_grants_what_was_accepted_and_takes_no_more(gate: Gate) -> None:
    desk = Desk("gated", gate)
    accepted = [submit_first(desk, gate), *(desk.submit(n).future for n in range(1, 4))]
    closing = threading.Thread(target=desk.close, args=(PATIENCE_SECONDS,))
    closing.start()
    gate.opened.set()
    closing.join(PATIENCE_SECONDS)

    assert [future.result(0) for future in accepted] == [0, 2, 4, 6]
    with pytest.raises(EngineClosedError):
        desk.submit(1)


def test_closing_does_not_wait_for_a_clerk_that_hangs(gate: Gate) -> None:
    desk = Desk("gated", gate)
    accepted = [submit_first(desk, gate), desk.submit(1).future]

    desk.close(0)

    for future in accepted:
        with pytest.raises(EngineClosedError):
            future.result(0)
    gate.opened.set()


def test_a_desk_that_nobody_came_to_can_be_closed() -> None:
    desk: Desk[int, int] = Desk("desk", double)

    desk.close(0)

    with pytest.raises(EngineClosedError):
        desk.submit(1)


def test_a_wish_that_is_just_ending_is_ended_by_nobody_else() -> None:
    reached, opened = threading.Event(), threading.Event()

    class Slow(Future[int]):
        """Ends at a gate."""

        def set_result(self, result: int) -> None:
            reached.set()
            opened.wait()
            super().set_result(result)

    desk: Desk[int, int] = Desk("desk", double)
    wish: Wish[int, int] = Wish(1, None, Slow())
    first, second = Clerk(desk, "first"), Clerk(desk, "second")
    ending = threading.Thread(target=first.end, args=(wish, 1))
    ending.start()
    assert reached.wait(PATIENCE_SECONDS)
    second.end(wish, 2)
    opened.set()

    assert wish.future.result(PATIENCE_SECONDS) == 1
    ending.join(PATIENCE_SECONDS)


def test_many_threads_lose_no_wish() -> None:
    desk: Desk[int, int] = Desk("desk", double, clerks=3)
    ended: list[tuple[int, Future[int]]] = []

    def ask(start: int) -> None:
        for number in range(start, start + 50):
            future = desk.submit(number, server=number % 4).future
            if number % 3 == 0:
                future.cancel()
            ended.append((number, future))

    threads = [threading.Thread(target=ask, args=(100 * n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    desk.close(PATIENCE_SECONDS)

    assert len(ended) == 12 * 50
    for number, future in ended:
        try:
            assert future.result(0) == 2 * number
        except CancelledError:
            assert number % 3 == 0
