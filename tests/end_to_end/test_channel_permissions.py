"""What the bot does where it may not do all: it falls back, tells the member, or is silent."""

from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.client.bot import Dinobard
from bot.client.rendering import MAX_MESSAGE
from bot.cogs import COGS
from bot.observability.invalid_requests import MAX_INVALID_REQUESTS
from bot.observability.metrics import REGISTRY
from bot.services import open_services
from bot.storage.guild_settings import GuildSettings
from bot.storage.training_log import Entry
from engine import LocalBackend, ModelRegistry
from tests.end_to_end.retraining import LONG, QUICK, TEXT, begun, said, trainer
from tests.end_to_end.talk import names_in
from tests.loopback import LoopbackDiscord, Permission
from tests.loopback.clients import running
from tests.loopback.records import Message
from tests.loopback.world import Channel, Member

LINE = "Shall I compare thee to a summer's day?"
COMMANDS = ("dino 3", "help", "about", "ping", "privacy", "models", "how")


def me(server: LoopbackDiscord) -> Member:
    return server.guild.members[server.bot.id]


async def deny(
    server: LoopbackDiscord, permission: Permission, channel: Channel | None = None
) -> None:
    channel = channel or server.channel
    channel.deny(me(server), permission)
    await server.update(channel)
    await server.settled()


def refused(server: LoopbackDiscord) -> list[str]:
    return [f"{call.method} {call.path}" for call in server.calls if call.status in (401, 403)]


async def told_privately(server: LoopbackDiscord, member: Member | None = None) -> Message:
    return await server.reply(channel=server.direct_message(member or server.member))


@pytest.mark.usefixtures("dinobard")
async def test_without_the_history_answers_refer_to_nothing(
    discord_server: LoopbackDiscord,
) -> None:
    await deny(discord_server, Permission.READ_MESSAGE_HISTORY)

    reply = await discord_server.reply(to=await discord_server.say("!dino"))

    assert names_in(reply)
    assert reply.reference is None
    assert not [call for call in discord_server.calls if call.status >= 400]


@pytest.mark.usefixtures("dinobard")
@pytest.mark.parametrize("command", COMMANDS)
async def test_without_embed_links_answers_are_plain_text_with_the_same_words(
    discord_server: LoopbackDiscord, command: str
) -> None:
    usual = await discord_server.reply(to=await discord_server.say(f"!{command}"))
    await deny(discord_server, Permission.EMBED_LINKS)

    member = discord_server.guild.add_member()
    plain = await discord_server.reply(to=await discord_server.say(f"!{command}", author=member))

    assert not plain.embeds
    assert plain.content or plain.attachments
    assert len(plain.buttons) == len(usual.buttons)
    if command == "about":
        for field in usual.embeds[0]["fields"]:
            assert field["name"] in plain.content
    assert not refused(discord_server)


@pytest.mark.usefixtures("dinobard")
async def test_without_embed_links_slash_commands_are_answered_in_plain_text(
    discord_server: LoopbackDiscord,
) -> None:
    await deny(discord_server, Permission.EMBED_LINKS)

    answer = await (await discord_server.slash("dino", number=3)).response()

    assert not answer.embeds
    assert len(answer.content.splitlines()) > 3


async def test_without_files_a_long_answer_is_shortened(
    dinobard: Dinobard, discord_server: LoopbackDiscord
) -> None:
    for number in range(20):
        await dinobard.services.training_log.write(entry(discord_server, f"{number:02}"))
    usual = await discord_server.reply(to=await discord_server.say("!models log"))
    assert len(said(usual)) > MAX_MESSAGE
    await deny(discord_server, Permission.EMBED_LINKS | Permission.ATTACH_FILES)

    member = discord_server.guild.add_member()
    reply = await discord_server.reply(to=await discord_server.say("!models log", author=member))

    assert reply.content.endswith("…")
    assert 0 < reply.content.count("xxx.txt") < 20
    assert not reply.attachments
    assert not refused(discord_server)


def entry(server: LoopbackDiscord, number: str) -> Entry:
    return Entry(
        id=number,
        guild=server.guild.id,
        user=None,
        member="Ned",
        network="dino",
        source="x" * 90 + ".txt",
        corpus=None,
        locale="en",
        channel=None,
        message=None,
        began=f"2026-00-00T00:00:{number}",
    )


