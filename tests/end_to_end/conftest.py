"""The bot as it is shipped, connected to a Discord on this machine."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

import data
from bot.client.bot import Dinobard
from bot.services import open_house
from engine import Engine, PoemRequest, Store
from engine.generation.poems import Poet
from engine.serving.engine import load_poet
from tests.end_to_end.program import Program
from tests.loopback import LoopbackDiscord
from tests.loopback.clients import running


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty folder for all that must last."""
    return tmp_path / "home"


@pytest.fixture
def store(home: Path) -> Store:
    """The shipped model alone."""
    return Store(home / "models", data.MODELS)


@pytest.fixture(scope="session")
def poet(tmp_path_factory: pytest.TempPathFactory) -> Poet:
    """The shipped poem network, loaded once for all tests."""
    return load_poet(Store(tmp_path_factory.mktemp("home"), data.MODELS))


@pytest_asyncio.fixture
async def dinobard(
    discord_server: LoopbackDiscord, store: Store, home: Path
) -> AsyncGenerator[Dinobard]:
    """The bot in this event loop, with the shipped model; it loads TensorFlow at need."""
    async with open_house(Engine(store, wakes_poet=False), home / "state.sqlite3") as house:
        client = Dinobard(house, discord_server.api_url)
        async with running(client, discord_server):
            yield client


@pytest_asyncio.fixture
async def poetic(
    discord_server: LoopbackDiscord, store: Store, home: Path, poet: Poet
) -> AsyncGenerator[Dinobard]:
    """The bot with its poem network already loaded."""

    def loaded(_: Store, __: str) -> Poet:
        return poet

    engine = Engine(store, load_poet=loaded)
    async with open_house(engine, home / "state.sqlite3") as house:
        await engine.poem(PoemRequest(length=80))
        client = Dinobard(house, discord_server.api_url)
        async with running(client, discord_server):
            yield client


@pytest.fixture
def program(home: Path) -> Program:
    """The program, to be run as a process."""
    home.mkdir(exist_ok=True)
    return Program(home)
