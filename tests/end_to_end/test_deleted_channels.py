"""Answers go with the channel or thread that they were given in."""

import pytest

from bot.client.bot import Dinobard
from tests.loopback import LoopbackDiscord
from tests.loopback.world import Channel


async def answered_in(server: LoopbackDiscord, channel: Channel) -> None:
    member = server.guild.add_member()
    await server.reply(to=await server.say("!dino", author=member, channel=channel))


async def kept(bot: Dinobard) -> set[int]:
    """Return the channels of which answers are kept."""
    await bot.services.answers.written()
    rows = await bot.services.database.rows("SELECT channel FROM answers")
    return {int(str(channel)) for (channel,) in rows}


@pytest.fixture
def quarry(discord_server: LoopbackDiscord) -> Channel:
    return discord_server.guild.add_channel("quarry")


@pytest.fixture
def threads(discord_server: LoopbackDiscord, quarry: Channel) -> list[Channel]:
    return [discord_server.guild.add_thread(quarry, name) for name in ("bones", "eggs")]


async def test_answers_go_with_their_thread(
    discord_server: LoopbackDiscord, quarry: Channel, threads: list[Channel], dinobard: Dinobard
) -> None:
    for channel in (discord_server.channel, quarry, *threads):
        await answered_in(discord_server, channel)

    await discord_server.delete_channel(threads[0])
    await discord_server.settled()

    assert await kept(dinobard) == {discord_server.channel.id, quarry.id, threads[1].id}


@pytest.mark.parametrize("is_archived", [False, True], ids=["open threads", "archived threads"])
async def test_answers_go_with_their_channel_and_its_threads(
    discord_server: LoopbackDiscord,
    quarry: Channel,
    threads: list[Channel],
    dinobard: Dinobard,
    is_archived: bool,
) -> None:
    for channel in (discord_server.channel, quarry, *threads):
        await answered_in(discord_server, channel)
    for thread in threads:
        thread.is_archived = is_archived
        await discord_server.update(thread)

    await discord_server.delete_channel(quarry)
    await discord_server.settled()

    assert await kept(dinobard) == {discord_server.channel.id}


async def test_an_answer_that_is_being_kept_goes_with_its_channel_too(
    discord_server: LoopbackDiscord, quarry: Channel, dinobard: Dinobard
) -> None:
    gate = discord_server.faults.hold("POST", f"/channels/{quarry.id}/messages")
    await discord_server.say("!dino", channel=quarry)
    await gate.reached()

    await discord_server.delete_channel(quarry)
    gate.release()
    await discord_server.settled()

    assert await kept(dinobard) == set()
