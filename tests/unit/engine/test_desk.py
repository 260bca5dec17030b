"""The desk with real threads and a real, tiny network."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, wait

import pytest

from engine.desk import PoemDesk
from engine.errors import (
    EngineBusyError,
    EngineClosedError,
    InvalidRequestError,
    ModelNotFoundError,
)
from engine.orders import Continuations, Order
from engine.poems import Poet
from engine.requests import Poem, PoemRequest
from tests.unit.engine.poets import tiny_poet

PATIENCE_SECONDS = 60


@pytest.fixture(scope="module")
def poet() -> Poet:
    return tiny_poet()


@pytest.fixture
def gate() -> threading.Event:
    return threading.Event()


@pytest.fixture
def gated_desk(poet: Poet, gate: threading.Event) -> Iterator[PoemDesk]:
    """A desk for five wishes whose poet gets ready when the gate is opened."""

    def load(_: Callable[[], bool]) -> Poet:
        gate.wait()
        return poet

    yield from opened(PoemDesk(load, limit=5), gate)


def opened(desk: PoemDesk, gate: threading.Event) -> Iterator[PoemDesk]:
    desk.open()
    yield desk
    gate.set()
    desk.close()


def a_wish(seed: int = 1) -> PoemRequest:
    return PoemRequest(seed=seed, length=100)


def results(futures: list[Future[Poem]]) -> list[Poem]:
    return [future.result(PATIENCE_SECONDS) for future in futures]


def test_an_early_wish_waits_until_the_poet_is_ready(
    gated_desk: PoemDesk, gate: threading.Event
) -> None:
    early = gated_desk.submit(a_wish())

    assert not gated_desk.is_ready
    assert not early.done()
    gate.set()

    assert early.result(PATIENCE_SECONDS).model == "tiny"
    assert gated_desk.is_ready


def test_waiting_wishes_are_written_together_and_come_out_as_alone(
    poet: Poet, gate: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    decode = poet.decoder.decode

    def counted(orders: list[Order]) -> list[Continuations]:
        sizes.append(len(orders))
        return decode(orders)

    def load(_: Callable[[], bool]) -> Poet:
        gate.wait()
        return poet

    monkeypatch.setattr(poet.decoder, "decode", counted)
    desk = PoemDesk(load, limit=10)
    desk.open()
    futures = [desk.submit(a_wish(seed)) for seed in range(6)]
    gate.set()

    together = results(futures)
    desk.close()

    assert sizes == [4, 2]
    assert together == [poet.write([poet.prepare(a_wish(seed))])[0] for seed in range(6)]


def test_one_too_many_is_refused_until_a_place_is_free(
    gated_desk: PoemDesk, gate: threading.Event
) -> None:
    accepted = [gated_desk.submit(a_wish(seed)) for seed in range(5)]

    with pytest.raises(EngineBusyError):
        gated_desk.submit(a_wish())
    assert accepted.pop().cancel()
    accepted.append(gated_desk.submit(a_wish()))
    gate.set()

    assert len(results(accepted)) == 5


def test_wishes_that_are_given_up_leave_nothing_waiting(
    gated_desk: PoemDesk, gate: threading.Event
) -> None:
    for seed in range(50):
        assert gated_desk.submit(a_wish(seed)).cancel()
    last = gated_desk.submit(a_wish())
    gate.set()

    assert last.result(PATIENCE_SECONDS)


def test_a_bad_wish_does_not_harm_its_neighbours(
    gated_desk: PoemDesk, gate: threading.Event
) -> None:
    good = gated_desk.submit(a_wish())
    bad = gated_desk.submit(PoemRequest(prompt="1234"))
    gate.set()

    assert good.result(PATIENCE_SECONDS)
    with pytest.raises(InvalidRequestError):
        bad.result(PATIENCE_SECONDS)


def test_a_failing_batch_ends_its_wishes_and_the_desk_goes_on(
    poet: Poet, gated_desk: PoemDesk, gate: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    decode = poet.decoder.decode

    def fail_once(orders: list[Order]) -> list[Continuations]:
        monkeypatch.setattr(poet.decoder, "decode", decode)
        raise MemoryError

    monkeypatch.setattr(poet.decoder, "decode", fail_once)
    unlucky = [gated_desk.submit(a_wish(seed)) for seed in range(2)]
    gate.set()

    for future in unlucky:
        with pytest.raises(MemoryError):
            future.result(PATIENCE_SECONDS)
    assert gated_desk.submit(a_wish()).result(PATIENCE_SECONDS)


def test_closing_answers_what_was_accepted_and_takes_no_more(
    gated_desk: PoemDesk, gate: threading.Event
) -> None:
    accepted = [gated_desk.submit(a_wish(seed)) for seed in range(5)]
    closing = threading.Thread(target=gated_desk.close)
    closing.start()
    gate.set()
    closing.join(PATIENCE_SECONDS)

    assert not closing.is_alive()
    assert all(future.done() for future in accepted)
    assert len(results(accepted)) == 5
    with pytest.raises(EngineClosedError):
        gated_desk.submit(a_wish())


def test_a_poet_that_nobody_wants_any_more_is_not_waited_for() -> None:
    asked = threading.Event()

    def load(is_unwanted: Callable[[], bool]) -> Poet:
        while not is_unwanted():
            asked.set()
        raise EngineClosedError

    desk = PoemDesk(load, limit=5, head_start_seconds=0)
    desk.open()
    assert asked.wait(PATIENCE_SECONDS)

    desk.close()

    assert desk.is_ready


def test_a_desk_that_is_closed_at_once_loads_nothing(poet: Poet) -> None:
    loaded: list[Poet] = []

    def load(_: Callable[[], bool]) -> Poet:
        loaded.append(poet)
        return poet

    desk = PoemDesk(load, limit=5, head_start_seconds=PATIENCE_SECONDS)
    desk.open()
    desk.close()

    assert not loaded


def test_a_poet_gets_ready_without_being_asked(poet: Poet) -> None:
    loaded = threading.Event()

    def load(_: Callable[[], bool]) -> Poet:
        loaded.set()
        return poet

    desk = PoemDesk(load, limit=5, head_start_seconds=0)
    desk.open()

    assert loaded.wait(PATIENCE_SECONDS)
    desk.close()


def test_a_poet_that_is_still_wanted_is_waited_for(poet: Poet) -> None:
    answers: list[bool] = []
    is_closing = threading.Event()

    def load(is_unwanted: Callable[[], bool]) -> Poet:
        is_closing.wait()
        answers.append(is_unwanted())
        return poet

    desk = PoemDesk(load, limit=5)
    desk.open()
    wanted = desk.submit(a_wish())
    closing = threading.Thread(target=desk.close)
    closing.start()
    is_closing.set()
    closing.join(PATIENCE_SECONDS)

    assert answers == [False]
    assert wanted.done()


def test_without_a_network_each_wish_ends_with_the_reason() -> None:
    def load(_: Callable[[], bool]) -> Poet:
        raise ModelNotFoundError("poem")

    desk = PoemDesk(load, limit=5)
    early = desk.submit(a_wish())
    desk.open()

    with pytest.raises(ModelNotFoundError):
        early.result(PATIENCE_SECONDS)
    with pytest.raises(ModelNotFoundError):
        desk.submit(a_wish()).result(PATIENCE_SECONDS)
    assert desk.is_ready
    desk.close()


def test_a_desk_that_was_never_opened_can_be_closed(poet: Poet) -> None:
    desk = PoemDesk(lambda _: poet, limit=5)

    desk.close()

    with pytest.raises(EngineClosedError):
        desk.submit(a_wish())


def test_many_threads_lose_no_wish(poet: Poet) -> None:
    desk = PoemDesk(lambda _: poet, limit=8)
    desk.open()
    ended: list[Future[Poem]] = []
    refused: list[int] = []

    def ask(start: int) -> None:
        for seed in range(start, start + 12):
            try:
                future = desk.submit(a_wish(seed))
            except EngineBusyError:
                refused.append(seed)
                continue
            if seed % 3 == 0:
                future.cancel()
            else:
                wait([future], PATIENCE_SECONDS)
            ended.append(future)

    threads = [threading.Thread(target=ask, args=(100 * n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    desk.close()

    assert len(ended) + len(refused) == 12 * 12
    for future in ended:
        try:
            assert future.result(0).model == "tiny"
        except CancelledError:
            assert future.cancelled()
