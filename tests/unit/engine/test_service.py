import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import engine.service
from engine import (
    Engine,
    EngineBusyError,
    EngineClosedError,
    ModelNotFoundError,
    NameRequest,
    Names,
    Store,
)
from engine.version import NamesModel, write_version


@pytest.fixture
def store(tmp_path: Path, tiny_model: NamesModel) -> Store:
    model = tiny_model
    write_version(tmp_path / "dino", model.card, model.parameters, model.vocabulary, model.known)
    return Store(tmp_path / "own", tmp_path)


@pytest.fixture
async def names_engine(store: Store) -> AsyncIterator[Engine]:
    async with Engine(store, workers=2, queue_limit=3) as opened:
        yield opened


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Keeps every answer back until it is set."""
    opened = threading.Event()

    def wait_at_the_gate(model: NamesModel, request: NameRequest) -> Names:
        opened.wait()
        return Names(("Rexodon",), 1, model.card.id)

    monkeypatch.setattr(engine.service, "answer", wait_at_the_gate)
    return opened


async def test_an_answer_can_be_had_again_with_its_seed(names_engine: Engine) -> None:
    first = await names_engine.names(NameRequest(count=3))
    again = await names_engine.names(NameRequest(count=3, seed=first.seed))

    assert again == first
    assert first.model == names_engine.model == "2026-01-02-abcdef01"


async def test_requests_without_a_seed_get_different_ones(names_engine: Engine) -> None:
    first, second = await asyncio.gather(*(names_engine.names(NameRequest()) for _ in range(2)))

    assert first.seed != second.seed


async def test_a_full_queue_is_refused_and_accepted_requests_are_answered(
    names_engine: Engine, gate: threading.Event
) -> None:
    accepted = [asyncio.create_task(names_engine.names(NameRequest())) for _ in range(3)]
    await asyncio.sleep(0)

    with pytest.raises(EngineBusyError):
        await names_engine.names(NameRequest())
    gate.set()

    assert len(await asyncio.gather(*accepted)) == 3
    assert await names_engine.names(NameRequest())


async def test_a_request_that_is_given_up_frees_its_place(
    names_engine: Engine, gate: threading.Event
) -> None:
    for _ in range(5):
        task = asyncio.create_task(names_engine.names(NameRequest()))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    gate.set()

    assert await names_engine.names(NameRequest())


async def test_a_closed_engine_takes_no_requests(store: Store) -> None:
    async with Engine(store) as opened:
        pass

    with pytest.raises(EngineClosedError):
        await opened.names(NameRequest())


async def test_an_engine_without_a_model_does_not_open(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFoundError):
        await Engine(Store(tmp_path, tmp_path)).open()
