"""`!settings` on Discord: who may, what is checked, what changes."""

import pytest

from bot.client.bot import Dinobard
from bot.features.setting_types import SETTINGS
from tests.end_to_end.talk import ask, names_in, said_in
from tests.loopback import LoopbackDiscord, Permission
from tests.loopback.records import Message
from tests.loopback.world import Member

# The manager is there before the bot comes: it hears of roles only then.
pytestmark = pytest.mark.usefixtures("manager", "dinobard")


@pytest.fixture
def manager(discord_server: LoopbackDiscord) -> Member:
    return discord_server.guild.add_member("Manager", Permission.MANAGE_GUILD)


async def told(server: LoopbackDiscord, member: Member, words: str) -> Message:
    """Let a member say something, and return the answer."""
    reply = await server.reply(to=await server.say(words, author=member))
    assert not reply.pings
    return reply


async def test_a_prefix_of_ones_own_takes_the_place_of_the_old_one(
    discord_server: LoopbackDiscord, manager: Member
) -> None:
    changed = await told(discord_server, manager, "!settings set prefix d?")
    await discord_server.silence_after("!dino")
    reply = await ask(discord_server, "d?help")

    assert "d?" in changed.content
    assert "d?dino 5 tri" in said_in(reply)
    assert "!dino" not in said_in(reply)
    assert "d?dino 5 tri" in (await ask(discord_server, "d?dino 99")).content


async def test_all_settings_are_shown_to_a_manager_alone(
    discord_server: LoopbackDiscord, manager: Member
) -> None:
    role = manager.roles[0]
    await told(discord_server, manager, f"!settings set trainer-role <@&{role.id}>")
    exchange = await discord_server.slash("settings show", author=manager)
    shown = await exchange.response()

    assert shown.is_ephemeral
    values = {
        field["name"].partition(" ")[0]: field["value"] for field in shown.embeds[0]["fields"]
    }
    assert list(values) == list(SETTINGS)
    assert values["prefix"] == "!"
    assert role.name in values["trainer-role"]


@pytest.mark.parametrize("words", ["!settings", "!settings set prefix ?", "!settings reset"])
async def test_others_are_refused(discord_server: LoopbackDiscord, words: str) -> None:
    reply = await ask(discord_server, words)

    assert "Manage Server" in reply.content
    assert names_in(await ask(discord_server, "!dino"))


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("prefix @everyone", "1 to 5 visible characters"),
        ("prefix ```", "1 to 5 visible characters"),
        ("channels #nowhere", "Name up to 50 channels"),
        ("trainer-role @everyone", "other than everyone"),
        ("user-cooldown forever", "0 to 3600"),
        ("temperature 9", "0.1 to 2"),
        ("language klingon", "zh-CN"),
        ("adult-words perhaps", "on or off"),
        ("colour red", "The settings are: prefix, channels"),
    ],
)
async def test_a_value_without_sense_changes_nothing(
    dinobard: Dinobard, discord_server: LoopbackDiscord, manager: Member, words: str, answer: str
) -> None:
    reply = await told(discord_server, manager, f"!settings set {words}")

    assert answer in reply.content.replace("\\", "")
    servers = dinobard.services.guild_settings
    assert await servers.of(discord_server.guild.id) == servers.defaults


async def test_what_is_reset_is_as_it_was(
    dinobard: Dinobard, discord_server: LoopbackDiscord, manager: Member
) -> None:
    servers, guild = dinobard.services.guild_settings, discord_server.guild.id
    await told(discord_server, manager, "!settings set temperature 0.5")
    await told(discord_server, manager, "!settings set adult-words on")
    changed = await servers.of(guild)
    await told(discord_server, manager, "!settings set adult-words")
    half = await servers.of(guild)
    await told(discord_server, manager, "!settings reset")

    assert (changed.temperature, changed.allows_indecent) == (0.5, True)
    assert (half.temperature, half.allows_indecent) == (0.5, False)
    assert await servers.of(guild) == servers.defaults


async def test_in_other_channels_it_is_silent_but_for_the_way_back(
    discord_server: LoopbackDiscord, manager: Member
) -> None:
    quiet = discord_server.guild.add_channel("quiet")
    await discord_server.announce(quiet)
    await told(discord_server, manager, f"!settings set channels <#{discord_server.channel.id}>")

    await discord_server.silence_after("!dino", channel=quiet)
    await discord_server.silence_after("!dnio", channel=quiet)
    note = await (await discord_server.slash("ping", channel=quiet)).response()
    assert note.is_ephemeral
    assert "other channels" in note.content
    assert names_in(await ask(discord_server, "!dino"))

    undo = await discord_server.say("!settings set channels all", author=manager, channel=quiet)
    await discord_server.reply(to=undo)
    said = await discord_server.say("!ping", channel=quiet)
    assert await discord_server.reply(to=said)


async def test_a_value_without_end_is_not_read(
    discord_server: LoopbackDiscord, manager: Member
) -> None:
    value = f"{discord_server.channel.mention} " * 250
    call = await discord_server.slash("settings set", name="channels", value=value, author=manager)

    assert "Name up to 50 channels" in (await call.response()).content


async def test_values_are_proposed_by_the_setting(
    discord_server: LoopbackDiscord, manager: Member
) -> None:
    choices = await discord_server.autocomplete(
        "settings set", "value", "z", author=manager, name="language"
    )

    assert [choice["value"] for choice in choices] == ["zh-CN"]


async def test_settings_are_for_servers(discord_server: LoopbackDiscord) -> None:
    channel = discord_server.direct_message(discord_server.add_user())
    message = await discord_server.say("!settings", channel=channel)

    assert "only in a server" in (await discord_server.reply(to=message)).content
