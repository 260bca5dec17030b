"""Connecting to the loopback server, losing it and coming back."""

import asyncio
from collections.abc import AsyncGenerator, Iterator

import discord
import pytest
import pytest_asyncio

from tests.loopback import Intent, LoopbackDiscord
from tests.loopback.clients import pointed_at, running
from tests.loopback.specimen import ShardedSpecimen, Specimen, make_intents


@pytest_asyncio.fixture(autouse=True)
async def no_task_is_left() -> AsyncGenerator[None]:
    """Fail a test whose client or server leaves a task behind."""
    before = asyncio.all_tasks()
    yield
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    if left:
        # What discord.py began on READY ends by itself, a moment after the client is closed.
        _, left = await asyncio.wait(left, timeout=1)
    assert not left


@pytest_asyncio.fixture
async def bot(discord_server: LoopbackDiscord) -> AsyncGenerator[Specimen]:
    specimen = Specimen()
    async with running(specimen, discord_server):
        yield specimen


@pytest.fixture
def pointed(discord_server: LoopbackDiscord) -> Iterator[None]:
    with pointed_at(discord_server):
        yield


async def answers(server: LoopbackDiscord) -> bool:
    message = await server.say("!echo still there")
    return (await server.reply(to=message)).content == "still there"


def resumes(server: LoopbackDiscord) -> list[bool]:
    """Tell of each login whether it resumed a session."""
    return [login.is_resume for login in server.logins]


