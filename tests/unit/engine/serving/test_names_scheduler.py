"""Names sampled side by side, in a real worker thread with a small network."""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace

import pytest

import engine.serving.names_scheduler
from engine import IndecentPrefixError, NameRequest, Names, OverloadedError
from engine.families import FamilyName
from engine.generation.names import NameSampler
from engine.generation.sample_batch import SampleBatch
from engine.models.names_model import NamesModel
from engine.networks.rnn import Parameters
from engine.serving.hooks import ServingHooks
from engine.serving.local_backend import generate_names
from engine.serving.names_scheduler import NamesScheduler

PATIENCE_SECONDS = 60


@dataclass
class Gate:
    """Holds drawing up until it is opened, and fails on demand.

    Attributes:
        is_open: set when drawing may go on.
        reached: released when a step is to begin.
        sizes: rows of each step.
        error: what the next step fails with.
    """

    is_open: threading.Event = field(default_factory=threading.Event)
    reached: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    sizes: list[int] = field(default_factory=list[int])
    error: Exception | None = None


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    gate, advance = Gate(), engine.serving.names_scheduler.advance

    def advance_through_the_gate(
        parameters: Parameters, end: int, together: Sequence[SampleBatch]
    ) -> None:
        gate.reached.release()
        gate.is_open.wait()
        if error := gate.error:
            gate.error = None
            raise error
        gate.sizes.append(sum(draws.rows for draws in together))
        advance(parameters, end, together)

    monkeypatch.setattr(engine.serving.names_scheduler, "advance", advance_through_the_gate)
    return gate


