"""Whom a message notifies, by its text, its `allowed_mentions` and its author's permissions."""

from collections.abc import AsyncGenerator
from typing import Any

import discord
import pytest
import pytest_asyncio

from tests.loopback import LoopbackDiscord, Message, Permission
from tests.loopback.clients import running
from tests.loopback.specimen import Specimen

ALL = discord.AllowedMentions.all()
NONE = discord.AllowedMentions.none()


@pytest_asyncio.fixture
async def bot(discord_server: LoopbackDiscord) -> AsyncGenerator[Specimen]:
    specimen = Specimen()
    async with running(specimen, discord_server):
        yield specimen


def let_the_bot_ping_all(server: LoopbackDiscord) -> None:
    member = server.guild.members[server.bot.id]
    member.roles.append(server.guild.add_role("herald", Permission.MENTION_EVERYONE))


async def sent(server: LoopbackDiscord, bot: Specimen, text: str, **options: Any) -> Message:
    channel = bot.get_channel(server.channel.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.send(text, **options)
    return await server.reply()


@pytest.mark.parametrize("allowed", [None, ALL], ids=["by default", "all"])
async def test_named_user_is_notified(
    discord_server: LoopbackDiscord, bot: Specimen, allowed: discord.AllowedMentions | None
) -> None:
    text = f"look, {discord_server.member.mention}"
    message = await sent(discord_server, bot, text, allowed_mentions=allowed)
    assert message.pings.users == (discord_server.member.user,)


async def test_nobody_is_notified_against_the_bots_will(
    discord_server: LoopbackDiscord, bot: Specimen
) -> None:
    let_the_bot_ping_all(discord_server)
    role = discord_server.guild.add_role("diggers", is_mentionable=True)
    text = f"{discord_server.member.mention} {role.mention} @everyone @here"
    assert not (await sent(discord_server, bot, text, allowed_mentions=NONE)).pings
    assert (await sent(discord_server, bot, text, allowed_mentions=ALL)).pings.everyone


async def test_listed_users_alone_are_notified(
    discord_server: LoopbackDiscord, bot: Specimen
) -> None:
    other = discord_server.guild.add_member("Othniel Marsh")
    listed = discord.AllowedMentions(
        users=[discord.Object(other.id)], everyone=False, roles=False, replied_user=False
    )
    text = f"{discord_server.member.mention} {other.mention}"
    message = await sent(discord_server, bot, text, allowed_mentions=listed)
    assert message.pings.users == (other.user,)


async def test_everyone_needs_the_permission(
    discord_server: LoopbackDiscord, bot: Specimen
) -> None:
    assert not (await sent(discord_server, bot, "@everyone")).pings
    let_the_bot_ping_all(discord_server)
    assert (await sent(discord_server, bot, "@everyone")).pings.everyone


@pytest.mark.parametrize("is_mentionable", [True, False], ids=["mentionable", "not mentionable"])
async def test_roles_need_to_be_mentionable(
    discord_server: LoopbackDiscord, bot: Specimen, is_mentionable: bool
) -> None:
    role = discord_server.guild.add_role("diggers", is_mentionable=is_mentionable)
    message = await sent(discord_server, bot, role.mention)
    assert bool(message.pings.roles) == is_mentionable


@pytest.mark.parametrize("frame", ["`{}`", "```\n{}\n```"], ids=["inline", "block"])
async def test_code_notifies_nobody(
    discord_server: LoopbackDiscord, bot: Specimen, frame: str
) -> None:
    text = frame.format(discord_server.member.mention)
    assert not (await sent(discord_server, bot, text)).pings


async def test_stranger_is_not_notified(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    assert not (await sent(discord_server, bot, discord_server.add_user().mention)).pings


@pytest.mark.parametrize("is_wanted", [True, False], ids=["wanted", "not wanted"])
async def test_reply_notifies_the_replied_user(
    discord_server: LoopbackDiscord, bot: Specimen, is_wanted: bool
) -> None:
    original = await discord_server.say("hello")
    await discord_server.settled()
    await bot.heard[0].reply("hello", mention_author=is_wanted)
    assert bool((await discord_server.reply(to=original)).pings) == is_wanted


async def test_edit_notifies_nobody(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    message = await sent(discord_server, bot, "quiet")
    own = bot.get_partial_messageable(discord_server.channel.id).get_partial_message(message.id)
    await own.edit(content=discord_server.member.mention)
    assert message.edits
    assert not message.pings


async def test_members_ping_the_bot(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    message = await discord_server.say(f"hello {discord_server.bot.mention}")
    assert message.pings.users == (discord_server.bot,)
