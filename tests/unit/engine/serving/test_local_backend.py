import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

import engine.serving.names_scheduler
from engine import (
    DeadlineExceededError,
    EngineClosedError,
    LocalBackend,
    ModelNotFoundError,
    ModelRegistry,
    NameRequest,
    OverloadedError,
    ServingHooks,
)
from engine.families import FamilyName
from engine.generation.sample_batch import SampleBatch
from engine.models.names_model import NamesModel, write_version
from engine.networks.rnn import Parameters
from engine.serving.hooks import Outcome
from engine.serving.local_backend import Timeouts


@pytest.fixture
def registry(tmp_path: Path, tiny_model: NamesModel) -> ModelRegistry:
    model = tiny_model
    write_version(tmp_path / "dino", model.card, model.parameters, model.vocabulary, model.known)
    return ModelRegistry(tmp_path / "own", tmp_path)


@pytest.fixture
async def names_engine(registry: ModelRegistry) -> AsyncIterator[LocalBackend]:
    async with LocalBackend(registry, workers=2, queue_limit=3, preloads_poems=False) as opened:
        yield opened


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Keeps every name back until it is set."""
    opened, advance = threading.Event(), engine.serving.names_scheduler.advance

    def wait_at_the_gate(parameters: Parameters, end: int, together: Sequence[SampleBatch]) -> None:
        opened.wait()
        advance(parameters, end, together)

    monkeypatch.setattr(engine.serving.names_scheduler, "advance", wait_at_the_gate)
    return opened


async def test_an_answer_can_be_had_again_with_its_seed(names_engine: LocalBackend) -> None:
    first = await names_engine.names(NameRequest(count=3))
    again = await names_engine.names(NameRequest(count=3, seed=first.seed))

    assert again == first
    assert first.model == names_engine.model == "2026-01-02-abcdef01"


async def test_requests_without_a_seed_get_different_ones(names_engine: LocalBackend) -> None:
    first, second = await asyncio.gather(*(names_engine.names(NameRequest()) for _ in range(2)))

    assert first.seed != second.seed


async def test_a_full_queue_is_refused_and_accepted_requests_are_answered(
    names_engine: LocalBackend, gate: threading.Event
) -> None:
    accepted = [asyncio.create_task(names_engine.names(NameRequest())) for _ in range(3)]
    await asyncio.sleep(0)

    with pytest.raises(OverloadedError):
        await names_engine.names(NameRequest())
    gate.set()

    assert len(await asyncio.gather(*accepted)) == 3
    assert await names_engine.names(NameRequest())


async def test_a_request_that_is_given_up_frees_its_place(
    names_engine: LocalBackend, gate: threading.Event
) -> None:
    for _ in range(5):
        task = asyncio.create_task(names_engine.names(NameRequest()))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    gate.set()

    assert await names_engine.names(NameRequest())


async def test_a_closed_engine_takes_no_requests(registry: ModelRegistry) -> None:
    async with LocalBackend(registry, preloads_poems=False) as opened:
        pass

    with pytest.raises(EngineClosedError):
        await opened.names(NameRequest())


async def test_an_engine_without_a_model_does_not_open(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFoundError):
        await LocalBackend(ModelRegistry(tmp_path, tmp_path)).open()


async def test_one_server_is_let_in_up_to_half_of_all_places(
    registry: ModelRegistry, gate: threading.Event
) -> None:
    async with LocalBackend(registry, queue_limit=4, preloads_poems=False) as engine:
        greedy = [asyncio.create_task(engine.names(NameRequest(), guild=1)) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(OverloadedError):
            await engine.names(NameRequest(), guild=1)
        modest = asyncio.create_task(engine.names(NameRequest(), guild=2))
        await asyncio.sleep(0)
        assert engine.waiting("dino") == 3
        gate.set()
        await asyncio.gather(*greedy, modest)
        assert engine.waiting("dino") == 0


async def test_a_request_that_takes_too_long_is_told_and_its_thread_replaced(
    registry: ModelRegistry, gate: threading.Event
) -> None:
    told = Told()
    pace = Timeouts(deadline_seconds=0.5, stall_seconds=0)
    async with LocalBackend(
        registry, workers=1, preloads_poems=False, timeouts=pace, hooks=told
    ) as engine:
        with pytest.raises(DeadlineExceededError):
            await engine.names(NameRequest())
        assert told.outcomes == ["late"]
        assert told.replaced_threads == 1
        gate.set()
        assert await engine.names(NameRequest())


async def test_closing_with_a_thread_that_hangs_ends_in_time(
    registry: ModelRegistry, gate: threading.Event
) -> None:
    engine = LocalBackend(registry, preloads_poems=False, timeouts=Timeouts(grace_seconds=0.05))
    await engine.open()
    accepted = asyncio.create_task(engine.names(NameRequest()))
    await asyncio.sleep(0)

    await engine.close()

    with pytest.raises(EngineClosedError):
        await accepted
    gate.set()


async def test_each_server_is_answered_by_its_own_model(
    registry: ModelRegistry, tiny_model: NamesModel
) -> None:
    own = add_version(registry.of_guild(7), tiny_model, "2026-02-01-own")
    registry.of_guild(7).activate(own)

    async with LocalBackend(registry, preloads_poems=False) as engine:
        theirs = await engine.names(NameRequest(seed=1), guild=7)
        others = await engine.names(NameRequest(seed=1), guild=8)
        hosts = await engine.names(NameRequest(seed=1))

    assert theirs.model == own
    assert others.model == hosts.model == "2026-01-02-abcdef01"


async def test_a_named_version_answers_only_the_server_that_has_it(
    registry: ModelRegistry, tiny_model: NamesModel
) -> None:
    own = add_version(registry.of_guild(7), tiny_model, "2026-02-01-own")

    async with LocalBackend(registry, preloads_poems=False) as engine:
        first = await engine.names(NameRequest(seed=1), guild=7, version=own)
        assert first.model == own
        assert await engine.names(NameRequest(seed=1), guild=7, version=own) == first
        with pytest.raises(ModelNotFoundError):
            await engine.names(NameRequest(), guild=8, version=own)
        assert (await engine.names(NameRequest(), guild=7)).model != own


async def test_a_refreshed_model_serves_and_requests_under_way_end_with_the_old_one(
    registry: ModelRegistry, tiny_model: NamesModel, gate: threading.Event
) -> None:
    told = Told()
    async with LocalBackend(registry, preloads_poems=False, hooks=told) as engine:
        gate.set()
        await engine.names(NameRequest(), guild=7)
        gate.clear()
        under_way = asyncio.create_task(engine.names(NameRequest(), guild=7))
        await asyncio.sleep(0)
        own = add_version(registry.of_guild(7), tiny_model, "2026-02-01-own")
        registry.of_guild(7).activate(own)
        await engine.refresh(7, "dino")
        gate.set()

        assert (await under_way).model == "2026-01-02-abcdef01"
        assert (await engine.names(NameRequest(), guild=7)).model == own
        registry.of_guild(7).roll_back("dino")
        await engine.refresh(7, "dino")
        assert (await engine.names(NameRequest(), guild=7)).model == "2026-01-02-abcdef01"
    assert [version for server, version in told.versions if server == 7] == [
        "2026-01-02-abcdef01",
        own,
        "2026-01-02-abcdef01",
    ]


async def test_a_new_choice_of_the_host_reaches_those_who_inherit_it(
    registry: ModelRegistry, tiny_model: NamesModel
) -> None:
    async with LocalBackend(registry, preloads_poems=False) as engine:
        assert (await engine.names(NameRequest(), guild=8)).model == "2026-01-02-abcdef01"
        registry.activate(add_version(registry, tiny_model, "2026-03-01-new"))
        await engine.refresh(None, "dino")

        assert (await engine.names(NameRequest(), guild=8)).model == "2026-03-01-new"
        assert engine.model == "2026-03-01-new"


async def test_a_damaged_model_is_told_and_the_next_one_serves(
    registry: ModelRegistry, tiny_model: NamesModel
) -> None:
    theirs = registry.of_guild(7)
    own = add_version(theirs, tiny_model, "2026-02-01-own")
    theirs.activate(own)
    (theirs.folder_of("dino") / own / "names.txt").write_text("other\n")
    told = Told()

    async with LocalBackend(registry, preloads_poems=False, hooks=told) as engine:
        answered = await engine.names(NameRequest(), guild=7)

    assert answered.model == "2026-01-02-abcdef01"
    assert told.damages == [("dino", 7, own)]


async def test_a_choice_that_cannot_be_read_is_told_and_the_shipped_model_serves(
    registry: ModelRegistry, tiny_model: NamesModel
) -> None:
    registry.activate(add_version(registry, tiny_model, "2026-03-01-new"))
    (registry.folder_of("dino") / "active.json").write_text("{")
    told = Told()

    async with LocalBackend(registry, preloads_poems=False, hooks=told) as engine:
        assert (await engine.names(NameRequest())).model == "2026-01-02-abcdef01"

    assert told.damages[0] == ("dino", None, "")


async def test_models_that_were_not_used_for_long_are_put_away_and_loaded_again(
    registry: ModelRegistry, tiny_model: NamesModel
) -> None:
    for guild in range(5):
        own = registry.of_guild(guild)
        own.activate(add_version(own, tiny_model, f"2026-02-0{guild + 1}-own"))

    async with LocalBackend(registry, preloads_poems=False, names_models=2) as engine:
        for _ in range(2):
            for guild in range(5):
                names = await engine.names(NameRequest(), guild=guild)
                assert names.model == f"2026-02-0{guild + 1}-own"
        assert len(engine._names_caches["dino"]._models) == 2  # pyright: ignore[reportPrivateUsage] - memory only


async def test_an_observer_hears_how_requests_end(
    registry: ModelRegistry, gate: threading.Event
) -> None:
    told = Told()
    async with LocalBackend(registry, queue_limit=2, preloads_poems=False, hooks=told) as engine:
        answered, cancelled = (asyncio.create_task(engine.names(NameRequest())) for _ in range(2))
        await asyncio.sleep(0)
        with pytest.raises(OverloadedError):
            await engine.names(NameRequest())
        cancelled.cancel()
        await asyncio.gather(cancelled, return_exceptions=True)
        gate.set()
        await answered

    assert (told.accepted_requests, told.refused_requests) == (2, 1)
    assert sorted(told.outcomes) == ["answered", "cancelled"]


class Told(ServingHooks):
    """Remembers what it hears."""

    def __init__(self) -> None:
        self.accepted_requests = self.refused_requests = self.replaced_threads = 0
        self.outcomes: list[Outcome] = []
        self.versions: list[tuple[int | None, str]] = []
        self.damages: list[tuple[FamilyName, int | None, str]] = []

    def accepted(self, network: FamilyName) -> None:
        self.accepted_requests += 1

    def refused(self, network: FamilyName) -> None:
        self.refused_requests += 1

    def ended(self, network: FamilyName, outcome: Outcome, seconds: float) -> None:
        self.outcomes.append(outcome)

    def served(self, network: FamilyName, guild: int | None, version: str) -> None:
        self.versions.append((guild, version))

    def damaged(self, network: FamilyName, guild: int | None, version: str, reason: str) -> None:
        self.damages.append((network, guild, version))

    def replaced(self, network: FamilyName) -> None:
        self.replaced_threads += 1


def add_version(registry: ModelRegistry, model: NamesModel, version: str) -> str:
    """Write the tiny model as another version, and return its id."""
    card = replace(model.card, id=version)
    folder = registry.folder_of("dino")
    write_version(folder, card, model.parameters, model.vocabulary, model.known)
    return version
