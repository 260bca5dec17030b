"""What is stored, what is deleted, and what is never kept."""

import asyncio
import logging
from pathlib import Path

import pytest

from bot.client import Dinobard
from bot.server_settings import ServerSettings
from engine import Store
from tests.end_to_end.talk import ask, names_in
from tests.loopback import LoopbackDiscord

pytestmark = pytest.mark.usefixtures("dinobard")

SECRET = "Pssst-the-treasure-lies-under-the-oak"


async def test_what_is_stored_is_listed(discord_server: LoopbackDiscord) -> None:
    by_prefix = await ask(discord_server, "!privacy")
    by_slash = await (await discord_server.slash("privacy show")).response()

    assert by_slash.is_ephemeral
    assert by_prefix.content == by_slash.content
    assert "!privacy forget" in by_prefix.content


async def test_what_is_stored_of_a_user_is_deleted(discord_server: LoopbackDiscord) -> None:
    reply = await (await discord_server.slash("privacy forget")).response()

    assert reply.is_ephemeral
    assert "are deleted" in reply.content


def _leave_model(store: Store) -> None:
    """Put a file where a server's own versions are."""
    folder = store.folder_of("dino") / "version"
    folder.mkdir(parents=True)
    (folder / "corpus.txt").write_text("a member's upload")


async def test_what_a_server_has_is_deleted_when_the_bot_is_removed(
    dinobard: Dinobard, discord_server: LoopbackDiscord
) -> None:
    servers = dinobard.house.servers
    other = discord_server.add_guild("other")
    await discord_server.announce(other)
    mine = ServerSettings(prefix="?")
    for guild in (other, discord_server.guild):
        await servers.change(guild.id, mine)
        await asyncio.to_thread(_leave_model, dinobard.house.store.of_server(guild.id))

    await discord_server.remove_bot(other)
    await discord_server.settled()

    store = dinobard.house.store
    assert not store.of_server(other.id).root.exists()
    assert store.of_server(discord_server.guild.id).root.exists()
    assert await servers.of(other.id) == servers.defaults
    assert await servers.of(discord_server.guild.id) == mine


async def test_an_outage_deletes_nothing(
    dinobard: Dinobard, discord_server: LoopbackDiscord
) -> None:
    servers, guild = dinobard.house.servers, discord_server.guild
    mine = ServerSettings(prefix="?")
    await servers.change(guild.id, mine)

    await discord_server.begin_outage(guild)
    await discord_server.settled()
    await discord_server.end_outage(guild)
    await discord_server.settled()

    assert await servers.of(guild.id) == mine
    assert names_in(await ask(discord_server, "?dino"))


async def test_what_is_no_command_is_neither_stored_nor_logged(
    discord_server: LoopbackDiscord, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    # What discord.py itself writes at DEBUG, every event, is never shown: see bot/telemetry.py.
    logging.getLogger("discord").setLevel(logging.WARNING)
    await discord_server.silence_after(SECRET)
    await discord_server.silence_after(f"!{SECRET} dino")
    message = await discord_server.say(f"{discord_server.bot.mention} {SECRET}")
    await discord_server.edit(message, f"{SECRET}, indeed")
    await discord_server.settled()
    await ask(discord_server, "!dino")

    assert SECRET not in caplog.text
    files = [path for path in home.rglob("*") if path.is_file()]
    assert any(path.name == "state.sqlite3" for path in files)
    for path in files:
        assert SECRET.encode() not in path.read_bytes()