async def test_client_logs_in(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    assert bot.user is not None
    assert bot.user.id == discord_server.bot.id
    assert resumes(discord_server) == [False]


@pytest.mark.usefixtures("pointed")
async def test_wrong_token_is_refused_at_login() -> None:
    bot = Specimen()
    with pytest.raises(discord.LoginFailure):
        await bot.start("not.the.token")
    await bot.close()


@pytest.mark.usefixtures("pointed")
async def test_token_reset_meanwhile_is_refused_at_the_gateway(
    discord_server: LoopbackDiscord,
) -> None:
    bot = Specimen()
    await bot.login(discord_server.token)
    bot.http.token = "not.the.token"
    with pytest.raises(discord.ConnectionClosed) as closed:
        await bot.connect()
    assert closed.value.code == 4004


async def test_privileged_intent_must_be_granted() -> None:
    async with LoopbackDiscord(granted_intents=Intent.NONE) as server:
        with pytest.raises(discord.PrivilegedIntentsRequired):
            async with running(Specimen(), server):
                pass


async def test_without_privileged_intents_any_bot_connects() -> None:
    async with LoopbackDiscord(granted_intents=Intent.NONE) as server:
        bot = Specimen(make_intents(message_content=False))
        async with running(bot, server):
            assert bot.application_flags.gateway_message_content is False


async def test_client_reconnects_when_asked(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    await discord_server.faults.ask_reconnect()
    await discord_server.connected()
    assert resumes(discord_server) == [False, True]
    assert await answers(discord_server)


@pytest.mark.parametrize("resumable", [True, False], ids=["resumable", "for good"])
async def test_invalid_session_is_replaced(
    discord_server: LoopbackDiscord, bot: Specimen, resumable: bool
) -> None:
    await discord_server.faults.invalidate_session(resumable=resumable)
    await discord_server.connected()
    assert resumes(discord_server) == [False, resumable]
    assert await answers(discord_server)


async def test_missed_messages_are_replayed(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    await discord_server.say("before")
    discord_server.faults.drop_connections()
    for number in range(3):
        await discord_server.say(f"!echo {number}")
    await discord_server.connected()
    replies = await discord_server.replies(3)
    assert [reply.content for reply in replies] == ["0", "1", "2"]
    assert resumes(discord_server) == [False, True]
    assert bot.texts == ["before", "!echo 0", "!echo 1", "!echo 2"]


@pytest.mark.parametrize("code", [1000, 1001, 4000, 4009])
async def test_closing_politely_is_survived(
    discord_server: LoopbackDiscord, bot: Specimen, code: int
) -> None:
    await discord_server.faults.close_connections(code)
    await discord_server.connected()
    assert await answers(discord_server)


async def test_forgotten_session_is_begun_anew(
    discord_server: LoopbackDiscord, bot: Specimen
) -> None:
    discord_server.faults.forget_sessions()
    discord_server.faults.drop_connections()
    await discord_server.connected()
    assert resumes(discord_server) == [False, False]
    assert await answers(discord_server)


async def test_silent_gateway_is_left(discord_server: LoopbackDiscord) -> None:
    discord_server.heartbeat_interval_ms = 100
    bot = Specimen(heartbeat_timeout=1.0)
    async with running(bot, discord_server):
        discord_server.faults.mute_heartbeats()
        await discord_server.connected()
        assert resumes(discord_server) == [False, True]
        assert await answers(discord_server)


async def test_heartbeats_keep_the_connection(discord_server: LoopbackDiscord) -> None:
    discord_server.heartbeat_interval_ms = 20
    bot = Specimen(heartbeat_timeout=1.0)
    async with running(bot, discord_server):
        await discord_server.until(lambda: discord_server.heartbeats >= 20, "20 heartbeats")
    assert resumes(discord_server) == [False]


async def test_guilds_are_shared_out_over_shards(discord_server: LoopbackDiscord) -> None:
    discord_server.recommended_shards = 2
    guilds = [discord_server.add_guild(f"on {shard}", shard=(shard, 2)) for shard in (0, 1)]
    bot = ShardedSpecimen()
    async with running(bot, discord_server, shards=2):
        for guild in guilds:
            author = guild.add_member()
            channel = guild.add_channel()
            await discord_server.announce(channel)
            await discord_server.say("!echo hello", author=author, channel=channel)
            assert (await discord_server.reply(channel=channel)).content == "hello"
        direct = discord_server.direct_message(discord_server.add_user())
        await discord_server.say("!echo hello", channel=direct)
        assert (await discord_server.reply(channel=direct)).content == "hello"
        shards = [known.shard_id for guild in guilds if (known := bot.get_guild(guild.id))]
    assert shards == [0, 1]
    assert [login.shard_id for login in discord_server.logins] == [0, 1]


async def test_shards_come_back(discord_server: LoopbackDiscord) -> None:
    discord_server.recommended_shards = 2
    async with running(ShardedSpecimen(), discord_server, shards=2):
        discord_server.faults.drop_connections()
        await discord_server.connected(2)
        assert resumes(discord_server) == [False, False, True, True]
        assert await answers(discord_server)


async def test_unknown_event_is_ignored(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    await discord_server.send_event("METEORITE", {"size": 10})
    await discord_server.faults.send_raw('{"op": 99, "d": null, "s": null, "t": null}')
    assert await answers(discord_server)
    assert resumes(discord_server) == [False]


@pytest.mark.usefixtures("pointed")
@pytest.mark.parametrize("frame", ["not json", '{"op": 0, "t": "MESSAGE_CREATE", "s": 9, "d": {}}'])
async def test_malformed_payload_ends_the_client(
    discord_server: LoopbackDiscord, frame: str
) -> None:
    # discord.py lets the error of its parser out of `start`; who runs a bot has to expect it.
    bot = Specimen()
    task = asyncio.create_task(bot.start(discord_server.token))
    await discord_server.connected()
    await discord_server.faults.send_raw(frame)
    with pytest.raises((ValueError, KeyError)):
        await asyncio.wait_for(task, timeout=5)
    await bot.close()


async def test_presence_is_recorded(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    await bot.change_presence(activity=discord.Game("with bones"))
    await discord_server.until(lambda: discord_server.presence, "a presence")
    assert discord_server.presence is not None
    assert discord_server.presence["activities"][0]["name"] == "with bones"


async def test_no_client_is_left_after_closing(discord_server: LoopbackDiscord) -> None:
    async with running(Specimen(), discord_server):
        pass
    await discord_server.disconnected()


async def test_server_may_leave_first() -> None:
    bot = Specimen()
    async with LoopbackDiscord() as server, running(bot, server):
        pass
    async with LoopbackDiscord() as server:
        assert server.api_url


async def test_two_hundred_messages_are_answered(
    discord_server: LoopbackDiscord, bot: Specimen
) -> None:
    discord_server.faults.lift_limits()
    messages = await asyncio.gather(*(discord_server.say(f"!echo {n}") for n in range(200)))
    replies = [await discord_server.reply(to=message) for message in messages]
    assert [reply.content for reply in replies] == [str(number) for number in range(200)]
