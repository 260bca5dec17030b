"""Versions that another process activates."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine import LocalBackend, ModelRegistry, NameRequest, ServingHooks
from engine.families import FamilyName
from engine.models.names_model import NamesModel, write_version
from engine.serving.activations import ActivationWatcher

GUILD, OTHER = 7, 8


class Served(ServingHooks):
    """Waits for versions to be served."""

    def __init__(self) -> None:
        self.found: dict[int | None, str] = {}
        self.damages = 0
        self._changed = asyncio.Event()

    def served(self, network: FamilyName, guild: int | None, version: str) -> None:
        self.found[guild] = version
        self._changed.set()

    def damaged(self, network: FamilyName, guild: int | None, version: str, reason: str) -> None:
        self.damages += 1

    async def until(self, guild: int | None, version: str) -> None:
        while self.found.get(guild) != version:
            self._changed.clear()
            await self._changed.wait()


def add(registry: ModelRegistry, model: NamesModel, version: str) -> Path:
    folder = registry.folder_of("dino")
    card = replace(model.card, id=version)
    write_version(folder, card, model.parameters, model.vocabulary, model.known)
    return folder / version


@pytest.fixture
def registry(tmp_path: Path, tiny_model: NamesModel) -> ModelRegistry:
    registry = ModelRegistry(tmp_path / "own", tmp_path / "shipped")
    for version in ("first", "second", "third"):
        add(registry, tiny_model, version)
    registry.activate("first")
    return registry


@pytest.fixture
def other_process(registry: ModelRegistry) -> ModelRegistry:
    return ModelRegistry(registry.root, registry.shipped)


@pytest.fixture
def served() -> Served:
    return Served()


@pytest.fixture
async def backend(registry: ModelRegistry, served: Served) -> AsyncIterator[LocalBackend]:
    backend = LocalBackend(registry, preloads_poems=False, hooks=served)
    watcher = ActivationWatcher(backend, interval_seconds=0.01)
    async with backend, watcher:
        for guild in (None, GUILD, OTHER):
            await backend.names(NameRequest(), guild=guild)
        yield backend


async def test_what_the_host_activates_is_served(
    backend: LocalBackend, served: Served, other_process: ModelRegistry
) -> None:
    other_process.activate("second")
    await served.until(None, "second")

    assert backend.model == "second"
    assert (await backend.names(NameRequest(), guild=GUILD)).model == "second"

    # And again, for guilds too that have been looked up anew.
    other_process.roll_back()
    await served.until(None, "first")

    assert (await backend.names(NameRequest(), guild=GUILD)).model == "first"


async def test_what_is_activated_for_a_guild_is_served_there_alone(
    backend: LocalBackend, served: Served, other_process: ModelRegistry
) -> None:
    other_process.of_guild(GUILD).activate("second")
    await served.until(GUILD, "second")

    found = [(await backend.names(NameRequest(), guild=guild)).model for guild in (GUILD, OTHER)]
    assert found == ["second", "first"]
    assert backend.model == "first"

    other_process.activate("third")
    await served.until(None, "third")

    found = [(await backend.names(NameRequest(), guild=guild)).model for guild in (GUILD, OTHER)]
    assert found == ["second", "third"]


async def test_what_is_activated_while_a_version_is_loaded_is_not_missed(
    registry: ModelRegistry, other_process: ModelRegistry, served: Served
) -> None:
    backend = LocalBackend(registry, preloads_poems=False, hooks=served)
    watcher = ActivationWatcher(backend, interval_seconds=0.01)
    async with backend:
        # It was loaded before the first check, which cannot know that the choice has changed.
        other_process.activate("second")
        assert backend.model == "first"
        async with watcher:
            await served.until(None, "second")


async def test_a_version_that_cannot_be_served_is_tried_once(
    backend: LocalBackend, served: Served, other_process: ModelRegistry, tiny_model: NamesModel
) -> None:
    folder = add(other_process, tiny_model, "fourth")
    other_process.activate("fourth")
    await served.until(None, "fourth")
    add(other_process, tiny_model, "fifth")
    broken = folder.with_name("fifth") / "weights.npz"
    (folder.with_name("active.json")).write_text('["fourth", "fifth"]')
    broken.write_bytes(b"bones")
    # Each of these changes lets it look again.
    for version in ("second", "third", "second"):
        other_process.of_guild(GUILD).activate(version)
        while (await backend.names(NameRequest(), guild=GUILD)).model != version:
            pass

    # The one before it goes on.
    assert backend.model == "fourth"
    assert served.damages == 1


def test_each_activation_changes_the_token(other_process: ModelRegistry) -> None:
    tokens = {other_process.last_change()}
    for registry in (other_process, other_process.of_guild(GUILD), other_process):
        registry.activate("second")
        tokens.add(other_process.last_change())
    other_process.roll_back()
    tokens.add(other_process.of_guild(GUILD).last_change())

    assert len(tokens) == 5
