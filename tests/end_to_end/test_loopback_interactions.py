"""Slash commands, buttons, menus, modals and autocompletion over the loopback server."""

import asyncio
from collections.abc import AsyncGenerator

import discord
import pytest
import pytest_asyncio

from tests.loopback import LoopbackDiscord, Message, Permission, ResponseKind, Upload
from tests.loopback.clients import running
from tests.loopback.offers import NotOfferedError
from tests.loopback.specimen import Specimen


@pytest_asyncio.fixture
async def bot(discord_server: LoopbackDiscord) -> AsyncGenerator[Specimen]:
    specimen = Specimen()
    async with running(specimen, discord_server):
        yield specimen


async def message_with_buttons(server: LoopbackDiscord) -> Message:
    await server.say("!buttons")
    return await server.reply()


async def test_commands_are_registered_once(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    assert len(discord_server.syncs) == 1
    names = {command["name"] for command in discord_server.commands()}
    assert {"echo", "later", "secret", "read", "ask", "family"} == names
    assert len(await bot.tree.fetch_commands()) == len(names)


async def test_command_of_one_guild_is_found_there(
    discord_server: LoopbackDiscord, bot: Specimen
) -> None:
    guild = discord.Object(discord_server.guild.id)
    bot.tree.copy_global_to(guild=guild)
    registered = await bot.tree.sync(guild=guild)
    await registered[0].delete()
    assert len(discord_server.commands(discord_server.guild)) == len(registered) - 1


async def test_command_answers_at_once(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    interaction = await discord_server.slash("echo", text="roar", times=2)
    assert (await interaction.response()).content == "roar roar"
    assert await interaction.acknowledged() is ResponseKind.MESSAGE


async def test_command_answers_in_direct_messages(
    discord_server: LoopbackDiscord, bot: Specimen
) -> None:
    channel = discord_server.direct_message(discord_server.add_user())
    interaction = await discord_server.slash("echo", text="roar", channel=channel)
    assert (await interaction.response()).channel is channel


async def test_deferred_command_answers_later(
    discord_server: LoopbackDiscord, bot: Specimen
) -> None:
    interaction = await discord_server.slash("later")
    assert await interaction.acknowledged() is ResponseKind.DEFERRED_MESSAGE
    response = await interaction.response()
    assert (await interaction.followup()).content == "second"
    await discord_server.settled()
    assert [edit.content for edit in response.edits] == ["first", "changed"]


async def test_secret_answer_is_seen_by_one(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    interaction = await discord_server.slash("secret")
    response = await interaction.response()
    assert response.is_ephemeral
    assert response.id not in discord_server.channel.messages
    await discord_server.until(lambda: response.is_deleted, "deletion")


async def test_command_takes_a_file(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    interaction = await discord_server.slash("read", document=Upload("a.txt", b"bones"))
    assert (await interaction.response()).content == "bones"


async def test_command_takes_a_member(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    boss = discord_server.guild.add_member("Barnum Brown", Permission.MANAGE_GUILD)
    interaction = await discord_server.slash(
        "family", author=boss, name="Hadrosauridae", member=discord_server.member
    )
    assert (await interaction.response()).content == "Mary Anning: Hadrosauridae"


async def test_autocompletion_proposes(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    boss = discord_server.guild.add_member("Barnum Brown", Permission.MANAGE_GUILD)
    choices = await discord_server.autocomplete("family", "name", "T", author=boss)
    names = [choice["name"] for choice in choices]
    assert names == ["Tyrannosauridae", "Titanosauridae", "Troodontidae"]


async def test_button_changes_its_message(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    message = await message_with_buttons(discord_server)
    assert message.buttons == ["More", "Tell", "Closed"]
    for count in ("1", "2"):
        interaction = await discord_server.click(message, "More")
        assert await interaction.response() is message
        assert message.content == count


async def test_button_tells_more(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    message = await message_with_buttons(discord_server)
    interaction = await discord_server.click(message, "Tell")
    assert await interaction.acknowledged() is ResponseKind.DEFERRED_UPDATE
    assert (await interaction.followup()).content == "told"


async def test_menu_is_chosen_from(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    message = await message_with_buttons(discord_server)
    interaction = await discord_server.choose(message, "Troodontidae")
    assert (await interaction.response()).content == "picked Troodontidae"


async def test_modal_is_filled_in(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    opened = await discord_server.slash("ask")
    submitted = await discord_server.submit(opened, answer="Iguanodon")
    assert (await submitted.response()).content == "you said Iguanodon"


async def test_what_discord_does_not_offer_is_refused(
    discord_server: LoopbackDiscord, bot: Specimen
) -> None:
    message = await message_with_buttons(discord_server)
    with pytest.raises(NotOfferedError, match="not registered"):
        await discord_server.slash("dino")
    with pytest.raises(NotOfferedError, match="needs its option text"):
        await discord_server.slash("echo")
    with pytest.raises(NotOfferedError, match="not a integer"):
        await discord_server.slash("echo", text="roar", times="twice")
    with pytest.raises(NotOfferedError, match="not offered to Mary Anning"):
        await discord_server.slash("family", name="Hadrosauridae")
    with pytest.raises(NotOfferedError, match="not offered in direct messages"):
        await discord_server.slash(
            "family", channel=discord_server.direct_message(discord_server.member)
        )
    with pytest.raises(NotOfferedError, match="disabled"):
        await discord_server.click(message, "Closed")
    with pytest.raises(NotOfferedError, match="no menu"):
        await discord_server.choose(message, "Homo")


async def test_late_response_is_refused(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    gate = discord_server.faults.hold("POST", "/interactions/*/*/callback")
    interaction = await discord_server.slash("echo", text="late")
    await gate.reached()
    interaction.expire()
    gate.release()
    await discord_server.settled()
    (error,) = bot.errors
    assert isinstance(error, discord.NotFound)
    assert error.code == 10062


async def test_second_response_is_refused(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    # Two clients of one account both hear of the interaction.
    twin = Specimen()
    async with running(twin, discord_server, shards=2):
        await discord_server.slash("echo", text="me!")
        await discord_server.settled()
    (error,) = bot.errors + twin.errors
    assert isinstance(error, discord.HTTPException)
    assert error.code == 40060


async def test_expired_token_is_refused(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    gate = discord_server.faults.hold("POST", "/webhooks/*/*")
    interaction = await discord_server.slash("later")
    await gate.reached()
    interaction.expire_token()
    gate.release()
    await discord_server.settled()
    (error,) = bot.errors
    assert isinstance(error, discord.HTTPException)
    assert error.code == 50027


async def test_many_interactions_at_once(discord_server: LoopbackDiscord, bot: Specimen) -> None:
    calls = [discord_server.slash("echo", text=str(number)) for number in range(50)]
    interactions = await asyncio.gather(*calls)
    answers = [await interaction.response() for interaction in interactions]
    assert [answer.content for answer in answers] == [str(number) for number in range(50)]
