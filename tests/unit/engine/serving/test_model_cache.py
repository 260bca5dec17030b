"""The models in memory when the engine closes."""

import asyncio
import threading
from pathlib import Path

import pytest

import data
from engine import ModelRegistry
from engine.errors import EngineClosedError
from engine.serving.model_cache import ModelCache


async def test_whoever_waits_for_a_model_is_told_that_it_comes_no_more(tmp_path: Path) -> None:
    reached, gate = threading.Event(), threading.Event()

    def load(_: ModelRegistry, version: str) -> str:
        reached.set()
        gate.wait()
        return version

    cache = ModelCache(ModelRegistry(tmp_path, data.MODELS), "dino", load, limit=2, hooks=[])
    loading = asyncio.create_task(cache.get(None, None))
    await asyncio.to_thread(reached.wait)
    waiting = asyncio.create_task(cache.refresh(7))
    await asyncio.sleep(0.01)

    cache.close()

    with pytest.raises(EngineClosedError):
        await waiting
    gate.set()
    assert await loading
