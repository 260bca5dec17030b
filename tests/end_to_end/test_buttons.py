"""Buttons on Discord: who may press them, and what becomes of the message."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.client.bot import Dinobard
from bot.cogs import COGS
from bot.services import open_services
from engine import LocalBackend, ModelRegistry
from tests.end_to_end.talk import ask
from tests.loopback import LoopbackDiscord, Permission
from tests.loopback.clients import running
from tests.loopback.exchange import ResponseKind

DELETE = "🗑 Delete"


@asynccontextmanager
async def _running(
    server: LoopbackDiscord, registry: ModelRegistry, home: Path
) -> AsyncGenerator[None]:
    async with (
        open_services(
            LocalBackend(registry, preloads_poems=False), home / "state.sqlite3"
        ) as services,
        running(Dinobard(services, server.api_url, cogs=COGS), server),
    ):
        yield


@pytest.mark.usefixtures("dinobard")
async def test_the_member_deletes_an_answer(discord_server: LoopbackDiscord) -> None:
    answer = await ask(discord_server, "!dino")

    press = await discord_server.click(answer, DELETE)

    assert await press.acknowledged() is ResponseKind.DEFERRED_UPDATE
    await discord_server.until(lambda: answer.is_deleted or None, "the answer to be deleted")


@pytest.mark.usefixtures("dinobard")
async def test_a_moderator_deletes_an_answer(discord_server: LoopbackDiscord) -> None:
    moderator = discord_server.guild.add_member("Mary", Permission.MANAGE_MESSAGES)
    answer = await ask(discord_server, "!dino")

    await discord_server.click(answer, DELETE, author=moderator)

    await discord_server.until(lambda: answer.is_deleted or None, "the answer to be deleted")


@pytest.mark.usefixtures("dinobard")
async def test_nobody_else_deletes_an_answer(discord_server: LoopbackDiscord) -> None:
    answer = await ask(discord_server, "!dino")

    press = await discord_server.click(
        answer, DELETE, author=discord_server.guild.add_member("Nosy")
    )

    refusal = await press.response()
    assert "Only the member who asked" in refusal.content
    assert refusal.is_ephemeral
    assert not refusal.pings
    assert not answer.is_deleted


async def test_buttons_survive_a_restart_of_the_bot(
    discord_server: LoopbackDiscord, registry: ModelRegistry, home: Path
) -> None:
    async with _running(discord_server, registry, home):
        answer = await ask(discord_server, "!dino")

    async with _running(discord_server, registry, home):
        await discord_server.click(answer, DELETE)
        await discord_server.until(lambda: answer.is_deleted or None, "the answer to be deleted")


@pytest.mark.usefixtures("dinobard")
async def test_a_button_answered_too_late_does_no_harm(
    discord_server: LoopbackDiscord, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await ask(discord_server, "!dino")
    discord_server.faults.refuse(
        404, 10062, "Unknown interaction", "POST", "/interactions/*/*/callback"
    )

    await discord_server.click(answer, DELETE)
    await discord_server.settled()

    assert "could not be sent: 404" in caplog.text
    assert not answer.is_deleted
    discord_server.faults.clear()
    await discord_server.click(answer, DELETE)
    await discord_server.until(lambda: answer.is_deleted or None, "the answer to be deleted")


@pytest.mark.usefixtures("dinobard")
async def test_a_button_of_a_deleted_message_does_no_harm(
    discord_server: LoopbackDiscord, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await ask(discord_server, "!dino")
    gate = discord_server.faults.hold("POST", "/interactions/*/*/callback")
    await discord_server.click(answer, DELETE)
    await gate.reached()
    await discord_server.delete(answer)
    gate.release()
    await discord_server.settled()

    assert "could not be sent" not in caplog.text
