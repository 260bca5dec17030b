"""Features know the inference backend by its protocol alone."""

from pathlib import Path

import pytest

import data
from bot import features
from bot.context import RequestContext
from bot.services import open_services
from engine import (
    InferenceBackend,
    ModelRegistry,
    NameRequest,
    Names,
    OverloadedError,
    Poem,
    PoemRequest,
    ServingHooks,
)
from engine.models.registry import Network


class FakeBackend(InferenceBackend):
    """Answers from its requests alone, without a model."""

    def __init__(self, registry: ModelRegistry) -> None:
        self._registry = registry
        self.is_open = False
        self.is_overloaded = False

    @property
    def registry(self) -> ModelRegistry:
        return self._registry

    @property
    def model(self) -> str:
        return "fake"

    async def open(self) -> None:
        self.is_open = True

    async def close(self) -> None:
        self.is_open = False

    async def names(
        self, request: NameRequest, *, guild: int | None = None, version: str | None = None
    ) -> Names:
        if self.is_overloaded:
            raise OverloadedError(2.0)
        return Names((f"{request.prefix}saurus".capitalize(),) * request.count, 1, self.model)

    async def poem(
        self, request: PoemRequest, *, guild: int | None = None, version: str | None = None
    ) -> Poem:
        return Poem(f"{request.prompt}\nis sweet", request.prompt, 1, self.model, 1)

    def preload(self) -> None:
        pass

    async def refresh(self, guild: int | None, network: Network) -> None:
        pass

    def is_ready(self, network: Network) -> bool:
        return network == "dino"

    def waiting(self, network: Network) -> int:
        return 0

    def add_hooks(self, hooks: ServingHooks) -> None:
        pass


@pytest.mark.asyncio
async def test_features_run_on_another_backend(tmp_path: Path) -> None:
    backend = FakeBackend(ModelRegistry(tmp_path / "models", data.MODELS))
    context = RequestContext(user=1)
    async with open_services(backend, tmp_path / "state.sqlite3") as services:
        assert backend.is_open
        names = await features.perform("dino", services, context, "1 tri")
        poem = await features.perform("poem", services, context, "The rose")
        notice = features.notice("poem", services, context)
        backend.is_overloaded = True
        refusal = await features.perform("dino", services, context, "")

    assert "Trisaurus" in names.bare
    assert poem.text == "The rose\nis sweet"
    assert notice is not None
    assert refusal.is_refusal
    assert not backend.is_open
