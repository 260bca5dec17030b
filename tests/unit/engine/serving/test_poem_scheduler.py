"""Poems decoded side by side, in a real worker thread with a real, tiny network."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace

import pytest

from benchmarks.baselines.gathering import GatheringScheduler
from engine.errors import InvalidRequestError, OverloadedError
from engine.families import FamilyName
from engine.generation.poems import PoemGenerator
from engine.requests import Poem, PoemRequest
from engine.serving.hooks import ServingHooks
from engine.serving.poem_scheduler import PoemScheduler
from tests.unit.engine.tiny_poems import GatedRunner, tiny_generator

PATIENCE_SECONDS = 60
SMALL = replace(PoemScheduler.CONFIG, max_rows=16)


@pytest.fixture(scope="module")
def tiny() -> PoemGenerator:
    return tiny_generator()


@pytest.fixture
def decoder(tiny: PoemGenerator) -> GatedRunner:
    return GatedRunner(tiny.decoder)


@pytest.fixture
def generator(tiny: PoemGenerator, decoder: GatedRunner) -> PoemGenerator:
    return replace(tiny, decoder=decoder)


class Heard(ServingHooks):
    """Remembers the batches that it hears of."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def worked(self, network: FamilyName, size: int, seconds: float) -> None:
        assert network == "poem"
        assert seconds >= 0
        self.sizes.append(size)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def scheduler(decoder: GatedRunner, heard: Heard) -> Iterator[PoemScheduler]:
    opened = PoemScheduler([heard], config=SMALL)
    yield opened
    decoder.gate.set()
    opened.close(PATIENCE_SECONDS)


@pytest.fixture
def gathering(decoder: GatedRunner) -> Iterator[Callable[[float], PoemScheduler]]:
    """A scheduler whose worker waits so many seconds for more, as in `benchmarks.joining`."""
    opened: list[PoemScheduler] = []

    def open_scheduler(window_seconds: float) -> PoemScheduler:
        opened.append(GatheringScheduler([], window_seconds, config=SMALL))
        return opened[-1]

    yield open_scheduler
    decoder.gate.set()
    for scheduler in opened:
        scheduler.close(PATIENCE_SECONDS)


def a_request(seed: int = 1, length: int = 100, candidates: int | None = 4) -> PoemRequest:
    return PoemRequest(seed=seed, length=length, candidates=candidates)


def results(futures: Sequence[Future[Poem]]) -> list[Poem]:
    return [future.result(PATIENCE_SECONDS) for future in futures]


def submit_first(
    scheduler: PoemScheduler, generator: PoemGenerator, decoder: GatedRunner
) -> Future[Poem]:
    """Request a long poem, and wait until its first chunk is to begin."""
    future = scheduler.add_request(generator, a_request(seed=99, length=400)).future
    assert decoder.reached.acquire(timeout=PATIENCE_SECONDS)
    return future


def test_poems_join_a_batch_that_is_under_way_and_come_out_as_alone(
    scheduler: PoemScheduler,
    tiny: PoemGenerator,
    generator: PoemGenerator,
    decoder: GatedRunner,
) -> None:
    first = submit_first(scheduler, generator, decoder)
    others = [scheduler.add_request(generator, a_request(seed)).future for seed in range(3)]
    decoder.gate.set()

    together = results([first, *others])

    assert decoder.sizes[:2] == [4, 16]
    alone = [tiny.poem(a_request(seed)) for seed in range(3)]
    assert together == [tiny.poem(a_request(99, length=400)), *alone]


def test_no_more_are_begun_than_there_is_room_for(
    scheduler: PoemScheduler, generator: PoemGenerator, decoder: GatedRunner
) -> None:
    first = submit_first(scheduler, generator, decoder)
    others = [scheduler.add_request(generator, a_request(seed)).future for seed in range(8)]
    decoder.gate.set()

    assert len(results([first, *others])) == 9
    assert max(decoder.sizes) == 16


def test_with_more_to_do_poems_have_fewer_candidates(
    scheduler: PoemScheduler,
    tiny: PoemGenerator,
    generator: PoemGenerator,
    decoder: GatedRunner,
) -> None:
    first = scheduler.add_request(generator, a_request(candidates=None)).future
    assert decoder.reached.acquire(timeout=PATIENCE_SECONDS)
    others = [
        scheduler.add_request(generator, a_request(seed, candidates=None)).future
        for seed in range(20)
    ]
    decoder.gate.set()

    alone, *hurried = results([first, *others])

    assert alone.candidates == 8
    assert hurried[0].candidates == 1
    for seed, poem in enumerate(hurried):
        assert poem == tiny.poem(a_request(seed, candidates=poem.candidates))


def test_different_poets_write_side_by_side(
    scheduler: PoemScheduler, generator: PoemGenerator, decoder: GatedRunner
) -> None:
    other = replace(generator, id="other")
    first = submit_first(scheduler, generator, decoder)
    second = scheduler.add_request(other, a_request(99, length=400)).future
    decoder.gate.set()

    mine, theirs = results([first, second])

    assert (mine.model, theirs.model) == ("tiny", "other")
    assert mine.text == theirs.text


