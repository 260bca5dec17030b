"""Names that people like: explained, more of them, like a member's, and had again."""

import asyncio
import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot import program_name
from bot.client.bot import Dinobard
from bot.cogs import COGS
from bot.context import RequestContext
from bot.features.buttons import ExpiredButtonError
from bot.features.etymology import meaning, pronunciation
from bot.features.explain import complete, explain
from bot.services import open_services
from bot.storage.answers import FRESH_SECONDS, KEPT_SECONDS, AnswerRecord, AnswerStore
from bot.storage.guild_settings import DEFAULTS, GuildSettings
from engine import (
    IndecentPrefixError,
    LocalBackend,
    ModelRegistry,
    NameRequest,
    Names,
    NoNamesError,
)
from engine.requests import MAX_PREFIX_LETTERS
from tests.end_to_end.program import Program
from tests.end_to_end.talk import ask, names_in, said_in
from tests.loopback import LoopbackDiscord
from tests.loopback.clients import running
from tests.loopback.exchange import ResponseKind
from tests.loopback.records import Message

BUTTONS = ["Another", "Five more", "How?", "🗑 Delete"]
FORGED = {
    "type": 1,
    "components": [{"type": 2, "style": 2, "label": "How?", "custom_id": "how::1"}],
}


async def grow_old(bot: Dinobard, seconds: float) -> None:
    await bot.services.database.write("UPDATE answers SET created = created - ?", seconds)


def command_in(explanation: Message) -> str:
    """Return the command line as a member would copy it from what is shown."""
    (field,) = explanation.embeds[0]["fields"]
    return re.sub(r"\\([\W_])", r"\1", field["value"])


@pytest.mark.usefixtures("dinobard")
async def test_a_name_is_explained_in_a_card(discord_server: LoopbackDiscord) -> None:
    reply = await ask(discord_server, "!dino triceratop")

    (card,) = reply.embeds
    name = card["title"]
    assert name.startswith("Tri")
    assert card["description"].startswith(pronunciation(name))
    assert all(part in card["description"] for part in meaning(name, "en"))
    assert reply.content == ""
    assert reply.buttons == BUTTONS


@pytest.mark.usefixtures("dinobard")
async def test_five_names_are_a_line_each(discord_server: LoopbackDiscord) -> None:
    reply = await ask(discord_server, "!dino 5 tri")

    (card,) = reply.embeds
    assert len(card["description"].splitlines()) == 5
    assert "5 dinosaurs" in card["title"]


@pytest.mark.usefixtures("dinobard")
@pytest.mark.parametrize(("button", "count"), [("Another", 1), ("Five more", 5)])
async def test_there_are_more_names_of_the_kind(
    discord_server: LoopbackDiscord, button: str, count: int
) -> None:
    reply = await ask(discord_server, "!dino 2 tri")

    press = await discord_server.click(reply, button)

    more = await press.response()
    assert await press.acknowledged() is ResponseKind.MESSAGE
    names = names_in(more)
    assert len(names) == count
    assert all(name.startswith("Tri") for name in names)
    assert more.buttons == BUTTONS
    assert not more.pings


@pytest.mark.usefixtures("dinobard")
async def test_buttons_are_for_the_asker(discord_server: LoopbackDiscord) -> None:
    reply = await ask(discord_server, "!dino")

    press = await discord_server.click(
        reply, "Another", author=discord_server.guild.add_member("Nosy")
    )

    refusal = await press.response()
    assert refusal.is_ephemeral
    assert "belong to someone else" in refusal.content


async def test_presses_have_to_wait_for_their_turn(
    discord_server: LoopbackDiscord, dinobard: Dinobard
) -> None:
    await dinobard.services.guild_settings.change(
        discord_server.guild.id, replace(DEFAULTS, user_cooldown_seconds=60.0)
    )
    reply = await ask(discord_server, "!dino")

    refusal = await (await discord_server.click(reply, "Another")).response()

    assert refusal.is_ephemeral
    assert "seconds" in refusal.content


