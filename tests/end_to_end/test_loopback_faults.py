"""REST faults: rate limits, server errors, slow answers and cut lines."""

import asyncio
from collections.abc import AsyncGenerator

import aiohttp
import discord
import pytest
import pytest_asyncio

from tests.loopback import LoopbackDiscord
from tests.loopback.clients import running
from tests.loopback.specimen import Specimen

MESSAGES = "/channels/*/messages"


@pytest_asyncio.fixture
async def bot(discord_server: LoopbackDiscord) -> AsyncGenerator[Specimen]:
    specimen = Specimen()
    async with running(specimen, discord_server):
        yield specimen


def statuses(server: LoopbackDiscord) -> list[int]:
    """Return how the server answered when messages were sent."""
    return [call.status for call in server.calls if call.path.endswith("/messages")]


async def test_every_answer_tells_its_rate_limit(discord_server: LoopbackDiscord) -> None:
    headers = {"Authorization": f"Bot {discord_server.token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.get(f"{discord_server.api_url}/gateway/bot") as response,
    ):
        body = await response.json()
    assert body["url"] == discord_server.gateway_url
    assert {"X-RateLimit-Remaining", "X-RateLimit-Bucket"} <= set(response.headers)


@pytest.mark.parametrize("is_global", [False, True], ids=["route", "global"])
async def test_rate_limited_message_arrives_in_the_end(
    discord_server: LoopbackDiscord, bot: Specimen, is_global: bool
) -> None:
    discord_server.faults.rate_limit(
        "POST", MESSAGES, retry_after_seconds=0.05, is_global=is_global, times=2
    )
    await discord_server.say("!echo hello")
    assert (await discord_server.reply()).content == "hello"
    assert statuses(discord_server) == [429, 429, 200]


async def test_rate_limited_interaction_arrives_in_the_end(
    discord_server: LoopbackDiscord, bot: Specimen
) -> None:
    discord_server.faults.rate_limit("POST", "/interactions/*/*/callback")
    interaction = await discord_server.slash("echo", text="hello")
    assert (await interaction.response()).content == "hello"


async def test_counted_requests_are_spaced_by_the_client(
    discord_server: LoopbackDiscord, bot: Specimen
) -> None:
    discord_server.faults.limit_requests(2, window_seconds=0.1)
    await asyncio.gather(*(discord_server.say(f"!echo {number}") for number in range(6)))
    replies = await discord_server.replies(6)
    assert {reply.content for reply in replies} == set("012345")
    # The client reads the headers and waits of its own accord, so that it is seldom refused.
    assert statuses(discord_server).count(429) <= 1


@pytest.mark.parametrize("status", [500, 502])
async def test_server_error_is_tried_again(
    discord_server: LoopbackDiscord, bot: Specimen, status: int
) -> None:
    discord_server.faults.fail(status, "POST", MESSAGES)
    await discord_server.say("!echo hello")
    assert (await discord_server.reply()).content == "hello"
    assert statuses(discord_server) == [status, 200]


async def test_unavailable_service_is_an_error(
    discord_server: LoopbackDiscord, bot: Specimen
) -> None:
    discord_server.faults.fail(503, "POST", MESSAGES)
    await discord_server.silence_after("!echo hello")
    (error,) = bot.errors
    assert isinstance(error, discord.DiscordServerError)


async def test_nonce_guards_against_sending_twice(
    discord_server: LoopbackDiscord, bot: Specimen
) -> None:
    # The client gives every message a nonce, so that trying again doesn't repeat the deed.
    discord_server.faults.fail(500, "POST", MESSAGES, is_applied=True)
    message = await discord_server.say("!echo hello")
    await discord_server.settled()
    assert statuses(discord_server) == [500, 200]
    assert len(message.answers) == 1


async def test_refusal_reaches_the_command(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    discord_server.faults.refuse(403, 50013, "Missing Permissions", "POST", MESSAGES)
    await discord_server.silence_after("!echo hello")
    (error,) = bot.errors
    assert isinstance(error, discord.Forbidden)
    assert error.code == 50013


async def test_held_answer_comes_when_released(
    discord_server: LoopbackDiscord, bot: Specimen
) -> None:
    gate = discord_server.faults.hold("POST", MESSAGES)
    message = await discord_server.say("!echo hello")
    await gate.reached()
    assert not message.answers
    gate.release()
    assert (await discord_server.reply(to=message)).content == "hello"


async def test_delayed_answer_comes_late(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    discord_server.faults.delay(0.02, "POST", MESSAGES)
    message = await discord_server.say("!echo hello")
    assert (await discord_server.reply(to=message)).content == "hello"


async def test_cut_line_is_an_error(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    discord_server.faults.reset_connections("POST", MESSAGES)
    await discord_server.silence_after("!echo hello")
    (error,) = bot.errors
    assert isinstance(error, aiohttp.ClientError)


async def test_all_is_well_after_clearing(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    discord_server.faults.fail(503, times=100)
    discord_server.faults.clear()
    message = await discord_server.say("!echo hello")
    assert (await discord_server.reply(to=message)).content == "hello"
