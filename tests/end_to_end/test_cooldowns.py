"""Cooldowns and concurrency limits on Discord."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.client.bot import Dinobard
from bot.cogs import COGS
from bot.cooldowns import MAX_CONCURRENT
from bot.services import open_services
from bot.storage.guild_settings import GuildSettings
from engine import LocalBackend, ModelRegistry, NameRequest, Names
from tests.end_to_end.talk import names_in
from tests.loopback import LoopbackDiscord
from tests.loopback.clients import running


class _Slow(LocalBackend):
    """An engine that answers when it is told to."""

    def __init__(self, registry: ModelRegistry) -> None:
        super().__init__(registry)
        self.asked = 0
        self.gate = asyncio.Event()

    async def names(self, request: NameRequest, **options: Any) -> Names:
        self.asked += 1
        await self.gate.wait()
        return await super().names(request, **options)


@pytest.fixture
def engine(registry: ModelRegistry) -> _Slow:
    return _Slow(registry)


@pytest_asyncio.fixture
async def patient(
    discord_server: LoopbackDiscord, engine: _Slow, home: Path
) -> AsyncGenerator[Dinobard]:
    """The bot, where each member waits a hundred seconds between two requests."""
    engine.gate.set()
    defaults = GuildSettings(user_cooldown_seconds=100.0)
    async with open_services(engine, home / "state.sqlite3", defaults=defaults) as services:
        client = Dinobard(services, discord_server.api_url, cogs=COGS)
        async with running(client, discord_server):
            yield client


@pytest.mark.usefixtures("patient")
async def test_of_a_flood_one_request_is_answered_and_one_notice_given(
    discord_server: LoopbackDiscord,
) -> None:
    messages = [await discord_server.say("!dino") for _ in range(50)]
    await discord_server.settled()

    replies = [answer for message in messages for answer in message.answers]
    assert len(replies) == 2
    name, notice = replies
    assert names_in(name)
    assert "in 100 seconds" in notice.content
    assert not notice.pings


@pytest.mark.usefixtures("patient")
async def test_a_slash_command_that_comes_too_soon_is_refused_privately_each_time(
    discord_server: LoopbackDiscord,
) -> None:
    await discord_server.reply(to=await discord_server.say("!dino"))
    for _ in range(2):
        notice = await (await discord_server.slash("dino")).response()
        assert notice.is_ephemeral
        assert "seconds" in notice.content


@pytest.mark.parametrize("words", ["!dino 99", "!help"])
async def test_where_nothing_was_drawn_nobody_else_waits(
    patient: Dinobard, discord_server: LoopbackDiscord, words: str
) -> None:
    other = discord_server.guild.add_member("Other")
    slow = GuildSettings(user_cooldown_seconds=100.0, channel_cooldown_seconds=100.0)
    await patient.services.guild_settings.change(discord_server.guild.id, slow)

    await discord_server.reply(to=await discord_server.say(words))
    drawn = await discord_server.reply(to=await discord_server.say("!dino", author=other))
    third = discord_server.guild.add_member("Third")
    notice = await discord_server.reply(to=await discord_server.say("!dino", author=third))

    assert names_in(drawn)
    assert "channel" in notice.content


async def test_a_refused_button_begins_no_cooldown_of_the_channel(
    patient: Dinobard, discord_server: LoopbackDiscord
) -> None:
    other = discord_server.guild.add_member("Other")
    answer = await discord_server.reply(to=await discord_server.say("!dino", author=other))
    slow = GuildSettings(user_cooldown_seconds=100.0, channel_cooldown_seconds=100.0)
    await patient.services.guild_settings.change(discord_server.guild.id, slow)
    await patient.services.answers.forget_user(other.user.id)
    cooldowns = patient.services.cooldowns
    vars(cooldowns)["_cooldowns"].clear()

    faded = await (await discord_server.click(answer, "Another", author=other)).response()
    drawn = await discord_server.reply(to=await discord_server.say("!dino"))

    assert faded.is_ephemeral
    assert names_in(drawn)


@pytest.mark.usefixtures("patient")
async def test_another_member_does_not_wait(discord_server: LoopbackDiscord) -> None:
    other = discord_server.guild.add_member("Other")
    first = await discord_server.reply(to=await discord_server.say("!dino"))
    second = await discord_server.reply(to=await discord_server.say("!dino", author=other))

    assert names_in(first)
    assert names_in(second)


async def test_a_notice_goes_away_by_itself(
    dinobard: Dinobard, discord_server: LoopbackDiscord
) -> None:
    short = GuildSettings(user_cooldown_seconds=5.0)
    await dinobard.services.guild_settings.change(discord_server.guild.id, short)
    await discord_server.reply(to=await discord_server.say("!dino"))
    notice = await discord_server.reply(to=await discord_server.say("!dino"))

    assert "seconds" in notice.content
    await discord_server.until(
        lambda: notice.is_deleted or None, "the notice deleted", timeout_seconds=30
    )


async def test_few_requests_of_a_member_run_at_a_time(
    discord_server: LoopbackDiscord, engine: _Slow, home: Path
) -> None:
    async with (
        open_services(engine, home / "state.sqlite3") as services,
        running(Dinobard(services, discord_server.api_url, cogs=COGS), discord_server),
    ):
        waiting = [await discord_server.say("!dino") for _ in range(MAX_CONCURRENT)]
        refused = await discord_server.reply(to=await discord_server.say("!dino"))
        silent = await discord_server.say("!dino")
        slash = await (await discord_server.slash("dino")).response()
        asked = engine.asked
        engine.gate.set()
        granted = [await discord_server.reply(to=message) for message in waiting]
        after = await discord_server.reply(to=await discord_server.say("!dino"))

    assert asked == MAX_CONCURRENT
    assert f"{MAX_CONCURRENT} of your requests" in refused.content
    assert slash.is_ephemeral
    assert silent.answers == []
    assert all(map(names_in, [*granted, after]))


async def test_a_failing_slash_command_gives_its_place_back(
    dinobard: Dinobard, discord_server: LoopbackDiscord
) -> None:
    for _ in range(2 * MAX_CONCURRENT):
        discord_server.faults.refuse(
            403, 50013, "Missing Permissions", "POST", "/interactions/*/*/callback"
        )
        await discord_server.slash("ping")
        await discord_server.settled()

    assert (await (await discord_server.slash("ping")).response()).content
    await discord_server.settled()
    assert not vars(dinobard.services.cooldowns)["_running"]
