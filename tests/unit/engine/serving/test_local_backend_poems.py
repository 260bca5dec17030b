"""The engine's poems, with a store, real threads and a real, tiny network."""

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine import (
    EngineClosedError,
    InvalidRequestError,
    LocalBackend,
    ModelDamagedError,
    ModelNotFoundError,
    ModelRegistry,
    NameRequest,
    OverloadedError,
    PoemRequest,
    ServingHooks,
)
from engine.families import FamilyName
from engine.generation.poems import PoemGenerator
from engine.models.names_model import NamesModel, write_version
from engine.models.poem_model import write_poem_version
from engine.models.version import ModelCard
from engine.serving.local_backend import Timeouts, load_poem_generator
from tests.unit.engine.tiny_poems import VOCABULARY, WORDS, tiny_network

PATIENCE_SECONDS = 60
# Else how many wait decides how many candidates there are.
REQUEST = PoemRequest(prompt="The rose", seed=5, length=100, candidates=4)


@pytest.fixture
def names_store(tmp_path: Path, tiny_model: NamesModel) -> ModelRegistry:
    model = tiny_model
    write_version(tmp_path / "dino", model.card, model.parameters, model.vocabulary, model.known)
    return ModelRegistry(tmp_path / "own", tmp_path)


@pytest.fixture
def registry(names_store: ModelRegistry, tmp_path: Path, card: ModelCard) -> ModelRegistry:
    write_poem_version(
        tmp_path / "poem", replace(card, id="2026-01-03-poem"), tiny_network(), VOCABULARY, WORDS
    )
    return names_store


@pytest.fixture
async def opened(registry: ModelRegistry) -> AsyncIterator[LocalBackend]:
    async with LocalBackend(registry) as engine:
        yield engine


async def test_a_poem_can_be_had_again_with_its_seed(opened: LocalBackend) -> None:
    first = await opened.poem(PoemRequest(prompt="The rose", length=100))
    request = PoemRequest("The rose", length=100, seed=first.seed, candidates=first.candidates)
    again = await opened.poem(request)

    assert again == first
    assert first.model == "2026-01-03-poem"
    assert first.text.startswith("The rose")
    assert opened.is_ready


async def test_poems_asked_for_at_once_are_as_alone(opened: LocalBackend) -> None:
    requests = [PoemRequest(seed=seed, length=100 + seed, candidates=4) for seed in range(7)]

    together = await asyncio.gather(*map(opened.poem, requests))

    assert together == [await opened.poem(request) for request in requests]


async def test_names_are_served_while_the_poet_gets_ready(registry: ModelRegistry) -> None:
    gate = threading.Event()

    def load_at_the_gate(registry: ModelRegistry, version: str) -> PoemGenerator:
        gate.wait()
        return load_poem_generator(registry, version)

    async with LocalBackend(registry, load_poem_generator=load_at_the_gate) as engine:
        early = asyncio.create_task(engine.poem(REQUEST))
        assert (await engine.names(NameRequest())).names
        assert not engine.is_ready
        gate.set()
        assert (await early).prompt == "The rose"


async def test_closing_waits_for_accepted_poems(registry: ModelRegistry) -> None:
    engine = LocalBackend(registry)
    await engine.open()
    accepted = [asyncio.create_task(engine.poem(REQUEST)) for _ in range(3)]
    await asyncio.sleep(0)

    await engine.close()

    assert len({poem.text for poem in await asyncio.gather(*accepted)}) == 1
    with pytest.raises(EngineClosedError):
        await engine.poem(REQUEST)


