"""The log of requests over Discord: one reference from message to reply, nothing of the message."""

import io
import json
import logging
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.client.bot import Dinobard
from bot.cogs import COGS
from bot.observability import logs
from bot.services import open_services
from engine import LocalBackend, ModelRegistry, NameRequest, Names
from tests.loopback import LoopbackDiscord
from tests.loopback.clients import running


class Broken(LocalBackend):
    """Fails with an error that holds what was asked for."""

    async def names(self, request: NameRequest, **options: Any) -> Names:
        raise RuntimeError(f"there is nothing that begins with {request.prefix!r}")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the bot logs, as it would be written."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.formatter(is_human=False))
    ours = logging.getLogger("bot")
    level = ours.level
    ours.addHandler(handler)
    ours.setLevel(logging.DEBUG)
    yield written
    ours.setLevel(level)
    ours.removeHandler(handler)


@pytest_asyncio.fixture
async def broken(
    discord_server: LoopbackDiscord, registry: ModelRegistry, home: Path
) -> AsyncGenerator[None]:
    async with (
        open_services(Broken(registry, preloads_poems=False), home / "state.sqlite3") as services,
        running(Dinobard(services, discord_server.api_url, cogs=COGS), discord_server),
    ):
        yield


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


@pytest.mark.usefixtures("broken")
async def test_the_reference_in_a_reply_is_that_of_all_lines_about_the_request(
    discord_server: LoopbackDiscord, log: io.StringIO
) -> None:
    first = await discord_server.reply(to=await discord_server.say("!dino zyxwv"))
    second = await discord_server.reply(to=await discord_server.say("!dino zyxwv"))
    interaction = await discord_server.slash("dino", beginning="zyxwv")
    third = await interaction.response()

    references = [line["reference"] for line in lines(log) if "exception" in line]
    assert len(set(references)) == 3
    for reference, reply in zip(references, (first, second, third), strict=True):
        assert reference in reply.content
        about = [line for line in lines(log) if line.get("reference") == reference]
        assert len(about) >= 2
    assert "nothing that begins with" in log.getvalue()
    assert "zyxwv" not in log.getvalue()
    assert "Mary Anning" not in log.getvalue()