class Heard(ServingHooks):
    """Remembers the steps that it hears of."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def worked(self, network: FamilyName, size: int, seconds: float) -> None:
        assert network == "dino"
        assert seconds >= 0
        self.sizes.append(size)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def scheduler(gate: Gate, heard: Heard) -> Iterator[NamesScheduler]:
    opened = NamesScheduler([heard], config=replace(NamesScheduler.CONFIG, max_rows=16))
    yield opened
    gate.is_open.set()
    opened.close(PATIENCE_SECONDS)


def submit_first(
    scheduler: NamesScheduler, model: NamesModel, gate: Gate, seed: int = 99
) -> Future[Names]:
    """Request names, and wait until the first step is to begin."""
    future = scheduler.add_request(model, NameRequest(seed=seed)).future
    assert gate.reached.acquire(timeout=PATIENCE_SECONDS)
    return future


def test_names_join_a_batch_that_is_under_way_and_come_out_as_alone(
    scheduler: NamesScheduler, tiny_model: NamesModel, gate: Gate
) -> None:
    first = submit_first(scheduler, tiny_model, gate)
    requests = [
        NameRequest(seed=1),
        NameRequest(seed=2, temperature=0.7, top_p=1.0),
        NameRequest(seed=3, prefix="tri"),
    ]
    others = [scheduler.add_request(tiny_model, request).future for request in requests]
    gate.is_open.set()

    together = [future.result(PATIENCE_SECONDS) for future in (first, *others)]

    assert gate.sizes[:2] == [4, 16]
    assert together == [generate_names(tiny_model, w) for w in (NameRequest(seed=99), *requests)]


def test_no_more_are_begun_than_there_is_room_for(
    scheduler: NamesScheduler, tiny_model: NamesModel, gate: Gate
) -> None:
    first = submit_first(scheduler, tiny_model, gate)
    requests = [NameRequest(count=5, seed=seed) for seed in range(6)]
    others = [scheduler.add_request(tiny_model, request).future for request in requests]
    gate.is_open.set()

    for future in (first, *others):
        future.result(PATIENCE_SECONDS)
    # What is begun last may reach past the limit by all but one of its rows.
    assert gate.sizes[:2] == [4, 4 + 10 + 10]


def test_models_invent_side_by_side(
    scheduler: NamesScheduler, tiny_model: NamesModel, gate: Gate
) -> None:
    other = replace(tiny_model, card=replace(tiny_model.card, id="2026-02-03-other"))
    first = submit_first(scheduler, tiny_model, gate)
    second = scheduler.add_request(other, NameRequest(seed=99)).future
    gate.is_open.set()

    assert first.result(PATIENCE_SECONDS).model == tiny_model.card.id
    assert second.result(PATIENCE_SECONDS).model == other.card.id
    assert gate.sizes[:3] == [4, 4, 4]


def test_a_request_that_is_cancelled_leaves_the_batch(
    scheduler: NamesScheduler, tiny_model: NamesModel, gate: Gate
) -> None:
    given_up = submit_first(scheduler, tiny_model, gate)
    other = scheduler.add_request(tiny_model, NameRequest(seed=1)).future
    assert given_up.cancel()
    gate.is_open.set()

    other.result(PATIENCE_SECONDS)

    assert gate.sizes[:2] == [4, 4]


def test_out_of_memory_the_asker_is_told_to_come_again_and_the_next_one_is_served(
    scheduler: NamesScheduler, tiny_model: NamesModel, gate: Gate
) -> None:
    gate.error = MemoryError()
    future = submit_first(scheduler, tiny_model, gate)
    gate.is_open.set()

    with pytest.raises(OverloadedError):
        future.result(PATIENCE_SECONDS)
    assert scheduler.add_request(tiny_model, NameRequest()).future.result(PATIENCE_SECONDS)


@pytest.mark.parametrize("place", ["__init__", "filter_batch"])
def test_out_of_memory_at_either_end_of_a_round_the_asker_is_told_to_come_again(
    scheduler: NamesScheduler,
    tiny_model: NamesModel,
    gate: Gate,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    gate.is_open.set()
    with monkeypatch.context() as broken:
        broken.setattr(NameSampler, place, fail)
        with pytest.raises(OverloadedError):
            scheduler.add_request(tiny_model, NameRequest()).future.result(PATIENCE_SECONDS)

    assert scheduler.add_request(tiny_model, NameRequest()).future.result(PATIENCE_SECONDS)


def test_a_failing_step_ends_its_wishes_and_the_next_one_is_served(
    scheduler: NamesScheduler, tiny_model: NamesModel, gate: Gate
) -> None:
    gate.error = ArithmeticError("no")
    future = submit_first(scheduler, tiny_model, gate)
    gate.is_open.set()

    with pytest.raises(ArithmeticError):
        future.result(PATIENCE_SECONDS)
    assert scheduler.add_request(tiny_model, NameRequest()).future.result(PATIENCE_SECONDS)


def test_a_request_that_cannot_be_served_does_not_harm_its_neighbours(
    scheduler: NamesScheduler, tiny_model: NamesModel, gate: Gate
) -> None:
    first = submit_first(scheduler, tiny_model, gate)
    in_vain = scheduler.add_request(tiny_model, NameRequest(prefix="fuck", seed=1)).future
    foreign = replace(tiny_model, vocabulary=replace(tiny_model.vocabulary, symbols=("\n", "a")))
    broken = scheduler.add_request(foreign, NameRequest(prefix="z", seed=1)).future
    gate.is_open.set()

    assert first.result(PATIENCE_SECONDS) == generate_names(tiny_model, NameRequest(seed=99))
    with pytest.raises(IndecentPrefixError):
        in_vain.result(PATIENCE_SECONDS)
    with pytest.raises(KeyError):
        broken.result(PATIENCE_SECONDS)


def test_an_observer_hears_of_each_step(
    scheduler: NamesScheduler, tiny_model: NamesModel, gate: Gate, heard: Heard
) -> None:
    gate.is_open.set()
    scheduler.add_request(tiny_model, NameRequest(seed=1)).future.result(PATIENCE_SECONDS)

    assert heard.sizes == gate.sizes
    assert heard.sizes[0] == 4
