"""Where the bot may speak: commands, buttons of old answers, threads; what is said elsewhere."""

import re
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from bot.services import Services
from bot.storage.guild_settings import GuildSettings
from engine import ModelRegistry
from tests.end_to_end.retraining import LONG, begun, said, trainer
from tests.end_to_end.talk import ask, names_in
from tests.loopback import LoopbackDiscord, Permission
from tests.loopback.exchange import Exchange
from tests.loopback.records import Message
from tests.loopback.world import Channel, Member

DELETE = "🗑 Delete"


@pytest.fixture
def admin(discord_server: LoopbackDiscord) -> Member:
    return discord_server.guild.add_member("Manager", Permission.MANAGE_GUILD)


@pytest.fixture
def open_channel(discord_server: LoopbackDiscord) -> Channel:
    """The one channel that the bot may speak in once `close` was called."""
    return discord_server.guild.add_channel("dinosaurs")


@pytest_asyncio.fixture
async def services(
    discord_server: LoopbackDiscord,
    admin: Member,
    open_channel: Channel,
    registry: ModelRegistry,
    home: Path,
) -> AsyncGenerator[Services]:
    async with trainer(discord_server, registry, home) as opened:
        yield opened


async def close(
    services: Services, server: LoopbackDiscord, *channels: Channel, locale: str = ""
) -> None:
    """Let the bot speak in these channels alone."""
    settings = await services.guild_settings.of(server.guild.id)
    allowed = frozenset(channel.id for channel in channels)
    changed = replace(settings, channels=allowed, locale=locale or None)
    await services.guild_settings.change(server.guild.id, changed)


async def refused(call: Exchange) -> str:
    """Return what is said privately in the place of an answer to a slash command."""
    note = await call.response()
    assert note.is_ephemeral
    assert not note.pings
    return note.content


async def refused_press(server: LoopbackDiscord, message: Message, label: str) -> str:
    """Return what is said privately to who pressed a button."""
    note = await (await server.click(message, label)).response()
    assert note.is_ephemeral
    assert not note.pings
    return note.content


async def test_settings_are_for_managers_wherever_and_for_others_where_the_bot_may_speak(
    discord_server: LoopbackDiscord, services: Services, admin: Member, open_channel: Channel
) -> None:
    await close(services, discord_server, open_channel)

    await discord_server.silence_after("!settings")
    shown = await discord_server.reply(to=await discord_server.say("!settings", author=admin))
    question = await discord_server.say("!settings", channel=open_channel)

    assert "prefix" in said(shown)
    assert "Manage Server" in said(await discord_server.reply(to=question))


async def test_who_may_not_change_the_settings_waits_as_everybody(
    discord_server: LoopbackDiscord, services: Services, admin: Member
) -> None:
    slow = GuildSettings(user_cooldown_seconds=100.0)
    await services.guild_settings.change(discord_server.guild.id, slow)
    for member in (discord_server.member, admin):
        await discord_server.reply(to=await discord_server.say("!dino", author=member))

    notice = await discord_server.reply(to=await discord_server.say("!settings"))
    shown = await discord_server.reply(to=await discord_server.say("!settings", author=admin))

    assert "seconds" in notice.content
    assert "prefix" in said(shown)


@pytest.mark.parametrize("button", ["Another", "How?"])
async def test_buttons_of_old_answers_are_refused_privately_where_commands_are(
    discord_server: LoopbackDiscord, services: Services, open_channel: Channel, button: str
) -> None:
    answer = await ask(discord_server, "!dino")
    shown = len(discord_server.channel.messages)
    await close(services, discord_server, open_channel)

    note = await refused_press(discord_server, answer, button)

    assert "only answer in other channels" in note
    assert open_channel.mention in note
    assert note == await refused(await discord_server.slash("dino"))
    assert len(discord_server.channel.messages) == shown


async def test_buttons_work_where_the_bot_may_speak(
    discord_server: LoopbackDiscord, services: Services, open_channel: Channel
) -> None:
    await close(services, discord_server, discord_server.channel)
    answer = await ask(discord_server, "!dino")

    assert names_in(await (await discord_server.click(answer, "Another")).response())


@pytest.mark.parametrize("is_moderator", [False, True], ids=["member", "moderator"])
async def test_an_answer_can_be_deleted_wherever_it_is(
    discord_server: LoopbackDiscord, services: Services, open_channel: Channel, is_moderator: bool
) -> None:
    moderator = discord_server.guild.add_member("Mary", Permission.MANAGE_MESSAGES)
    answer = await ask(discord_server, "!dino")
    await close(services, discord_server, open_channel)
    press = await discord_server.click(
        answer, DELETE, author=discord_server.guild.add_member("Nosy")
    )
    assert "Only the member who asked" in (await press.response()).content

    await discord_server.click(answer, DELETE, author=moderator if is_moderator else None)

    await discord_server.until(lambda: answer.is_deleted or None, "the answer to be deleted")


