"""Runs a discord.py client against a loopback server."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager

import discord
import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.loopback.server import LoopbackDiscord


@contextmanager
def pointed_at(server: LoopbackDiscord) -> Generator[None]:
    """Let the client library find the server in place of Discord."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Route, "BASE", server.api_url)
        gateway = yarl.URL(server.gateway_url)
        patch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", gateway)
        yield


@asynccontextmanager
async def running(
    client: discord.Client, server: LoopbackDiscord, *, shards: int = 1
) -> AsyncGenerator[None]:
    """Run a client until the block ends; it is connected when the block begins."""
    with pointed_at(server):
        task = asyncio.create_task(client.start(server.token), name="client under test")
        try:
            await _connected(server, task, shards)
            # A client may register its commands when it is connected already.
            if (sync := getattr(client, "command_sync", None)) is not None:
                await sync.wait_until_tried()
            yield
        finally:
            await client.close()
            await asyncio.gather(task, return_exceptions=True)


async def _connected(server: LoopbackDiscord, task: asyncio.Task[None], shards: int) -> None:
    waiting = asyncio.create_task(server.connected(shards))
    await asyncio.wait((task, waiting), return_when=asyncio.FIRST_COMPLETED)
    if task.done() and not waiting.done():
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        task.result()
    await waiting
