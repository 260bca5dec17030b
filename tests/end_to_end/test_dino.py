"""`!dino` on Discord: what members type, and what the bot answers."""

import asyncio
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

import data
from bot.client.bot import Dinobard
from bot.cogs import COGS
from bot.services import open_services
from bot.storage.guild_settings import GuildSettings
from engine import LocalBackend, ModelRegistry, NameRequest, Names
from engine.corpora.names import read_names
from tests.end_to_end.talk import MENTIONS, ask, mention_of, names_in, said_in
from tests.loopback import LoopbackDiscord, Permission
from tests.loopback.clients import running
from tests.loopback.records import Message, MessageKind
from tests.loopback.world import Channel, Member

pytestmark = pytest.mark.usefixtures("dinobard")

KNOWN = frozenset(read_names(data.GENERA).names)


def assert_names(reply: Message, count: int, prefix: str = "") -> None:
    names = names_in(reply)
    assert len(set(names)) == len(names) == count
    for name in names:
        assert name.isascii()
        assert name.isalpha()
        assert name == name.capitalize()
        assert 4 <= len(name) <= 26
        assert name.lower().startswith(prefix)
        assert name.lower() not in KNOWN


@pytest.mark.parametrize(
    ("words", "count", "prefix"),
    [
        ("!dino", 1, ""),
        ("!dino 5", 5, ""),
        ("!dino 20", 20, ""),
        ("!dino tri", 1, "tri"),
        ("!dino 5 tri", 5, "tri"),
        ("!dino tri 5", 5, "tri"),
        ("!DINO 2 TRI", 2, "tri"),
        ("!dino\n2\nTRI", 2, "tri"),
        ("!dino Éo", 1, "eo"),
        ("!dino \uff15", 5, ""),
    ],
)
async def test_names_are_invented(
    discord_server: LoopbackDiscord, words: str, count: int, prefix: str
) -> None:
    assert_names(await ask(discord_server, words), count, prefix)


@pytest.mark.parametrize(
    "words",
    [
        "{me} dino 2",
        "{me}  dino 2",
        "{me}\ndino 2",
        "{me}dino 2",
        "{me} !dino 2",
        "{me}  ! dino 2",
        "<@!{number}> dino 2",
        "! dino 2",
        "\uff01dino \uff12",
        "\uff01\u3000dino\u30002",
    ],
)
async def test_a_mention_and_spaces_work_as_members_type_them(
    discord_server: LoopbackDiscord, words: str
) -> None:
    bot = discord_server.bot
    assert_names(await ask(discord_server, words.format(me=bot.mention, number=bot.id)), 2)


async def test_capitals_do_not_matter_in_a_prefix(
    discord_server: LoopbackDiscord, dinobard: Dinobard
) -> None:
    servers = dinobard.services.guild_settings
    await servers.change(discord_server.guild.id, GuildSettings(prefix="d!"))

    assert_names(await ask(discord_server, "D!dino 2"), 2)
    await discord_server.silence_after("!dino")


async def test_a_mention_alone_shows_the_help(
    discord_server: LoopbackDiscord,
) -> None:
    me = discord_server.bot.mention

    assert "!dino 5" in said_in(await ask(discord_server, me))
    await discord_server.silence_after(f"I like {me}")
    await discord_server.silence_after(f"{me} is fun")


async def test_direct_messages_are_answered(discord_server: LoopbackDiscord) -> None:
    channel = discord_server.direct_message(discord_server.add_user())
    message = await discord_server.say("!dino 3", channel=channel)

    assert_names(await discord_server.reply(to=message), 3)


@pytest.mark.parametrize(
    ("options", "allowed"),
    [
        ("21", "1 to 20"),
        ("0", "1 to 20"),
        ("-3", "1 to 20"),
        ("9" * 1_900, "1 to 20"),
        ("99", "1 to 20"),
        ("x" * 1_990, "a number of names"),
        ("a.b,c;" * 330, "a number of names"),
        ("tri " * 9, "a number of names"),
        ("5 6", "a number of names"),
        ("2.5", "a number of names"),
        ("seed=5", "a number of names"),
        ("--seed 5", "a number of names"),
    ],
    ids=lambda value: value[:12],
)
async def test_other_options_get_a_short_friendly_reply(
    discord_server: LoopbackDiscord, options: str, allowed: str
) -> None:
    reply = await ask(discord_server, f"!dino {options}")

    assert allowed in reply.content
    assert "!dino 5 tri" in reply.content
    assert len(reply.content) < 200
    assert options not in reply.content.splitlines()