async def test_buttons_fade_politely(discord_server: LoopbackDiscord, dinobard: Dinobard) -> None:
    reply = await ask(discord_server, "!dino")
    await grow_old(dinobard, FRESH_SECONDS + 1)

    press = await discord_server.click(reply, "Another")

    refusal = await press.response()
    assert refusal.is_ephemeral
    assert "has expired" in refusal.content
    await discord_server.until(lambda: reply.edits, "the buttons to go")
    assert reply.buttons == ["How?", "🗑 Delete"]


@pytest.mark.usefixtures("dinobard")
@pytest.mark.parametrize(
    ("name", "letter"), [("Kárl", "K"), ("\U0001d4d0lbert the Great", "A"), ("~* xX_Zoë *~", "X")]
)
async def test_a_name_begins_like_that_of_a_member(
    discord_server: LoopbackDiscord, name: str, letter: str
) -> None:
    member = discord_server.guild.add_member("Somebody", nick=name)

    for words in (f"!dino {member.mention}", f"!dino 2 {member.mention}"):
        reply = await ask(discord_server, words)
        assert all(found.startswith(letter) for found in names_in(reply))
        assert name not in said_in(reply)

    press = await discord_server.slash("dino", member=member, number=2)
    response = await press.response()
    assert all(found.startswith(letter) for found in names_in(response))
    assert not response.pings


@pytest.mark.usefixtures("dinobard")
async def test_a_member_without_letters_gets_a_name_all_the_same(
    discord_server: LoopbackDiscord,
) -> None:
    member = discord_server.guild.add_member("Somebody", nick="恐龙🦖")

    reply = await ask(discord_server, f"!dino {member.mention}")

    assert names_in(reply)
    assert "no letter" in said_in(reply)


@pytest.mark.usefixtures("dinobard")
@pytest.mark.parametrize(
    ("typed", "letters"),
    [
        ("Zoë-Marie", "Zoe"),
        ("O'Brien", "O"),
        ("Anna Maria", "Anna"),
        ("t3rex", "T"),
        ("**tri**", "Tri"),
        ("Wolfeschlegelsteinhausen", "Wo"),
        ("小明", ""),
        ("😀", ""),
        ("@everyone", "E"),
    ],
)
async def test_a_name_begins_like_one_that_is_typed(
    discord_server: LoopbackDiscord, typed: str, letters: str
) -> None:
    reply = await ask(discord_server, f"!dino 2 {typed}")
    response = await (await discord_server.slash("dino", beginning=typed, number=2)).response()

    for answer in (reply, response):
        assert len(names_in(answer)) == 2
        assert all(found.startswith(letters) for found in names_in(answer))
        assert ("no letter" in said_in(answer)) is (not letters)


@pytest.mark.usefixtures("dinobard")
async def test_a_typed_name_is_not_given_back(discord_server: LoopbackDiscord) -> None:
    reply = await ask(discord_server, "!dino 5 Maximilian")

    assert all(name.startswith("Max") for name in names_in(reply))
    assert "Maximilian" not in names_in(reply)


class _Picky(LocalBackend):
    """An engine that finds no names for a long beginning."""

    async def names(self, request: NameRequest, **options: Any) -> Names:
        if len(request.prefix) > 3:
            raise NoNamesError(request.prefix)
        return await super().names(request, **options)


async def test_letters_that_lead_nowhere_are_shortened(
    discord_server: LoopbackDiscord, registry: ModelRegistry, home: Path
) -> None:
    async with (
        open_services(_Picky(registry, preloads_poems=False), home / "other.sqlite3") as services,
        running(Dinobard(services, discord_server.api_url, cogs=COGS), discord_server),
    ):
        reply = await ask(discord_server, "!dino fuchsia")

    assert names_in(reply)[0].startswith("Fuc")
    assert "first letters" in said_in(reply)


async def test_indecent_letters_of_a_person_are_shortened(
    discord_server: LoopbackDiscord, dinobard: Dinobard
) -> None:
    with pytest.raises(IndecentPrefixError):
        await dinobard.services.backend.names(NameRequest(prefix="fuckf"))
    member = discord_server.guild.add_member("Rex", nick="Fuckfuck")

    reply = await ask(discord_server, f"!dino <@{member.id}>")

    assert names_in(reply)[0].startswith("Fuc")


