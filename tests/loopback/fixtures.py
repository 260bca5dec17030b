"""The loopback Discord as a pytest fixture."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.loopback.server import LoopbackDiscord


@pytest_asyncio.fixture
async def discord_server() -> AsyncIterator[LoopbackDiscord]:
    """A Discord with a guild, a channel and a member, and no bot connected yet."""
    async with LoopbackDiscord() as server:
        yield server
