"""The loopback Discord refuses what a bot may not do, and tells it what has changed."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta

import discord
import pytest
import pytest_asyncio

from tests.loopback import LoopbackDiscord, Permission
from tests.loopback.clients import running


@pytest_asyncio.fixture
async def client(discord_server: LoopbackDiscord) -> AsyncGenerator[discord.Client]:
    intents = discord.Intents(guilds=True, messages=True, message_content=True)
    connected = discord.Client(intents=intents)
    async with running(connected, discord_server):
        await connected.wait_until_ready()
        yield connected


def channel_of(client: discord.Client, server: LoopbackDiscord) -> discord.TextChannel:
    found = client.get_channel(server.channel.id)
    assert isinstance(found, discord.TextChannel)
    return found


@pytest.mark.parametrize(
    ("denied", "code"),
    [
        (Permission.VIEW_CHANNEL, 50001),
        (Permission.SEND_MESSAGES, 50013),
        (Permission.EMBED_LINKS, 50013),
    ],
    ids=lambda value: str(value),
)
async def test_what_is_denied_in_a_channel_is_refused_there(
    client: discord.Client, discord_server: LoopbackDiscord, denied: Permission, code: int
) -> None:
    discord_server.channel.deny(discord_server.guild.members[discord_server.bot.id], denied)

    with pytest.raises(discord.Forbidden) as refused:
        await channel_of(client, discord_server).send(embed=discord.Embed(title="Rex"))

    assert refused.value.code == code


async def test_a_change_of_permissions_reaches_the_client(
    client: discord.Client, discord_server: LoopbackDiscord
) -> None:
    channel, me = (
        channel_of(client, discord_server),
        discord_server.guild.members[discord_server.bot.id],
    )
    discord_server.channel.deny(me, Permission.SEND_MESSAGES)
    await discord_server.update(discord_server.channel)
    await discord_server.settled()
    assert not channel.permissions_for(channel.guild.me).send_messages

    discord_server.channel.overwrites.clear()
    await discord_server.update(discord_server.channel)
    me.timed_out_until = datetime.now(UTC) + timedelta(hours=1)
    await discord_server.update(me)
    await discord_server.settled()

    assert channel.guild.me.is_timed_out()
    with pytest.raises(discord.Forbidden):
        await channel.send("Rex")


async def test_a_role_that_loses_a_permission_reaches_the_client(
    client: discord.Client, discord_server: LoopbackDiscord
) -> None:
    channel = channel_of(client, discord_server)
    everyone = discord_server.guild.everyone
    everyone.permissions &= ~Permission.EMBED_LINKS
    await discord_server.update(everyone)
    await discord_server.settled()

    assert not channel.permissions_for(channel.guild.me).embed_links


async def test_a_locked_thread_is_refused_and_an_archived_one_opened_again(
    client: discord.Client, discord_server: LoopbackDiscord
) -> None:
    thread = discord_server.guild.add_thread(discord_server.channel)
    await discord_server.announce(thread)
    await discord_server.settled()
    found = client.get_channel(thread.id)
    assert isinstance(found, discord.Thread)
    sent = await found.send("Rex")

    thread.is_archived = True
    await discord_server.update(thread)
    with pytest.raises(discord.HTTPException) as archived:
        await sent.edit(content="T. rex")
    await found.send("Rex again")
    thread.is_locked = True
    with pytest.raises(discord.Forbidden) as locked:
        await found.send("Rex")

    assert archived.value.code == 50083
    assert not thread.is_archived
    assert locked.value.code == 160005


async def test_what_automod_blocks_is_refused(
    client: discord.Client, discord_server: LoopbackDiscord
) -> None:
    discord_server.guild.blocked_words.add("rex")

    with pytest.raises(discord.HTTPException) as blocked:
        await channel_of(client, discord_server).send("Tyrannosaurus Rex")

    assert (blocked.value.status, blocked.value.code) == (400, 200000)


async def test_a_channel_is_deleted_with_its_threads(
    client: discord.Client, discord_server: LoopbackDiscord
) -> None:
    channel = discord_server.guild.add_channel("quarry")
    threads = [discord_server.guild.add_thread(channel, name) for name in ("bones", "eggs")]
    for place in (channel, *threads):
        await discord_server.announce(place)
    await discord_server.delete_channel(threads[0])
    await discord_server.settled()
    assert client.get_channel(threads[0].id) is None

    await discord_server.delete_channel(channel)
    await discord_server.settled()

    assert client.get_channel(threads[1].id) is None
    assert discord_server.guild.threads == []