def test_a_poem_that_is_given_up_leaves_the_batch(
    scheduler: PoemScheduler, generator: PoemGenerator, decoder: GatedRunner
) -> None:
    first = submit_first(scheduler, generator, decoder)
    other = scheduler.add_request(generator, a_request(length=1_000)).future

    assert first.cancel()
    decoder.gate.set()

    assert other.result(PATIENCE_SECONDS).text
    assert set(decoder.sizes) == {4}
    assert len(decoder.sizes) <= 33  # a stretch for the one, and those of the other


def test_out_of_memory_makes_batches_smaller_and_loses_no_poem(
    scheduler: PoemScheduler,
    tiny: PoemGenerator,
    generator: PoemGenerator,
    decoder: GatedRunner,
) -> None:
    decoder.memory = 4
    first = submit_first(scheduler, generator, decoder)
    others = [scheduler.add_request(generator, a_request(seed)).future for seed in range(3)]
    decoder.gate.set()

    assert results([first, *others])[1:] == [tiny.poem(a_request(seed)) for seed in range(3)]
    assert set(decoder.sizes) == {4}


def test_a_poem_for_which_there_is_never_enough_memory_is_refused(
    scheduler: PoemScheduler, generator: PoemGenerator, decoder: GatedRunner
) -> None:
    decoder.memory = 3
    decoder.gate.set()
    refused = [scheduler.add_request(generator, a_request(seed)).future for seed in range(3)]
    for future in refused:
        with pytest.raises(OverloadedError):
            future.result(PATIENCE_SECONDS)

    decoder.memory = 1_000
    assert scheduler.add_request(generator, a_request()).future.result(PATIENCE_SECONDS).text


@pytest.mark.parametrize("place", ["prepare", "begin", "best"])
def test_out_of_memory_at_either_end_of_a_poem_the_asker_is_told_to_come_again(
    scheduler: PoemScheduler,
    generator: PoemGenerator,
    decoder: GatedRunner,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    decoder.gate.set()
    with monkeypatch.context() as broken:
        broken.setattr(PoemGenerator, place, fail)
        with pytest.raises(OverloadedError):
            scheduler.add_request(generator, a_request()).future.result(PATIENCE_SECONDS)

    assert scheduler.add_request(generator, a_request()).future.result(PATIENCE_SECONDS).text


def test_a_failing_batch_ends_its_poems_and_the_next_ones_are_written(
    scheduler: PoemScheduler, generator: PoemGenerator, decoder: GatedRunner
) -> None:
    decoder.memory, decoder.error = 0, ZeroDivisionError
    decoder.gate.set()
    with pytest.raises(ZeroDivisionError):
        scheduler.add_request(generator, a_request()).future.result(PATIENCE_SECONDS)

    decoder.memory = 1_000
    assert scheduler.add_request(generator, a_request()).future.result(PATIENCE_SECONDS).text


def test_a_bad_request_does_not_harm_its_neighbours(
    scheduler: PoemScheduler, generator: PoemGenerator, decoder: GatedRunner
) -> None:
    first = submit_first(scheduler, generator, decoder)
    bad = scheduler.add_request(generator, PoemRequest(prompt="1234")).future
    decoder.gate.set()

    assert first.result(PATIENCE_SECONDS).text
    with pytest.raises(InvalidRequestError):
        bad.result(PATIENCE_SECONDS)


def test_an_observer_hears_of_each_batch(
    scheduler: PoemScheduler, generator: PoemGenerator, decoder: GatedRunner, heard: Heard
) -> None:
    decoder.gate.set()
    results([scheduler.add_request(generator, a_request()).future])
    scheduler.close(PATIENCE_SECONDS)

    assert heard.sizes == decoder.sizes
    assert heard.sizes


def test_gathered_poems_begin_together_once_there_are_enough(
    gathering: Callable[[float], PoemScheduler],
    generator: PoemGenerator,
    decoder: GatedRunner,
) -> None:
    scheduler = gathering(10 * PATIENCE_SECONDS)
    decoder.gate.set()
    first = scheduler.add_request(generator, a_request(candidates=None)).future
    while scheduler.waiting:  # until it is taken
        time.sleep(0.001)
    others = [
        scheduler.add_request(generator, a_request(seed, candidates=None)).future
        for seed in range(15)
    ]

    poems = results([first, *others])

    assert {poem.candidates for poem in poems} == {1}
    assert decoder.sizes[0] == 16


def test_none_joins_gathered_poems_that_are_under_way(
    gathering: Callable[[float], PoemScheduler],
    generator: PoemGenerator,
    decoder: GatedRunner,
) -> None:
    scheduler = gathering(0.0)
    first = submit_first(scheduler, generator, decoder)
    others = [scheduler.add_request(generator, a_request(seed)).future for seed in range(3)]
    decoder.gate.set()

    results([first, *others])

    stretches = decoder.sizes.index(12)
    assert decoder.sizes[:stretches] == [4] * stretches
    assert stretches > 1