async def test_a_full_queue_is_refused_and_a_cancelled_request_frees_its_place(
    registry: ModelRegistry,
) -> None:
    gate = threading.Event()

    def load_at_the_gate(registry: ModelRegistry, version: str) -> PoemGenerator:
        gate.wait()
        return load_poem_generator(registry, version)

    async with LocalBackend(registry, poem_limit=2, load_poem_generator=load_at_the_gate) as engine:
        accepted = [asyncio.create_task(engine.poem(REQUEST)) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(OverloadedError):
            await engine.poem(REQUEST)
        accepted.pop().cancel()
        await asyncio.sleep(0)
        accepted.append(asyncio.create_task(engine.poem(REQUEST)))
        await asyncio.sleep(0)
        gate.set()
        first, second = await asyncio.gather(*accepted)

    assert first == second


async def test_a_line_that_the_network_cannot_read_is_refused(opened: LocalBackend) -> None:
    with pytest.raises(InvalidRequestError, match="at least one letter from A to Z"):
        await opened.poem(PoemRequest(prompt="1234"))


async def test_without_a_poem_network_names_are_served(names_store: ModelRegistry) -> None:
    async with LocalBackend(names_store) as engine:
        with pytest.raises(ModelNotFoundError):
            await engine.poem(REQUEST)
        assert (await engine.names(NameRequest())).names


async def test_a_damaged_poem_network_is_told_and_names_are_served(
    registry: ModelRegistry, tmp_path: Path
) -> None:
    (tmp_path / "poem" / "2026-01-03-poem" / "words.txt").write_text("other\n")

    async with LocalBackend(registry) as engine:
        with pytest.raises(ModelDamagedError):
            await engine.poem(REQUEST)
        assert (await engine.names(NameRequest())).names


async def test_an_engine_that_is_not_open_writes_nothing(registry: ModelRegistry) -> None:
    with pytest.raises(EngineClosedError):
        await LocalBackend(registry).poem(REQUEST)


async def test_a_network_that_is_not_preloaded_is_loaded_for_the_first_request(
    registry: ModelRegistry,
) -> None:
    loaded: list[str] = []

    def load(registry: ModelRegistry, version: str) -> PoemGenerator:
        loaded.append(version)
        return load_poem_generator(registry, version)

    async with LocalBackend(registry, preloads_poems=False, load_poem_generator=load) as engine:
        assert (await engine.names(NameRequest())).names
        assert not loaded
        assert (await engine.poem(REQUEST)).text
        assert (await engine.poem(REQUEST)).text
    assert loaded == ["2026-01-03-poem"]


async def test_a_poet_that_nobody_asked_for_is_never_loaded(registry: ModelRegistry) -> None:
    def load(registry: ModelRegistry, version: str) -> PoemGenerator:
        raise AssertionError("not wanted")

    async with LocalBackend(registry, preloads_poems=False, load_poem_generator=load) as engine:
        assert (await engine.names(NameRequest())).names


async def test_a_poet_gets_ready_without_being_asked(registry: ModelRegistry) -> None:
    loaded = threading.Event()

    def load(registry: ModelRegistry, version: str) -> PoemGenerator:
        loaded.set()
        return load_poem_generator(registry, version)

    async with LocalBackend(
        registry, load_poem_generator=load, timeouts=Timeouts(head_start_seconds=0)
    ):
        assert await asyncio.to_thread(loaded.wait, PATIENCE_SECONDS)


async def test_an_engine_that_is_closed_at_once_loads_no_poet(registry: ModelRegistry) -> None:
    def load(registry: ModelRegistry, version: str) -> PoemGenerator:
        raise AssertionError("not wanted")

    async with LocalBackend(
        registry, load_poem_generator=load, timeouts=Timeouts(head_start_seconds=PATIENCE_SECONDS)
    ):
        pass


async def test_closing_does_not_wait_for_a_poet_that_nobody_waits_for(
    registry: ModelRegistry,
) -> None:
    is_loading, gate = threading.Event(), threading.Event()

    def load_at_the_gate(_: ModelRegistry, __: str) -> PoemGenerator:
        is_loading.set()
        gate.wait()
        raise ModelNotFoundError("poem")

    pace = Timeouts(head_start_seconds=0)
    async with LocalBackend(registry, load_poem_generator=load_at_the_gate, timeouts=pace):
        assert await asyncio.to_thread(is_loading.wait, PATIENCE_SECONDS)
    gate.set()


async def test_closing_does_not_wait_for_poems_for_ever(registry: ModelRegistry) -> None:
    gate = threading.Event()

    def load_at_the_gate(registry: ModelRegistry, version: str) -> PoemGenerator:
        gate.wait()
        return load_poem_generator(registry, version)

    engine = LocalBackend(
        registry, load_poem_generator=load_at_the_gate, timeouts=Timeouts(grace_seconds=0.05)
    )
    await engine.open()
    accepted = asyncio.create_task(engine.poem(REQUEST))
    accepted.add_done_callback(lambda _: gate.set())
    await asyncio.sleep(0)

    await engine.close()

    with pytest.raises(EngineClosedError):
        await accepted


async def test_a_refreshed_poet_writes_and_poems_under_way_end_with_the_old_one(
    registry: ModelRegistry, card: ModelCard
) -> None:
    theirs = registry.of_guild(7)
    async with LocalBackend(registry) as engine:
        # Loaded before there is another one.
        await engine.poem(REQUEST, guild=7)
        under_way = asyncio.create_task(engine.poem(REQUEST, guild=7))
        new = replace(card, id="2026-02-01-own")
        await asyncio.to_thread(
            write_poem_version, theirs.folder_of("poem"), new, tiny_network(), VOCABULARY, WORDS
        )
        theirs.activate(new.id)
        old = await under_way
        await engine.refresh(7, "poem")

        assert old.model == "2026-01-03-poem"
        assert (await engine.poem(REQUEST, guild=7)).model == new.id
        assert (await engine.poem(REQUEST, guild=8)).model == old.model
        again = replace(REQUEST, candidates=old.candidates)
        assert await engine.poem(again, guild=7, version=old.model) == old


async def test_a_damaged_poet_is_told_and_the_next_one_writes(
    registry: ModelRegistry, card: ModelCard
) -> None:
    theirs = registry.of_guild(7)
    damaged = replace(card, id="2026-02-01-own")
    write_poem_version(theirs.folder_of("poem"), damaged, tiny_network(), VOCABULARY, WORDS)
    theirs.activate(damaged.id)
    (theirs.folder_of("poem") / damaged.id / "model.keras").write_bytes(b"PK")
    told: list[tuple[int | None, str]] = []

    class Told(ServingHooks):
        def damaged(
            self, network: FamilyName, guild: int | None, version: str, reason: str
        ) -> None:
            told.append((guild, version))

    async with LocalBackend(registry, hooks=Told()) as engine:
        assert (await engine.poem(REQUEST, guild=7)).model == "2026-01-03-poem"

    assert told == [(7, damaged.id)]
