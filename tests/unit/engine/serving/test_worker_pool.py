"""The worker pool with real threads; a request is a number, its result the double."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, wait

import pytest

from engine.errors import EngineClosedError
from engine.serving.worker_pool import PendingRequest, Worker, WorkerPool

PATIENCE_SECONDS = 60

Pool = WorkerPool[None, int, int]

DoublingWorker = Worker[None, int, int]


def double(worker: DoublingWorker) -> None:
    while pending := worker.take():
        worker.finish(pending, 2 * pending.request)


class Gate:
    """Work that waits at a gate with the pending that it has in hand."""

    def __init__(self, on_passing: Callable[[int], None] = lambda _: None) -> None:
        self.reached = threading.Semaphore(0)
        self.opened = threading.Event()
        self.order: list[int] = []
        self._on_passing = on_passing

    def __call__(self, worker: DoublingWorker) -> None:
        while pending := worker.take():
            self.reached.release()
            self.opened.wait()
            self._on_passing(pending.request)
            self.order.append(pending.request)
            worker.finish(pending, 2 * pending.request)


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def gated(gate: Gate) -> Iterator[Pool]:
    pool = WorkerPool("gated", gate)
    yield pool
    gate.opened.set()
    pool.close(PATIENCE_SECONDS)


def submit_first(pool: Pool, gate: Gate) -> Future[int]:
    """Submit 0, and wait until a worker has it."""
    future = pool.add_request(None, 0).future
    assert gate.reached.acquire(timeout=PATIENCE_SECONDS)
    return future


def test_a_request_is_granted() -> None:
    pool: Pool = WorkerPool("pool", double)

    assert pool.add_request(None, 21).future.result(PATIENCE_SECONDS) == 42

    pool.close(PATIENCE_SECONDS)


def test_servers_take_turns(gated: Pool, gate: Gate) -> None:
    submit_first(gated, gate)
    greedy = [gated.add_request(None, number, guild=1) for number in (1, 2, 3)]
    modest = [gated.add_request(None, number, guild=2) for number in (11, 12)]
    gate.opened.set()

    wait([pending.future for pending in (*greedy, *modest)], PATIENCE_SECONDS)

    assert gate.order == [0, 1, 11, 2, 12, 3]


def test_a_request_that_is_given_up_is_not_worked_on(gated: Pool, gate: Gate) -> None:
    submit_first(gated, gate)
    given_up, kept = gated.add_request(None, 1), gated.add_request(None, 2)

    assert given_up.future.cancel()
    assert gated.waiting == 1
    gate.opened.set()

    assert kept.future.result(PATIENCE_SECONDS) == 4
    assert gate.order == [0, 2]


def test_a_request_that_is_given_up_in_hand_does_no_harm(gated: Pool, gate: Gate) -> None:
    first = submit_first(gated, gate)

    assert first.cancel()
    gate.opened.set()

    assert gated.add_request(None, 3).future.result(PATIENCE_SECONDS) == 6


def test_a_worker_that_crashes_is_replaced_and_its_request_ends_with_the_error() -> None:
    replaced = threading.Event()

    def crash_at_zero(worker: DoublingWorker) -> None:
        while pending := worker.take():
            worker.finish(pending, 10 // pending.request)

    pool: Pool = WorkerPool("pool", crash_at_zero, on_replaced=replaced.set)
    with pytest.raises(ZeroDivisionError):
        pool.add_request(None, 0).future.result(PATIENCE_SECONDS)

    assert pool.add_request(None, 5).future.result(PATIENCE_SECONDS) == 2
    assert replaced.wait(PATIENCE_SECONDS)
    pool.close(PATIENCE_SECONDS)


@pytest.mark.filterwarnings("error")
def test_a_thread_that_is_told_to_exit_is_replaced_too() -> None:
    def leave(worker: DoublingWorker) -> None:
        while pending := worker.take():
            if not pending.request:
                raise SystemExit
            worker.finish(pending, pending.request)

    pool: Pool = WorkerPool("pool", leave)
    with pytest.raises(RuntimeError, match="SystemExit"):
        pool.add_request(None, 0).future.result(PATIENCE_SECONDS)

    assert pool.add_request(None, 5).future.result(PATIENCE_SECONDS) == 5
    pool.close(PATIENCE_SECONDS)


def test_a_worker_that_hangs_is_replaced_and_what_it_had_is_passed_on() -> None:
    hanging, taken = threading.Event(), threading.Event()

    def take_two_and_hang(worker: DoublingWorker) -> None:
        if taken.is_set():
            double(worker)
            return
        requests = [worker.take(), worker.take()]
        taken.set()
        hanging.wait()
        for pending in filter(None, requests):
            worker.finish(pending, -1)

    pool: Pool = WorkerPool("pool", take_two_and_hang)
    late, other = pool.add_request(None, 1), pool.add_request(None, 2)
    assert taken.wait(PATIENCE_SECONDS)
    late.future.cancel()
    pool.replace_stalled(late, after_seconds=0)

    assert other.future.result(PATIENCE_SECONDS) == 4
    assert pool.add_request(None, 3).future.result(PATIENCE_SECONDS) == 6
    hanging.set()
    pool.close(PATIENCE_SECONDS)
    assert other.future.result(0) == 4


def test_a_worker_whose_request_was_withdrawn_is_replaced_for_those_who_wait() -> None:
    hanging, taken = threading.Event(), threading.Event()

    def take_one_and_hang(worker: DoublingWorker) -> None:
        if taken.is_set():
            double(worker)
            return
        worker.take()
        taken.set()
        hanging.wait()

    pool: Pool = WorkerPool("pool", take_one_and_hang)
    pool.add_request(None, 1).future.cancel()
    withdrawn = pool.add_request(None, 2)
    assert taken.wait(PATIENCE_SECONDS)
    withdrawn.future.cancel()
    pool.replace_stalled(withdrawn, after_seconds=PATIENCE_SECONDS)
    late, other = pool.add_request(None, 3), pool.add_request(None, 4)
    late.future.cancel()
    pool.replace_stalled(late, after_seconds=0)

    assert other.future.result(PATIENCE_SECONDS) == 8
    hanging.set()
    pool.close(PATIENCE_SECONDS)


def test_a_worker_that_gives_signs_of_life_stays(gated: Pool, gate: Gate) -> None:
    first = submit_first(gated, gate)
    pending = gated.add_request(None, 1)
    gated.replace_stalled(pending, after_seconds=PATIENCE_SECONDS)
    gate.opened.set()

    assert first.result(PATIENCE_SECONDS) == 0
    assert pending.future.result(PATIENCE_SECONDS) == 2


def test_closing_grants_what_was_accepted_and_takes_no_more(gate: Gate) -> None:
    pool = WorkerPool("gated", gate)
    accepted = [submit_first(pool, gate), *(pool.add_request(None, n).future for n in range(1, 4))]
    closing = threading.Thread(target=pool.close, args=(PATIENCE_SECONDS,))
    closing.start()
    gate.opened.set()
    closing.join(PATIENCE_SECONDS)

    assert [future.result(0) for future in accepted] == [0, 2, 4, 6]
    with pytest.raises(EngineClosedError):
        pool.add_request(None, 1)


def test_closing_does_not_wait_for_a_worker_that_hangs(gate: Gate) -> None:
    pool = WorkerPool("gated", gate)
    accepted = [submit_first(pool, gate), pool.add_request(None, 1).future]

    pool.close(0)

    for future in accepted:
        with pytest.raises(EngineClosedError):
            future.result(0)
    gate.opened.set()


def test_a_desk_that_nobody_came_to_can_be_closed() -> None:
    pool: Pool = WorkerPool("pool", double)

    pool.close(0)

    with pytest.raises(EngineClosedError):
        pool.add_request(None, 1)


def test_a_request_that_is_just_ending_is_ended_by_nobody_else() -> None:
    reached, opened = threading.Event(), threading.Event()

    class Slow(Future[int]):
        """Ends at a gate."""

        def set_result(self, result: int) -> None:
            reached.set()
            opened.wait()
            super().set_result(result)

    pool: Pool = WorkerPool("pool", double)
    pending: PendingRequest[None, int, int] = PendingRequest(None, 1, None, Slow())
    first, second = Worker(pool, "first"), Worker(pool, "second")
    ending = threading.Thread(target=first.finish, args=(pending, 1))
    ending.start()
    assert reached.wait(PATIENCE_SECONDS)
    second.finish(pending, 2)
    opened.set()

    assert pending.future.result(PATIENCE_SECONDS) == 1
    ending.join(PATIENCE_SECONDS)


def test_many_threads_lose_no_request() -> None:
    pool: Pool = WorkerPool("pool", double, size=3)
    ended: list[tuple[int, Future[int]]] = []

    def ask(start: int) -> None:
        for number in range(start, start + 50):
            future = pool.add_request(None, number, guild=number % 4).future
            if number % 3 == 0:
                future.cancel()
            ended.append((number, future))

    threads = [threading.Thread(target=ask, args=(100 * n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    pool.close(PATIENCE_SECONDS)

    assert len(ended) == 12 * 50
    for number, future in ended:
        try:
            assert future.result(0) == 2 * number
        except CancelledError:
            assert number % 3 == 0
