"""Slash commands are registered when they have changed, and only then."""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import discord
import pytest
from discord import app_commands

import bot.client.command_translator
from bot.client.bot import Dinobard
from bot.cogs import COGS
from bot.services import open_services
from engine import LocalBackend, ModelRegistry
from tests.end_to_end.talk import ask
from tests.loopback import LoopbackDiscord
from tests.loopback.clients import pointed_at, running

COMMANDS = "/applications/*/commands"


class _WithOneMore(Dinobard):
    """A later version of the bot, which has another command."""

    async def setup_hook(self) -> None:
        command = app_commands.Command[Any, ..., None](
            name="fly", description="Fly away", callback=_fly
        )
        self.tree.add_command(command)
        await super().setup_hook()


async def _fly(interaction: discord.Interaction[Any]) -> None:
    await interaction.response.send_message("Off!")


async def start(
    server: LoopbackDiscord, registry: ModelRegistry, home: Path, kind: type[Dinobard] = Dinobard
) -> None:
    async with (
        open_services(
            LocalBackend(registry, preloads_poems=False), home / "state.sqlite3"
        ) as services,
        running(kind(services, server.api_url, cogs=COGS), server),
    ):
        await ask(server, "!ping")


async def test_a_second_start_registers_nothing(
    discord_server: LoopbackDiscord, registry: ModelRegistry, home: Path
) -> None:
    for _ in range(2):
        await start(discord_server, registry, home)

    assert len(discord_server.syncs) == 1


async def test_what_has_changed_is_registered(
    discord_server: LoopbackDiscord, registry: ModelRegistry, home: Path
) -> None:
    await start(discord_server, registry, home)
    await start(discord_server, registry, home, _WithOneMore)

    assert len(discord_server.syncs) == 2
    assert "fly" in {command["name"] for command in discord_server.commands()}


async def test_a_translation_that_has_changed_is_registered(
    discord_server: LoopbackDiscord,
    registry: ModelRegistry,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await start(discord_server, registry, home)
    monkeypatch.setattr(bot.client.command_translator, "FOLDER", home)
    await start(discord_server, registry, home)

    assert len(discord_server.syncs) == 2


async def test_what_discord_refuses_is_logged_and_tried_again_at_the_next_start(
    discord_server: LoopbackDiscord,
    registry: ModelRegistry,
    home: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.client.sync.FIRST_PAUSE_SECONDS", 3600.0)
    discord_server.faults.refuse(400, 30034, "Max daily creates", "PUT", "/applications/*/commands")
    await start(discord_server, registry, home)
    refused = len(discord_server.syncs)
    await start(discord_server, registry, home)

    assert "could not be registered, again in 3600 s: 400 30034" in caplog.text
    assert (refused, len(discord_server.syncs)) == (0, 1)


async def test_of_several_processes_the_one_with_the_first_shard_registers(
    discord_server: LoopbackDiscord, registry: ModelRegistry, home: Path
) -> None:
    registered: list[int] = []
    for shard in (1, 0):
        async with open_services(
            LocalBackend(registry, preloads_poems=False), home / "state.sqlite3"
        ) as services:
            client = Dinobard(
                services, discord_server.api_url, cogs=COGS, shard_count=2, shard_ids=[shard]
            )
            async with running(client, discord_server):
                registered.append(len(discord_server.syncs))

    assert registered == [0, 1]


@asynccontextmanager
async def online(
    server: LoopbackDiscord, registry: ModelRegistry, home: Path, kind: type[Dinobard] = Dinobard
) -> AsyncGenerator[None]:
    """Run the bot without waiting for its registration."""
    engine = LocalBackend(registry, preloads_poems=False)
    async with open_services(engine, home / "state.sqlite3") as services:
        client = kind(services, server.api_url, cogs=COGS)
        with pointed_at(server):
            task = asyncio.create_task(client.start(server.token))
            await server.connected()
            yield
            await client.close()
            await asyncio.gather(task, return_exceptions=True)


async def test_a_rate_limited_registration_keeps_nobody_waiting(
    discord_server: LoopbackDiscord, registry: ModelRegistry, home: Path
) -> None:
    discord_server.faults.rate_limit("PUT", COMMANDS, retry_after_seconds=7_200.0)

    async with online(discord_server, registry, home):
        await discord_server.until(
            lambda: [call for call in discord_server.calls if call.status == 429], "a 429"
        )
        await ask(discord_server, "!dino")

    assert not discord_server.syncs


async def test_a_registration_that_cannot_be_made_is_made_later(
    discord_server: LoopbackDiscord,
    registry: ModelRegistry,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("bot.client.sync.FIRST_PAUSE_SECONDS", 0.01)
    for _ in range(3):
        discord_server.faults.refuse(400, 30034, "Max daily creates", "PUT", COMMANDS)

    async with online(discord_server, registry, home):
        await discord_server.until(lambda: discord_server.syncs, "a registration")

    assert caplog.text.count("could not be registered") == 3
    pauses = re.findall(r"again in (\S+) s", caplog.text)
    assert len(pauses) == 3


class _TooLong(Dinobard):
    """A version of the bot with a command that Discord does not take."""

    async def setup_hook(self) -> None:
        command = app_commands.Command[Any, ..., None](name="fly", description="x", callback=_fly)
        command.description = "x" * 101
        self.tree.add_command(command)
        await super().setup_hook()


async def test_the_field_that_discord_refuses_is_named_and_not_sent_again(
    discord_server: LoopbackDiscord,
    registry: ModelRegistry,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("bot.client.sync.FIRST_PAUSE_SECONDS", 0.0)

    await start(discord_server, registry, home, _TooLong)

    (line,) = [record.getMessage() for record in caplog.records if record.name == "bot.client.sync"]
    assert "fly" in line
    assert "description" in line
    assert "Must be 100 or fewer in length" in line
    assert "\n" not in line
    assert len([call for call in discord_server.calls if call.method == "PUT"]) == 1


async def test_before_the_registration_the_bot_looks_itself_who_may(
    discord_server: LoopbackDiscord, registry: ModelRegistry, home: Path
) -> None:
    stranger = discord_server.guild.add_member("Stranger")
    await start(discord_server, registry, home)
    for command in discord_server.commands():  # As an earlier version had registered them.
        command["default_member_permissions"] = None
    discord_server.faults.rate_limit("PUT", COMMANDS, retry_after_seconds=7_200.0)

    async with online(discord_server, registry, home, _WithOneMore):
        for command in ("retrain dino", "settings show"):
            answer = await (await discord_server.slash(command, author=stranger)).response()
            assert answer.is_ephemeral
            assert "You need Manage Server" in answer.content