@pytest.mark.usefixtures("poetic")
async def test_without_files_a_picture_is_refused_privately(
    discord_server: LoopbackDiscord,
) -> None:
    poem = await discord_server.reply(to=await discord_server.say(f"!poem {LINE}"))
    await deny(discord_server, Permission.ATTACH_FILES)

    answer = await (await discord_server.click(poem, "As a picture")).response()

    assert answer.is_ephemeral
    assert "Attach Files" in answer.content
    assert discord_server.channel.mention in answer.content


async def mute(server: LoopbackDiscord) -> None:
    me(server).timed_out_until = datetime.now(UTC) + timedelta(hours=1)
    await server.update(me(server))
    await server.settled()


@pytest.mark.usefixtures("dinobard")
async def test_a_member_is_told_privately_once_in_a_while_what_is_missing(
    discord_server: LoopbackDiscord,
) -> None:
    await deny(discord_server, Permission.SEND_MESSAGES)

    await discord_server.silence_after("!dino")
    told = await told_privately(discord_server)
    before = len(discord_server.calls)
    for command in ("!dino", "!poem O rose", "!settings", "!dnio", "!retrain dino", "!help"):
        await discord_server.silence_after(command)

    assert "I need Send Messages there" in told.content
    assert discord_server.channel.mention in told.content
    assert not told.pings
    assert discord_server.calls[before:] == []
    assert not refused(discord_server)


@pytest.mark.usefixtures("dinobard")
async def test_a_member_who_takes_no_direct_messages_is_not_asked_again(
    discord_server: LoopbackDiscord,
) -> None:
    discord_server.member.user.accepts_direct_messages = False
    await deny(discord_server, Permission.SEND_MESSAGES)

    for _ in range(3):
        await discord_server.silence_after("!dino")

    assert len(refused(discord_server)) == 1


@pytest.mark.usefixtures("dinobard")
@pytest.mark.parametrize("kind", ["thread", "locked", "timeout"])
async def test_what_keeps_the_bot_from_a_thread_is_named(
    discord_server: LoopbackDiscord, kind: str
) -> None:
    thread = discord_server.guild.add_thread(discord_server.channel, "fossils")
    await discord_server.announce(thread)
    if kind == "thread":
        await deny(discord_server, Permission.SEND_MESSAGES_IN_THREADS)
    elif kind == "locked":
        thread.is_locked = True
        await discord_server.update(thread)
    else:
        await mute(discord_server)

    await discord_server.silence_after("!dino", channel=thread)
    told = await told_privately(discord_server)

    expected = {
        "thread": "I need Send Messages in Threads there.",
        "locked": "That thread is locked.",
        "timeout": "I am timed out on that server.",
    }
    assert expected[kind] in told.content
    assert not refused(discord_server)


@pytest.mark.usefixtures("dinobard")
async def test_an_answer_that_automod_blocks_is_told_of_privately(
    discord_server: LoopbackDiscord,
) -> None:
    discord_server.guild.blocked_words.add("latency")

    await discord_server.silence_after("!ping")

    assert "AutoMod" in (await told_privately(discord_server)).content


@pytest.mark.usefixtures("dinobard")
async def test_permission_that_is_given_back_counts_at_once(
    discord_server: LoopbackDiscord,
) -> None:
    await deny(discord_server, Permission.SEND_MESSAGES)
    await discord_server.silence_after("!dino")
    discord_server.channel.overwrites.clear()
    await discord_server.update(discord_server.channel)

    answered = await discord_server.say("!dino", author=discord_server.guild.add_member())
    assert names_in(await discord_server.reply(to=answered))


@pytest.fixture
def admin(discord_server: LoopbackDiscord) -> Member:
    return discord_server.guild.add_member("Manager", Permission.MANAGE_GUILD)


async def test_a_training_is_not_accepted_where_nobody_could_see_it(
    discord_server: LoopbackDiscord, admin: Member, registry: ModelRegistry, home: Path
) -> None:
    async with trainer(discord_server, registry, home) as services:
        await deny(discord_server, Permission.SEND_MESSAGES)

        exchange = await discord_server.slash("retrain dino", author=admin)
        answer = await exchange.response()
        await discord_server.silence_after("!retrain dino", author=admin)

        assert answer.is_ephemeral
        assert "I need Send Messages there" in answer.content
        assert not services.trainings.all
        assert not await services.training_log.of_guild(discord_server.guild.id)
    assert not refused(discord_server)