@pytest.mark.parametrize("whom", MENTIONS)
async def test_mentions_in_a_prefix_ping_nobody(discord_server: LoopbackDiscord, whom: str) -> None:
    mention = mention_of(discord_server, whom)

    reply = await ask(discord_server, f"!dino {mention}")

    assert mention not in said_in(reply)


@pytest.mark.parametrize("words", ["!unknown", "!dinosaur", "dino", "!", "hello", "dino !dino"])
async def test_other_messages_are_ignored(discord_server: LoopbackDiscord, words: str) -> None:
    await discord_server.silence_after(words)


async def test_other_bots_are_ignored(discord_server: LoopbackDiscord) -> None:
    stranger = discord_server.guild.add_member("Clanker")
    stranger.user.is_bot = True

    await discord_server.silence_after("!dino", author=stranger)


async def test_what_discord_tells_of_members_is_ignored(discord_server: LoopbackDiscord) -> None:
    await discord_server.silence_after("!dino", kind=MessageKind.THREAD_CREATED)


async def test_help_lists_what_can_be_asked(discord_server: LoopbackDiscord) -> None:
    reply = await ask(discord_server, "!help")

    for command in ("!dino", "!dino 5", "!dino tri", "!help"):
        assert command in said_in(reply)


async def test_a_deleted_question_is_answered_all_the_same(
    discord_server: LoopbackDiscord,
) -> None:
    gate = discord_server.faults.hold("POST", "/channels/*/messages")
    message = await discord_server.say("!dino")
    await gate.reached()
    await discord_server.delete(message)
    gate.release()

    assert_names(await discord_server.reply(), 1)


async def test_a_channel_without_permission_to_write_does_no_harm(
    discord_server: LoopbackDiscord, caplog: pytest.LogCaptureFixture
) -> None:
    bot = discord_server.guild.members[discord_server.bot.id]
    closed = discord_server.guild.add_channel("closed")
    await discord_server.announce(closed)
    closed.deny(bot, Permission.SEND_MESSAGES)

    await discord_server.silence_after("!dino", channel=closed)

    assert "could not be sent: 403" in caplog.text
    assert_names(await ask(discord_server, "!dino"), 1)


async def test_many_at_once_are_all_answered(discord_server: LoopbackDiscord) -> None:
    guild = discord_server.guild
    members = [guild.add_member(f"Member {n}") for n in range(30)]
    # Discord takes five messages in five seconds in each.
    channels = [guild.add_channel(f"channel {n}") for n in range(6)]

    async def ask_as(member: Member, channel: Channel) -> Message:
        message = await discord_server.say("!dino 2", author=member, channel=channel)
        return await discord_server.reply(to=message)

    replies = await asyncio.gather(*map(ask_as, members, cycle(channels)))

    for reply in replies:
        assert_names(reply, 2)


class _Broken(LocalBackend):
    """An engine with a fault that nobody foresaw."""

    async def names(self, request: NameRequest, **options: Any) -> Names:
        raise ZeroDivisionError("tri, a member's word")


class _Full(LocalBackend):
    """An engine that accepts nothing."""

    def __init__(self, registry: ModelRegistry) -> None:
        super().__init__(registry, queue_limit=0)


async def _answer_of(engine_class: type[LocalBackend], registry: ModelRegistry, home: Path) -> str:
    async with (
        LoopbackDiscord() as server,
        open_services(engine_class(registry), home / "other.sqlite3") as services,
        running(Dinobard(services, server.api_url, cogs=COGS), server),
    ):
        return (await ask(server, "!dino tri")).content


async def test_the_unforeseen_gets_a_reference_number(
    registry: ModelRegistry, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await _answer_of(_Broken, registry, home)

    assert "member's word" not in answer
    reference = answer.rstrip(".").rpartition(" ")[2]
    assert f"reference {reference}" in caplog.text


async def test_a_busy_engine_says_when_to_try_again(registry: ModelRegistry, home: Path) -> None:
    assert "try again in 2 seconds" in await _answer_of(_Full, registry, home)
