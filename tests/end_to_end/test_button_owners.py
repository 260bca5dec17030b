"""Buttons check whose answer it is, also where their custom id says something else."""

import pytest

from bot.client.bot import Dinobard
from tests.end_to_end.talk import ask, names_in, said_in
from tests.loopback import LoopbackDiscord, Permission
from tests.loopback.records import InteractionKind, Message
from tests.loopback.world import Channel, Member, User

OF_NAMES = ("another", "more")
OF_POEMS = ("continue", "again", "wilder", "calmer", "picture")
LINE = "Shall I compare thee to a summer's day?"


def number_of(answer: Message) -> str:
    """Return the number of the answer that the buttons of a message are about."""
    ids = [part["custom_id"] for part in answer.parts() if "custom_id" in part]
    return next(custom_id.rpartition(":")[2] for custom_id in ids if custom_id.startswith("how:"))


async def forge(
    server: LoopbackDiscord,
    verb: str,
    number: str,
    author: Member | User,
    shown: Message,
    channel: Channel | None = None,
) -> Message:
    """Press a button made by hand for oneself; return what is answered."""
    # The library answers only buttons that stand under the message.
    button = next(part for part in shown.parts() if part["type"] == 2)
    button["custom_id"] = f"{verb}:{author.id}:{number}"
    exchange = await server.interact(
        InteractionKind.COMPONENT,
        {"component_type": 2, "custom_id": button["custom_id"], "id": 0},
        author=author,
        channel=channel or shown.channel,
        message=shown,
    )
    return await exchange.response()


@pytest.mark.usefixtures("dinobard")
@pytest.mark.parametrize("verb", [*OF_NAMES, "delete"])
async def test_nobody_uses_the_buttons_of_somebody_elses_names(
    discord_server: LoopbackDiscord, verb: str
) -> None:
    answer = await ask(discord_server, "!dino tri")
    nosy = discord_server.guild.add_member("Nosy")

    refusal = await forge(discord_server, verb, number_of(answer), nosy, answer)

    assert refusal.is_ephemeral
    assert "belong to someone else" in refusal.content or "Only the member" in refusal.content
    assert not answer.is_deleted
    how = await (await discord_server.click(answer, "How?")).response()
    assert "seed" in said_in(how).lower()


@pytest.mark.usefixtures("poetic")
@pytest.mark.parametrize("verb", OF_POEMS)
async def test_nobody_uses_the_buttons_of_somebody_elses_poem(
    discord_server: LoopbackDiscord, verb: str
) -> None:
    answer = await ask(discord_server, f"!poem {LINE}")
    nosy = discord_server.guild.add_member("Nosy")

    refusal = await forge(discord_server, verb, number_of(answer), nosy, answer)

    assert refusal.is_ephemeral
    assert "belong to someone else" in refusal.content


@pytest.mark.usefixtures("dinobard")
@pytest.mark.parametrize("verb", [*OF_NAMES, "same", "how", "delete"])
async def test_no_button_reaches_an_answer_of_another_guild(
    discord_server: LoopbackDiscord, verb: str
) -> None:
    other = discord_server.add_guild("other")
    # Whoever moderates there moderates nothing here.
    member = other.add_member(
        permissions=Permission.MANAGE_MESSAGES, user=discord_server.member.user
    )
    channel = other.add_channel()
    await discord_server.announce(other)
    answer = await ask(discord_server, "!dino tri")
    shown = await discord_server.reply(
        to=await discord_server.say("!dino", author=member, channel=channel)
    )

    refusal = await forge(discord_server, verb, number_of(answer), member, shown)

    assert refusal.is_ephemeral
    assert "expired" in refusal.content
    assert names_in(await (await discord_server.click(answer, "Another")).response())


@pytest.mark.usefixtures("dinobard")
@pytest.mark.parametrize("verb", [*OF_NAMES, "same", "how", "delete"])
async def test_no_button_reaches_an_answer_in_direct_messages_of_another_user(
    discord_server: LoopbackDiscord, verb: str
) -> None:
    owner, nosy = discord_server.add_user("Mary"), discord_server.add_user("Nosy")
    private = discord_server.direct_message(owner)
    answer = await discord_server.reply(to=await discord_server.say("!dino tri", channel=private))
    there = discord_server.direct_message(nosy)
    shown = await discord_server.reply(to=await discord_server.say("!dino", channel=there))

    refusal = await forge(discord_server, verb, number_of(answer), nosy, shown)

    assert "someone else" in refusal.content or "Only the member" in refusal.content
    assert names_in(await (await discord_server.click(answer, "Another")).response())


async def test_a_moderator_deletes_an_answer_with_what_is_kept_of_it(
    dinobard: Dinobard, discord_server: LoopbackDiscord
) -> None:
    moderator = discord_server.guild.add_member("Mary", Permission.MANAGE_MESSAGES)
    answer = await ask(discord_server, "!dino")
    number = int(number_of(answer))
    assert await dinobard.services.answers.find(number)

    await discord_server.click(answer, "🗑 Delete", author=moderator)
    await discord_server.until(lambda: answer.is_deleted, "the answer to be deleted")

    assert await dinobard.services.answers.find(number) is None