@pytest.mark.timeout(300)
async def test_a_training_is_shown_in_plain_text_without_a_picture_where_that_is_all(
    discord_server: LoopbackDiscord, admin: Member, registry: ModelRegistry, home: Path
) -> None:
    discord_server.patience_seconds = 60
    async with trainer(discord_server, registry, home):
        denied = Permission.EMBED_LINKS | Permission.ATTACH_FILES | Permission.READ_MESSAGE_HISTORY
        await deny(discord_server, denied)
        await discord_server.say(QUICK, author=admin, attachments=[TEXT])
        status, result = await discord_server.replies(2)

        assert "Training" in said(status)
        assert "lower is better" in said(result)
        assert {"Keep", "Discard"} <= set(result.buttons)
        assert not result.embeds
        assert not result.attachments

        await (await discord_server.click(result, "Keep", author=admin)).response()
        assert "lower is better" in result.content
        assert "now in use. Decided by Manager." in result.content
        assert not result.buttons
    assert not [call for call in discord_server.calls if call.status >= 400]


@pytest.mark.timeout(300)
async def test_a_training_of_a_guild_that_removed_the_bot_goes_on_without_a_request(
    discord_server: LoopbackDiscord, admin: Member, registry: ModelRegistry, home: Path
) -> None:
    discord_server.patience_seconds = 60
    engine = LocalBackend(registry, preloads_poems=False)
    async with AsyncExitStack() as stack:
        services = await stack.enter_async_context(open_services(engine, home / "state.sqlite3"))
        client = Dinobard(services, discord_server.api_url, cogs=COGS)
        await stack.enter_async_context(running(client, discord_server))
        await client.wait_until_ready()
        await begun(discord_server, admin, LONG)
        (training,) = services.trainings.all
        await discord_server.remove_bot(discord_server.guild)
        await discord_server.settled()
        before = len(discord_server.calls)
        await services.trainings.cancel(training.id)
        await training.ended()
        await discord_server.until(lambda: not services.trainings.all, "the end of the training")

        assert discord_server.calls[before:] == []


async def test_a_refused_request_is_counted(
    dinobard: Dinobard, discord_server: LoopbackDiscord
) -> None:
    def counted(status: int) -> float:
        labels = {"status": str(status)}
        return REGISTRY.get_sample_value("dinobard_invalid_requests_total", labels) or 0

    before = counted(403), counted(429)
    discord_server.faults.refuse(403, 50013, "Missing Permissions", "POST", "/channels/*/messages")
    await discord_server.silence_after("!dino")
    discord_server.faults.rate_limit("POST", "/channels/*/messages", times=2)
    other = discord_server.guild.add_member()
    await discord_server.reply(to=await discord_server.say("!dino", author=other))

    assert (counted(403), counted(429)) == (before[0] + 1, before[1] + 2)
    assert not dinobard.services.invalid_requests.is_exhausted


async def test_after_too_many_refused_requests_optional_ones_are_left_out(
    poetic: Dinobard, discord_server: LoopbackDiscord
) -> None:
    slow = GuildSettings(user_cooldown_seconds=300.0)
    await poetic.services.guild_settings.change(discord_server.guild.id, slow)
    for _ in range(MAX_INVALID_REQUESTS):
        poetic.services.invalid_requests.note(403)

    poem = await discord_server.reply(to=await discord_server.say(f"!poem {LINE}"))
    await discord_server.silence_after("!dino")  # Too soon, which need not be said.
    await deny(discord_server, Permission.SEND_MESSAGES)
    await discord_server.silence_after("!help", author=discord_server.guild.add_member())

    assert poem.buttons
    assert not discord_server.channel.typing
    posted = [call.path for call in discord_server.calls if call.method == "POST"]
    assert posted == [f"/channels/{discord_server.channel.id}/messages"]


async def test_after_too_many_refusals_no_answer_is_tried_where_the_last_was_refused(
    dinobard: Dinobard, discord_server: LoopbackDiscord
) -> None:
    # Discord refuses what the bot believes that it may do.
    discord_server.channel.deny(me(discord_server), Permission.SEND_MESSAGES)
    members = [discord_server.guild.add_member() for _ in range(6)]
    for member in members[:2]:
        await discord_server.silence_after("!dino", author=member)
    assert len(refused(discord_server)) == 2
    for _ in range(MAX_INVALID_REQUESTS):
        dinobard.services.invalid_requests.note(403)

    for member in members[2:]:
        await discord_server.silence_after("!dino", author=member)

    assert len(refused(discord_server)) == 2
    other = discord_server.guild.add_channel("elsewhere")
    await discord_server.announce(other)
    answered = await discord_server.say("!dino", channel=other)
    assert names_in(await discord_server.reply(to=answered))
