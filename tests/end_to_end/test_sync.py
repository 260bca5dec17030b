"""Slash commands are registered when they have changed, and only then."""

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
from tests.loopback.clients import running


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
) -> None:
    discord_server.faults.refuse(400, 30034, "Max daily creates", "PUT", "/applications/*/commands")
    await start(discord_server, registry, home)
    refused = len(discord_server.syncs)
    await start(discord_server, registry, home)

    assert "could not be registered: 400 30034" in caplog.text
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
