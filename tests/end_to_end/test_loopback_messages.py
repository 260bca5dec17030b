"""The unmodified client and the loopback server talk in messages."""

from collections.abc import AsyncGenerator

import discord
import pytest
import pytest_asyncio

from tests.loopback import Intent, LoopbackDiscord, Permission, Upload
from tests.loopback.clients import running
from tests.loopback.specimen import Specimen, make_intents

TWO_FILES = [Upload("bones.txt", b"femur"), Upload("dust.txt", b"")]


@pytest_asyncio.fixture
async def bot(discord_server: LoopbackDiscord) -> AsyncGenerator[Specimen]:
    specimen = Specimen()
    async with running(specimen, discord_server):
        yield specimen


def own_channel(server: LoopbackDiscord, bot: Specimen) -> discord.TextChannel:
    """Return the channel as the client knows it."""
    channel = bot.get_channel(server.channel.id)
    assert isinstance(channel, discord.TextChannel)
    return channel


async def test_client_learns_its_guilds(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    await bot.wait_until_ready()
    guild = bot.get_guild(discord_server.guild.id)
    assert guild is not None
    assert [channel.name for channel in guild.text_channels] == ["general"]
    assert guild.me.guild_permissions.send_messages
    assert not guild.me.guild_permissions.mention_everyone


async def test_message_in_reply_out(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    message = await discord_server.say("!echo hello")
    reply = await discord_server.reply(to=message)
    assert reply.content == "hello"
    assert reply.reference is message


async def test_plain_message_answers_what_was_said_last(
    discord_server: LoopbackDiscord, bot: Specimen
) -> None:
    await discord_server.say("nothing")
    message = await discord_server.say("!shout hello")
    assert (await discord_server.reply(to=message)).content == "hello"


async def test_replies_are_returned_once(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    await discord_server.say("!echo one")
    await discord_server.say("!echo two")
    replies = await discord_server.replies(2)
    assert {reply.content for reply in replies} == {"one", "two"}


async def test_missing_reply_is_explained(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    message = await discord_server.say("!silent")
    with pytest.raises(AssertionError, match=r"(?s)a reply to '!silent'.*Mary Anning in #general"):
        await discord_server.reply(to=message, timeout_seconds=0)


async def test_silence_is_proved(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    await discord_server.silence_after("hello there")


async def test_silence_is_disproved(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    with pytest.raises(AssertionError, match="was answered"):
        await discord_server.silence_after("!echo hello")


async def test_content_is_withheld_without_the_intent(discord_server: LoopbackDiscord) -> None:
    bot = Specimen(make_intents(message_content=False))
    async with running(bot, discord_server):
        await discord_server.say("secret", attachments=TWO_FILES)
        await discord_server.say(f"open {discord_server.bot.mention}")
        await discord_server.settled()
    assert bot.texts[0] == ""
    assert bot.heard[0].attachments == []
    assert bot.texts[1].startswith("open")


async def test_direct_messages_are_readable_without_the_intent(
    discord_server: LoopbackDiscord,
) -> None:
    bot = Specimen(make_intents(message_content=False))
    async with running(bot, discord_server):
        channel = discord_server.direct_message(discord_server.member)
        message = await discord_server.say("!echo hello", channel=channel)
        assert (await discord_server.reply(to=message)).content == "hello"


async def test_replying_to_the_bot_mentions_it(discord_server: LoopbackDiscord) -> None:
    bot = Specimen(make_intents(message_content=False))
    async with running(bot, discord_server):
        own = await own_channel(discord_server, bot).send("I am here")
        original = discord_server.channel.messages[own.id]
        await discord_server.say("good", reply_to=original)
        await discord_server.settled()
    assert bot.texts == ["good"]
    assert bot.heard[0].reference is not None


async def test_events_not_asked_for_are_not_sent(discord_server: LoopbackDiscord) -> None:
    bot = Specimen(discord.Intents(guilds=True))
    async with running(bot, discord_server):
        await discord_server.say("!echo hello")
        await discord_server.settled()
    assert bot.heard == []


async def test_channel_that_the_bot_can_not_see_is_silent(
    discord_server: LoopbackDiscord, bot: Specimen
) -> None:
    guild = discord_server.guild
    discord_server.channel.deny(guild.members[discord_server.bot.id], Permission.VIEW_CHANNEL)
    await discord_server.silence_after("!echo hello")
    assert bot.heard == []


async def test_bot_opens_direct_messages(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    await discord_server.say("!whisper")
    reply = await discord_server.reply()
    assert reply.channel is discord_server.direct_message(discord_server.member)


async def test_closed_direct_messages_are_refused(
    discord_server: LoopbackDiscord, bot: Specimen
) -> None:
    discord_server.member.user.accepts_direct_messages = False
    await discord_server.silence_after("!whisper")
    assert codes(bot) == [50007]


async def test_files_come_in_and_go_out(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    message = await discord_server.say("!file", attachments=TWO_FILES)
    (attachment,) = (await discord_server.reply(to=message)).attachments
    assert (attachment.filename, attachment.content) == ("capitals.txt", b"FEMUR")
    assert attachment.upload.description == "loud"


async def test_typing_is_recorded(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    await discord_server.say("!typing")
    await discord_server.reply()
    assert discord_server.channel.typing == [discord_server.bot]


async def test_edits_and_reactions_are_recorded(
    discord_server: LoopbackDiscord, bot: Specimen
) -> None:
    await discord_server.say("!change")
    reply = await discord_server.reply()
    await discord_server.until(lambda: reply.reactions, "a reaction")
    assert [edit.content for edit in reply.edits] == ["hatchling"]
    assert reply.reactions[0].emoji == "🦖"


async def test_deletion_is_recorded(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    await discord_server.say("!remove")
    reply = await discord_server.reply()
    await discord_server.until(lambda: reply.is_deleted, "deletion")
    assert reply.id not in discord_server.channel.messages


async def test_members_edit_and_delete(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    events: list[str] = []

    @bot.event
    async def on_message_edit(before: discord.Message, after: discord.Message) -> None:  # pyright: ignore[reportUnusedFunction]
        events.append(f"{before.content} -> {after.content}")

    @bot.event
    async def on_message_delete(message: discord.Message) -> None:  # pyright: ignore[reportUnusedFunction]
        events.append(f"{message.content} deleted")

    message = await discord_server.say("old")
    await discord_server.edit(message, "new")
    await discord_server.delete(message)
    await discord_server.settled()
    assert events == ["old -> new", "new deleted"]


async def test_members_react_and_type(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    events: list[str] = []

    @bot.event
    async def on_raw_reaction_add(event: discord.RawReactionActionEvent) -> None:  # pyright: ignore[reportUnusedFunction]
        events.append(event.emoji.name)

    @bot.event
    async def on_raw_typing(event: discord.RawTypingEvent) -> None:  # pyright: ignore[reportUnusedFunction]
        events.append(str(event.user))

    await discord_server.react(await discord_server.say("hello"), "🦕")
    await discord_server.type()
    await discord_server.settled()
    assert events == ["🦕", "Mary Anning"]


async def test_history_is_newest_first(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    for number in range(4):
        await discord_server.say(str(number))
    channel = own_channel(discord_server, bot)
    assert [message.content async for message in channel.history(limit=3)] == ["3", "2", "1"]


async def test_members_are_fetched_and_queried(
    discord_server: LoopbackDiscord, bot: Specimen
) -> None:
    guild = bot.guilds[0]
    member = await guild.fetch_member(discord_server.member.id)
    assert await guild.query_members("mary") == [member]
    with pytest.raises(discord.NotFound):
        await guild.fetch_member(1)


async def test_members_come_in_chunks(discord_server: LoopbackDiscord) -> None:
    for number in range(1200):
        discord_server.guild.add_member(f"visitor {number}")
    bot = Specimen(make_intents(members=True))
    async with running(bot, discord_server):
        await bot.wait_until_ready()
        assert len(bot.guilds[0].members) == 1203


async def test_deleted_channel_is_unknown(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    channel = own_channel(discord_server, bot)
    await discord_server.delete_channel(discord_server.channel)
    await discord_server.settled()
    assert bot.get_channel(channel.id) is None
    with pytest.raises(discord.NotFound) as refusal:
        await channel.send("anybody?")
    assert refusal.value.code == 10003


async def test_guild_can_be_joined_and_left(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    guild = discord_server.add_guild("new")
    channel = guild.add_channel("hall")
    author = guild.add_member("Richard Owen")
    await discord_server.announce(guild)
    message = await discord_server.say("!echo hello", author=author, channel=channel)
    await discord_server.reply(to=message)
    await discord_server.remove_bot(guild)
    await discord_server.settled()
    assert [guild.id for guild in bot.guilds] == [discord_server.guild.id]


async def test_outage_of_a_guild_ends(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    await discord_server.begin_outage(discord_server.guild)
    await discord_server.settled()
    assert bot.guilds[0].unavailable
    await discord_server.end_outage(discord_server.guild)
    await discord_server.settled()
    assert not bot.guilds[0].unavailable


def codes(bot: Specimen) -> list[int]:
    return [error.code for error in bot.errors if isinstance(error, discord.HTTPException)]


@pytest.mark.parametrize(
    ("content", "code"),
    [("x" * 2001, 50035), ("", 50006), (" \n", 50006)],
    ids=["too long", "empty", "blank"],
)
async def test_bad_content_is_refused(
    discord_server: LoopbackDiscord, bot: Specimen, content: str, code: int
) -> None:
    with pytest.raises(discord.HTTPException) as refusal:
        await own_channel(discord_server, bot).send(content)
    assert (refusal.value.status, refusal.value.code) == (400, code)


async def test_long_embed_is_refused(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    with pytest.raises(discord.HTTPException, match="embeds"):
        await own_channel(discord_server, bot).send(embed=discord.Embed(title="x" * 257))


@pytest.mark.parametrize(
    ("denied", "code"),
    [
        (Permission.VIEW_CHANNEL, 50001),
        (Permission.SEND_MESSAGES, 50013),
        (Permission.EMBED_LINKS, 50013),
    ],
    ids=lambda value: str(value),
)
async def test_missing_permission_is_refused(
    discord_server: LoopbackDiscord, bot: Specimen, denied: Permission, code: int
) -> None:
    guild = discord_server.guild
    discord_server.channel.deny(guild.members[discord_server.bot.id], denied)
    with pytest.raises(discord.Forbidden) as refusal:
        await own_channel(discord_server, bot).send(embed=discord.Embed(title="hello"))
    assert refusal.value.code == code


async def test_messages_of_others_are_not_the_bots(
    discord_server: LoopbackDiscord, bot: Specimen
) -> None:
    message = await discord_server.say("mine")
    own = own_channel(discord_server, bot).get_partial_message(message.id)
    with pytest.raises(discord.Forbidden):
        await own.edit(content="yours")
    with pytest.raises(discord.Forbidden):
        await own.delete()
    with pytest.raises(discord.NotFound) as refusal:
        await own_channel(discord_server, bot).fetch_message(1)
    assert refusal.value.code == 10008


async def test_unknown_route_is_visible(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    with pytest.raises(discord.NotFound):
        await bot.fetch_invite("egg")
    assert discord_server.calls[-1].status == 404


async def test_rest_withholds_content_too() -> None:
    async with LoopbackDiscord(granted_intents=Intent.NONE) as server:
        bot = Specimen(make_intents(message_content=False))
        async with running(bot, server):
            message = await server.say("secret")
            fetched = await own_channel(server, bot).fetch_message(message.id)
            assert fetched.content == ""