@pytest.mark.usefixtures("dinobard")
async def test_indecent_letters_are_refused(discord_server: LoopbackDiscord) -> None:
    reply = await ask(discord_server, "!dino fuckfuck")

    assert "may not show names" in reply.content
    assert not reply.embeds


@pytest.mark.usefixtures("dinobard")
async def test_the_slash_command_has_options(discord_server: LoopbackDiscord) -> None:
    first, second = [
        await (
            await discord_server.slash("dino", number=3, beginning="tri", temperature=0.8, seed=42)
        ).response()
        for _ in range(2)
    ]

    assert len(names_in(first)) == 3
    assert names_in(first) == names_in(second)
    assert first.buttons == BUTTONS


@pytest.mark.usefixtures("dinobard")
async def test_a_refusal_of_a_slash_command_is_private(discord_server: LoopbackDiscord) -> None:
    call = await discord_server.slash("dino", beginning="99")

    refusal = await call.response()
    assert refusal.is_ephemeral
    assert "what they begin with" in refusal.content


@pytest.mark.usefixtures("dinobard")
async def test_a_beginning_without_end_is_completed_to_what_is_allowed(
    discord_server: LoopbackDiscord,
) -> None:
    choices = await discord_server.autocomplete("dino", "beginning", "x" * 150)

    assert [choice["value"] for choice in choices] == ["x" * MAX_PREFIX_LETTERS]


@pytest.mark.usefixtures("dinobard")
@pytest.mark.parametrize(
    ("locale", "meaning"), [("en-US", "tyrant"), ("zh-CN", "暴君"), ("zh-TW", "暴君")]
)
async def test_beginnings_are_completed(
    discord_server: LoopbackDiscord, locale: str, meaning: str
) -> None:
    discord_server.member.user.locale = locale
    choices = await discord_server.autocomplete("dino", "beginning", "Tyr")

    assert [choice["value"] for choice in choices][:2] == ["tyr", "tyrann"]
    assert choices[1]["name"] == f"tyrann: {meaning}"


async def test_the_temperature_of_the_server_applies(
    discord_server: LoopbackDiscord, dinobard: Dinobard
) -> None:
    await dinobard.services.guild_settings.change(
        discord_server.guild.id, replace(DEFAULTS, temperature=0.35)
    )
    await ask(discord_server, "!dino")

    assert "temperature 0.35" in said_in(await ask(discord_server, "!how"))


@pytest.mark.usefixtures("dinobard")
async def test_an_answer_can_be_had_again(
    discord_server: LoopbackDiscord, program: Program
) -> None:
    reply = await ask(discord_server, "!dino 3 tri")
    await ask(discord_server, "!dino 2")

    question = await discord_server.say("!how", reply_to=reply)
    explanation = await discord_server.reply(to=question)

    words = shlex.split(command_in(explanation))
    assert words[0] == program_name()
    outcome = program.run(*words[1:])
    assert outcome.out.splitlines() == names_in(reply), outcome.err
    seed = int(words[words.index("--seed") + 1])
    call = await discord_server.slash("dino", number=3, beginning="tri", seed=seed)
    assert names_in(await call.response()) == names_in(reply)


@pytest.mark.usefixtures("dinobard")
async def test_how_is_a_button_for_anybody_and_private(discord_server: LoopbackDiscord) -> None:
    reply = await ask(discord_server, "!dino")

    press = await discord_server.click(
        reply, "How?", author=discord_server.guild.add_member("Nosy")
    )

    explanation = await press.response()
    assert explanation.is_ephemeral
    assert "--seed" in command_in(explanation)


