"""Features on a backend that is no network at all."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Self

import pytest

from bot.context import OPERATOR
from bot.features import perform
from bot.services import Services, open_services
from engine import ModelRegistry, NameRequest, Names, Poem, PoemRequest, ServingHooks


class FakeBackend:
    """Answers each request with what was requested."""

    model = "fake"
    is_ready = True

    def __init__(self, registry: ModelRegistry) -> None:
        self.registry = registry

    async def open(self) -> None: ...
    async def close(self) -> None: ...
    def preload(self) -> None: ...
    def add_hooks(self, hooks: ServingHooks) -> None: ...

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None: ...

    def waiting(self, network: str) -> int:
        return 0

    async def names(self, request: NameRequest, **_: Any) -> Names:
        names = tuple(f"{request.prefix}saurus{n}".capitalize() for n in range(request.count))
        return Names(names, request.seed or 1, self.model)

    async def poem(self, request: PoemRequest, **_: Any) -> Poem:
        return Poem(
            f"{request.prompt}\nand so on", request.prompt, request.seed or 1, self.model, 1
        )

    async def refresh(self, guild: int | None, network: str) -> None: ...


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    backend = FakeBackend(ModelRegistry(tmp_path / "models", tmp_path / "shipped"))
    async with open_services(backend, tmp_path / "state.sqlite3") as opened:
        yield opened


async def test_names_are_those_of_the_backend(services: Services) -> None:
    reply = await perform("dino", services, OPERATOR, "2 tri")

    assert "Trisaurus0" in reply.text
    assert "Trisaurus1" in reply.text


async def test_a_poem_is_that_of_the_backend(services: Services) -> None:
    reply = await perform("poem", services, OPERATOR, "A fake line")

    assert reply.text == "A fake line\nand so on"