@pytest.mark.timeout(300)
async def test_a_training_can_be_cancelled_where_its_channel_was_closed_meanwhile(
    discord_server: LoopbackDiscord, admin: Member, services: Services, open_channel: Channel
) -> None:
    discord_server.patience_seconds = 60
    status = await begun(discord_server, admin, LONG)
    await close(services, discord_server, open_channel)

    answer = await (await discord_server.click(status, "Cancel", author=admin)).response()

    assert "Training cancelled" in said(answer)


@pytest.mark.parametrize("command", ["ping", "models list", "retrain dino", "retrain forget"])
async def test_every_slash_command_is_refused_privately_elsewhere(
    discord_server: LoopbackDiscord,
    services: Services,
    admin: Member,
    open_channel: Channel,
    command: str,
) -> None:
    await close(services, discord_server, open_channel)

    note = await refused(await discord_server.slash(command, author=admin))

    assert open_channel.mention in note
    assert not services.trainings.all


async def test_what_may_be_said_in_a_channel_may_be_said_in_its_threads(
    discord_server: LoopbackDiscord, services: Services, open_channel: Channel
) -> None:
    inside = discord_server.guild.add_thread(open_channel, "fossils")
    outside = discord_server.guild.add_thread(discord_server.channel, "gossip")
    for thread in (inside, outside):
        await discord_server.announce(thread)
    await close(services, discord_server, open_channel)

    answer = await discord_server.reply(to=await discord_server.say("!dino", channel=inside))
    assert names_in(answer)
    assert names_in(await (await discord_server.click(answer, "Another")).response())
    await discord_server.silence_after("!dino", channel=outside)
    note = await refused(await discord_server.slash("dino", channel=outside))
    assert open_channel.mention in note


async def test_a_category_stands_for_its_channels(
    discord_server: LoopbackDiscord, services: Services, admin: Member
) -> None:
    guild = discord_server.guild
    category = guild.add_category("Museum")
    inside = guild.add_channel("bones", category=category)
    thread = guild.add_thread(inside, "fossils")
    for channel in (category, inside, thread):
        await discord_server.announce(channel)

    changed = await discord_server.say(f"!settings set channels <#{category.id}>", author=admin)

    assert "Museum" in (await discord_server.reply(to=changed)).content
    for channel in (inside, thread):
        said_there = await discord_server.say("!dino", channel=channel)
        assert names_in(await discord_server.reply(to=said_there))
    await discord_server.silence_after("!dino")
    assert category.mention in await refused(await discord_server.slash("dino"))


async def test_the_reply_names_a_few_channels_that_exist_and_that_the_member_sees(
    discord_server: LoopbackDiscord, services: Services, open_channel: Channel
) -> None:
    guild = discord_server.guild
    others = [guild.add_channel(f"room-{number}") for number in range(8)]
    for channel in others:
        await discord_server.announce(channel)
    hidden = guild.add_channel("hidden")
    hidden.deny(guild.everyone, Permission.VIEW_CHANNEL)
    await discord_server.announce(hidden)
    await close(services, discord_server, open_channel, hidden, *others)
    await discord_server.delete_channel(others[0])
    await discord_server.settled()

    note = await refused(await discord_server.slash("dino"))

    named = re.findall(r"<#\d+>", note)
    assert named == [channel.mention for channel in (open_channel, *others[1:5])]
    assert note.endswith("and 3 more.")


async def test_where_none_of_them_is_left_none_is_named(
    discord_server: LoopbackDiscord, services: Services, open_channel: Channel
) -> None:
    await close(services, discord_server, open_channel)
    await discord_server.delete_channel(open_channel)
    await discord_server.settled()

    note = await refused(await discord_server.slash("dino"))

    assert note == "I may only answer in other channels of this server."


async def test_the_note_is_in_the_language_of_the_server(
    discord_server: LoopbackDiscord, services: Services, open_channel: Channel
) -> None:
    other = discord_server.guild.add_channel("eggs")
    await discord_server.announce(other)
    await close(services, discord_server, open_channel, other, locale="zh-CN")

    note = await refused(await discord_server.slash("dino"))

    assert note.startswith("在本服务器")
    assert note.endswith(f"{open_channel.mention}、{other.mention}。")