async def test_how_explains_the_last_answer_for_a_day_and_any_for_a_week(
    discord_server: LoopbackDiscord, dinobard: Dinobard
) -> None:
    assert "no recent answer" in said_in(await ask(discord_server, "!how"))
    reply = await ask(discord_server, "!dino tri")
    assert "--prefix tri" in command_in(await ask(discord_server, "!how"))

    await grow_old(dinobard, FRESH_SECONDS + 1)
    assert "no recent answer" in said_in(await ask(discord_server, "!how"))
    explanation = await discord_server.reply(to=await discord_server.say("!how", reply_to=reply))
    assert "--prefix LETTERS" in command_in(explanation)
    assert "no longer stored" in said_in(explanation)

    await grow_old(dinobard, KEPT_SECONDS)
    assert "no recent answer" in said_in(await ask(discord_server, "!how"))
    assert "has expired" in (await (await discord_server.click(reply, "How?")).response()).content


@pytest.mark.usefixtures("dinobard")
async def test_names_are_had_once_more_the_same_by_whoever_reads_how(
    discord_server: LoopbackDiscord,
) -> None:
    reply = await ask(discord_server, "!dino 3 tri")
    await ask(discord_server, "!dino 2")
    question = await discord_server.say("!how", reply_to=reply)
    explanation = await discord_server.reply(to=question)

    nosy = discord_server.guild.add_member("Nosy")
    press = await discord_server.click(explanation, "Repeat", author=nosy)

    again = await press.response()
    assert names_in(again) == names_in(reply)
    assert again.buttons == BUTTONS


async def test_what_a_deleted_model_said_or_is_forgotten_is_not_had_again(
    discord_server: LoopbackDiscord, dinobard: Dinobard
) -> None:
    await ask(discord_server, "!dino tri")
    explanation = await ask(discord_server, "!how")
    await dinobard.services.database.write("UPDATE answers SET model = '2020-01-01-00000000'")
    press = await discord_server.click(explanation, "Repeat")
    assert "has been deleted" in (await press.response()).content

    await grow_old(dinobard, FRESH_SECONDS + 1)
    assert (await ask(discord_server, "!how")).buttons == []
    press = await discord_server.click(explanation, "Repeat")
    assert "has expired" in (await press.response()).content


@pytest.mark.usefixtures("dinobard")
async def test_how_tells_only_of_the_answer_that_is_replied_to(
    discord_server: LoopbackDiscord,
) -> None:
    await ask(discord_server, "!dino")
    for other in (await ask(discord_server, "!help"), await discord_server.say("hello")):
        question = await discord_server.say("!how", reply_to=other)
        assert "I do not know how" in (await discord_server.reply(to=question)).content

    told = await discord_server.say("!how", reply_to=await ask(discord_server, "!how"))
    assert "--seed" in command_in(await discord_server.reply(to=told))


@pytest.mark.usefixtures("dinobard")
@pytest.mark.parametrize("component", [FORGED, {"type": 10, "content": "of another kind"}])
async def test_buttons_of_others_say_nothing_of_an_answer(
    discord_server: LoopbackDiscord, component: dict[str, Any]
) -> None:
    await ask(discord_server, "!dino")
    message = await discord_server.say("look", author=discord_server.guild.add_member("other"))
    message.body.components = [component]

    question = await discord_server.say("!how", reply_to=message)

    assert "I do not know how" in (await discord_server.reply(to=question)).content


async def test_answers_are_explained_on_their_own_server_alone(
    discord_server: LoopbackDiscord, dinobard: Dinobard
) -> None:
    await ask(discord_server, "!dino tri")
    row = await dinobard.services.database.row("SELECT id, server FROM answers")
    assert row
    number, guild = str(row[0]), int(str(row[1]))

    assert await explain(dinobard.services, RequestContext(user=1, guild=guild), number)
    for elsewhere in (RequestContext(user=1, guild=guild + 1), RequestContext(user=1)):
        with pytest.raises(ExpiredButtonError):
            await explain(dinobard.services, elsewhere, number)
        with pytest.raises(ExpiredButtonError):
            await complete(dinobard.services, elsewhere, number)


