"""Faults of the disk and the clock under the running bot: who asks is answered all the same."""

import asyncio
import time
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

import data
from bot.client.bot import Dinobard
from bot.cogs import COGS
from bot.services import Services, open_services
from engine import LocalBackend, ModelRegistry
from tests.end_to_end.locking import locked
from tests.end_to_end.talk import ask, names_in
from tests.loopback import LoopbackDiscord
from tests.loopback.clients import running
from tests.loopback.exchange import ResponseKind

_YEAR_SECONDS = 365.0 * 24 * 3600


@pytest_asyncio.fixture
async def services(discord_server: LoopbackDiscord, home: Path) -> AsyncGenerator[Services]:
    """What the running bot works with."""
    engine = LocalBackend(ModelRegistry(home / "models", data.MODELS), preloads_poems=False)
    async with (
        open_services(engine, home / "state.sqlite3") as opened,
        running(Dinobard(opened, discord_server.api_url, cogs=COGS), discord_server),
    ):
        yield opened


async def kept(services: Services) -> int:
    row = await services.database.row("SELECT count(*) FROM answers")
    assert row
    assert isinstance(row[0], int)
    return row[0]


async def test_names_are_given_on_a_full_disk_and_kept_again_when_there_is_room(
    discord_server: LoopbackDiscord, services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    size = await services.database.row("PRAGMA page_count")
    assert size
    await services.database.write(f"PRAGMA max_page_count = {size[0]}")
    reply = await ask(discord_server, "!dino 20")
    while "is full" not in caplog.text:
        reply = await ask(discord_server, "!dino 20")
        assert len(names_in(reply)) == 20
    on_the_full_disk = await kept(services)
    assert [button for button in reply.buttons if "Delete" not in button] == []

    await services.database.write("PRAGMA max_page_count = 100000")

    assert "Another" in (await ask(discord_server, "!dino")).buttons
    assert await kept(services) == on_the_full_disk + 1


async def test_names_are_given_while_another_process_has_locked_the_database(
    discord_server: LoopbackDiscord, services: Services, home: Path
) -> None:
    await ask(discord_server, "!dino")

    async with locked(home):
        assert len(names_in(await ask(discord_server, "!dino 2"))) == 2

    await ask(discord_server, "!dino")
    assert await kept(services) == 2


async def test_who_only_reads_does_not_wait_for_who_waits_to_write(
    discord_server: LoopbackDiscord, services: Services, home: Path
) -> None:
    elsewhere = discord_server.add_guild("elsewhere")
    channel, stranger = elsewhere.add_channel(), elsewhere.add_member("stranger")
    await discord_server.announce(elsewhere)
    async with locked(home):
        asked = await discord_server.slash("dino")
        # The answer waits to be kept, and the settings of the other server are not in memory.
        assert await asked.acknowledged() is ResponseKind.DEFERRED_MESSAGE

        pong = await discord_server.slash("ping", author=stranger, channel=channel)

        assert await pong.response()
        assert asked.record.answer is None
    assert names_in(await asked.response())


async def test_two_settings_changed_at_once_are_both_kept(services: Services) -> None:
    changes: dict[str, object] = {"prefix": "?", "locale": "zh-CN"}
    await asyncio.gather(
        *(services.guild_settings.set(1, name, value) for name, value in changes.items())
    )

    settings = await services.guild_settings.of(1)
    assert (settings.prefix, settings.locale) == ("?", "zh-CN")


@pytest.mark.usefixtures("services")
@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("settings set", {"name": "prefix", "value": "?"}),
        ("settings reset", {}),
        ("privacy forget", {}),
    ],
)
async def test_a_write_that_fails_is_answered_privately(
    discord_server: LoopbackDiscord, home: Path, command: str, options: dict[str, Any]
) -> None:
    guild = discord_server.guild
    manager = guild.members[guild.owner.id]
    async with locked(home):
        asked = await discord_server.slash(command, author=manager, **options)
        assert await asked.acknowledged() is ResponseKind.DEFERRED_MESSAGE

    assert (await asked.response()).is_ephemeral


@pytest.mark.parametrize("is_slash", [False, True], ids=["prefix", "slash"])
async def test_unreadable_settings_are_answered_with_an_error(
    discord_server: LoopbackDiscord, services: Services, is_slash: bool
) -> None:
    elsewhere = discord_server.add_guild("elsewhere")
    channel, stranger = elsewhere.add_channel(), elsewhere.add_member("stranger")
    await discord_server.announce(elsewhere)
    await services.database.write("DROP TABLE server_settings")

    if is_slash:
        asked = await discord_server.slash("dino", author=stranger, channel=channel)
        reply = await asked.response()
    else:
        said = await discord_server.say("!dino", author=stranger, channel=channel)
        reply = await discord_server.reply(to=said)

    assert "database cannot be reached" in reply.content


@pytest.mark.parametrize("jump", [_YEAR_SECONDS, -_YEAR_SECONDS], ids=["forward", "back"])
async def test_a_clock_that_jumps_in_mid_request_loses_nothing(
    discord_server: LoopbackDiscord,
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
    jump: float,
) -> None:
    gate = discord_server.faults.hold("POST", "/channels/*/messages")
    asked = await discord_server.say("!dino")
    await gate.reached()
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + jump)
    monkeypatch.setattr(services.answers, "_clock", time.time)
    gate.release()

    assert names_in(await discord_server.reply(to=asked))
    assert names_in(await ask(discord_server, "!dino"))
    assert services.backend.waiting("dino") == 0
