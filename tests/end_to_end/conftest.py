"""The bot as it is shipped, connected to a Discord on this machine."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

import data
from bot.client.bot import Dinobard
from bot.cogs import COGS
from bot.services import open_services
from engine import LocalBackend, ModelRegistry, PoemRequest
from engine.generation.poems import PoemGenerator
from engine.serving.local_backend import load_poem_generator
from tests.end_to_end.program import Program
from tests.loopback import LoopbackDiscord
from tests.loopback.clients import running


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty folder for all that must last."""
    return tmp_path / "home"


@pytest.fixture
def registry(home: Path) -> ModelRegistry:
    """The shipped model alone."""
    return ModelRegistry(home / "models", data.MODELS)


@pytest.fixture(scope="session")
def generator(tmp_path_factory: pytest.TempPathFactory) -> PoemGenerator:
    """The shipped poem network, loaded once for all tests."""
    return load_poem_generator(ModelRegistry(tmp_path_factory.mktemp("home"), data.MODELS))


@pytest_asyncio.fixture
async def dinobard(
    discord_server: LoopbackDiscord, registry: ModelRegistry, home: Path
) -> AsyncGenerator[Dinobard]:
    """The bot in this event loop, with the shipped model; it loads TensorFlow at need."""
    async with open_services(
        LocalBackend(registry, preloads_poems=False), home / "state.sqlite3"
    ) as services:
        client = Dinobard(services, discord_server.api_url, cogs=COGS)
        async with running(client, discord_server):
            yield client


@pytest_asyncio.fixture
async def poetic(
    discord_server: LoopbackDiscord, registry: ModelRegistry, home: Path, generator: PoemGenerator
) -> AsyncGenerator[Dinobard]:
    """The bot with its poem network already loaded."""

    def loaded(_: ModelRegistry, __: str) -> PoemGenerator:
        return generator

    engine = LocalBackend(registry, load_poem_generator=loaded)
    async with open_services(engine, home / "state.sqlite3") as services:
        await engine.poem(PoemRequest(length=80))
        client = Dinobard(services, discord_server.api_url, cogs=COGS)
        async with running(client, discord_server):
            yield client


@pytest.fixture
def program(home: Path) -> Program:
    """The program, to be run as a process."""
    home.mkdir(exist_ok=True)
    return Program(home)