async def test_a_deleted_answer_is_forgotten(
    discord_server: LoopbackDiscord, dinobard: Dinobard
) -> None:
    reply = await ask(discord_server, "!dino")
    await discord_server.click(reply, "🗑 Delete")
    await discord_server.until(lambda: reply.is_deleted or None, "the answer to be deleted")

    assert await dinobard.services.database.rows("SELECT * FROM answers") == []


async def test_an_answer_whose_message_is_deleted_is_forgotten(
    discord_server: LoopbackDiscord, dinobard: Dinobard
) -> None:
    typed = await ask(discord_server, "!dino")
    called = await (await discord_server.slash("dino")).response()
    pressed = await (await discord_server.click(typed, "Another")).response()
    others = [await discord_server.say("hello"), typed]

    await discord_server.purge([others[0], pressed])
    await discord_server.settled()
    kept = await dinobard.services.database.rows("SELECT message FROM answers ORDER BY id")
    for message in (typed, called):
        await discord_server.delete(message)
    await discord_server.settled()

    assert kept == [(typed.id,), (called.id,)]
    assert await dinobard.services.database.rows("SELECT * FROM answers") == []
    assert "no recent answer" in (await ask(discord_server, "!how")).content


@pytest.mark.parametrize(
    ("is_adult", "allows", "is_decent"),
    [(True, True, False), (True, False, True), (False, True, True)],
)
async def test_indecent_words_need_an_adult_channel_and_the_setting(
    discord_server: LoopbackDiscord,
    dinobard: Dinobard,
    is_adult: bool,
    allows: bool,
    is_decent: bool,
) -> None:
    channel = discord_server.guild.add_channel("late")
    channel.is_adult = is_adult
    await discord_server.announce(channel)
    await dinobard.services.guild_settings.change(
        discord_server.guild.id, GuildSettings(allows_indecent=allows)
    )

    message = await discord_server.say("!dino", channel=channel)
    await discord_server.reply(to=message)

    record = await dinobard.services.answers.latest(channel.id)
    assert record
    assert record.request.decent is is_decent


class _Slow(LocalBackend):
    """An engine whose names wait for a gate."""

    gate: asyncio.Event

    async def names(self, request: NameRequest, **options: Any) -> Names:
        await self.gate.wait()
        return await super().names(request, **options)


async def test_a_slow_slash_command_is_deferred_in_time(
    discord_server: LoopbackDiscord, registry: ModelRegistry, home: Path
) -> None:
    discord_server.interaction_deadline_seconds = 3.0
    engine = _Slow(registry, preloads_poems=False)
    engine.gate = asyncio.Event()
    async with (
        open_services(engine, home / "state.sqlite3") as services,
        running(Dinobard(services, discord_server.api_url, cogs=COGS), discord_server),
    ):
        call = await discord_server.slash("dino", number=2)
        assert await call.acknowledged() is ResponseKind.DEFERRED_MESSAGE
        engine.gate.set()

        assert len(names_in(await call.response())) == 2


@pytest.mark.usefixtures("dinobard")
async def test_an_explanation_that_takes_its_time_is_private_too(
    discord_server: LoopbackDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, latest = asyncio.Event(), AnswerStore.latest

    async def wait_at_the_gate(table: AnswerStore, channel: int) -> AnswerRecord | None:
        await gate.wait()
        return await latest(table, channel)

    monkeypatch.setattr(AnswerStore, "latest", wait_at_the_gate)
    await ask(discord_server, "!dino")
    call = await discord_server.slash("how")
    assert await call.acknowledged() is ResponseKind.DEFERRED_MESSAGE
    gate.set()

    explanation = await call.response()
    assert explanation.is_ephemeral
    assert "--seed" in command_in(explanation)


async def test_an_answer_is_given_where_it_cannot_be_kept(
    discord_server: LoopbackDiscord, dinobard: Dinobard, caplog: pytest.LogCaptureFixture
) -> None:
    await dinobard.services.database.write("DROP TABLE answers")

    reply = await ask(discord_server, "!dino")

    assert names_in(reply)
    assert reply.buttons == ["🗑 Delete"]
    assert "not kept" in caplog.text
