"""`!poem` on Discord: what members type, and the verse that comes back."""

import re
import threading
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.client import responses
from bot.client.bot import Dinobard
from bot.cogs import COGS
from bot.services import open_services
from bot.storage.guild_settings import GuildSettings
from engine import LocalBackend, ModelRegistry
from engine.generation.poems import PoemGenerator
from engine.text.normalize import MAX_PROMPT
from tests.end_to_end import talk
from tests.end_to_end.talk import said_in
from tests.loopback import LoopbackDiscord
from tests.loopback.clients import running
from tests.loopback.records import Message

TYPING = ("POST", "/channels/*/typing")
UNESCAPED = re.compile(r"(?<!\\)(?:\\\\)*[*_~|`\[\]<>#]|^\s*[-+>]|://", re.MULTILINE)


async def ask(server: LoopbackDiscord, words: str) -> Message:
    reply = await talk.ask(server, words)
    assert not UNESCAPED.search(talk.without_bold_commands(reply.content))
    return reply


def plain(content: str) -> str:
    """Return what a member sees of a message."""
    return re.sub(r"\\([\W_])", r"\1", content).replace("\u200b", "")


@pytest.mark.usefixtures("poetic")
async def test_a_line_is_continued_in_verse(discord_server: LoopbackDiscord) -> None:
    line = "Shall I compare thee to a summer's day?"

    reply = await ask(discord_server, f"!poem {line}")

    first, *verse = plain(reply.content).splitlines()
    assert first == line
    assert len(verse) >= 4


@pytest.fixture
def typing_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show typing for quick answers too."""
    monkeypatch.setattr(responses, "_TYPING_AFTER_SECONDS", 0.0)


@pytest.mark.usefixtures("poetic", "typing_at_once")
async def test_a_slow_answer_is_announced_by_typing(discord_server: LoopbackDiscord) -> None:
    await ask(discord_server, "!poem")

    assert discord_server.bot in discord_server.channel.typing


@pytest.mark.usefixtures("poetic")
async def test_a_quick_answer_is_one_request(discord_server: LoopbackDiscord) -> None:
    await ask(discord_server, "!retrain dino passes=0")

    assert not discord_server.channel.typing


@pytest.mark.usefixtures("poetic", "typing_at_once")
@pytest.mark.parametrize("words", ["!poem", "!retrain dino passes=0"])
@pytest.mark.parametrize("status", [500, 503, None])
async def test_an_answer_comes_where_typing_cannot_be_shown(
    discord_server: LoopbackDiscord, words: str, status: int | None
) -> None:
    if status:
        discord_server.faults.fail(status, *TYPING, times=100)
    else:
        discord_server.faults.reset_connections(*TYPING, times=100)

    assert "this reference" not in (await ask(discord_server, words)).content


@pytest.mark.usefixtures("poetic", "typing_at_once")
@pytest.mark.parametrize("words", ["!poem", "!retrain dino passes=0"])
async def test_an_answer_does_not_wait_until_typing_is_shown(
    discord_server: LoopbackDiscord, words: str
) -> None:
    gate = discord_server.faults.hold(*TYPING)

    await ask(discord_server, words)

    gate.release()


@pytest.mark.usefixtures("poetic")
async def test_without_a_line_the_poem_has_one_of_its_own(discord_server: LoopbackDiscord) -> None:
    reply = await ask(discord_server, "!poem")

    assert len(reply.content.splitlines()) >= 4


@pytest.mark.usefixtures("poetic")
@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("“O rose,” said I", "“O rose,” said I"),
        ("Ô roße, thou été", "Ô roße, thou été"),
        ("**O** _rose_ ~~thou~~ ||art||", "**O** _rose_ ~~thou~~ ||art||"),
        ("```py\nO rose```", "O rose"),
        ("# O rose", "# O rose"),
        ("> O rose", "> O rose"),
        ("1. O rose", "1. O rose"),
        ("[**O rose**](https://rose.example)", "**O rose**"),
        ("O rose 🌹", "O rose 🌹"),
        ("O\n\n\nrose\n", "O rose"),
        ("O rose @everyone", "O rose @everyone"),
        ("O rose \u202eesor", "O rose esor"),
        ("恐龙 rose", "恐龙 rose"),
        ("\\O rose\\", "\\O rose\\"),
    ],
)
async def test_a_line_comes_back_as_it_was_given(
    discord_server: LoopbackDiscord, typed: str, shown: str
) -> None:
    reply = await ask(discord_server, f"!poem {typed}")

    text = plain(reply.content)
    assert text.startswith(shown)
    assert len(text.splitlines()) >= 2


@pytest.mark.usefixtures("poetic")
@pytest.mark.parametrize(
    ("typed", "allowed"),
    [
        ("🦖🦕", "at least one letter from A to Z"),
        ("恐龙", "at least one letter from A to Z"),
        ("1984", "at least one letter from A to Z"),
        ("O rose " * 280, f"at most {MAX_PROMPT} characters"),
        ("O̴̢̨" + "\u0301" * 1_900, f"at most {MAX_PROMPT} characters"),
    ],
    ids=["emoji", "other alphabet", "digits", "long", "zalgo"],
)
async def test_other_lines_are_refused_with_what_is_allowed(
    discord_server: LoopbackDiscord, typed: str, allowed: str
) -> None:
    reply = await ask(discord_server, f"!poem {typed}")

    assert allowed in reply.content
    assert "!poem Shall I compare thee" in reply.content
    assert len(reply.content) < 200


@pytest.mark.usefixtures("poetic")
@pytest.mark.parametrize("whom", talk.MENTIONS)
async def test_mentions_in_a_line_ping_nobody(discord_server: LoopbackDiscord, whom: str) -> None:
    mention = talk.mention_of(discord_server, whom)

    reply = await ask(discord_server, f"!poem O rose {mention}")

    assert mention not in reply.content


@pytest_asyncio.fixture
async def waking(
    discord_server: LoopbackDiscord, registry: ModelRegistry, home: Path, generator: PoemGenerator
) -> AsyncGenerator[threading.Event]:
    """The bot while its poem network is being loaded, which ends when the event is set."""
    gate = threading.Event()

    def load(_: ModelRegistry, __: str) -> PoemGenerator:
        gate.wait()
        return generator

    async with (
        open_services(
            LocalBackend(registry, load_poem_generator=load), home / "state.sqlite3"
        ) as services,
        running(Dinobard(services, discord_server.api_url, cogs=COGS), discord_server),
    ):
        try:
            yield gate
        finally:
            gate.set()


async def test_an_early_poem_waits_with_a_notice_that_becomes_the_poem(
    discord_server: LoopbackDiscord, waking: threading.Event
) -> None:
    notice = await ask(discord_server, "!poem O rose")
    assert "One moment" in notice.content
    assert talk.names_in(await ask(discord_server, "!dino"))

    waking.set()

    await discord_server.until(lambda: notice.edits, "the poem in the place of the notice")
    assert notice.content.startswith("O rose")
    assert not UNESCAPED.search(notice.content)


async def test_an_early_slash_poem_waits_with_a_notice_that_becomes_the_poem(
    discord_server: LoopbackDiscord, waking: threading.Event
) -> None:
    call = await discord_server.slash("poem", first_line="O rose")
    notice = await call.response()
    assert "One moment" in notice.content

    waking.set()

    await discord_server.until(lambda: notice.edits, "the poem in the place of the notice")
    assert notice.content.startswith("O rose")
    assert "Continue" in notice.buttons


async def test_a_poem_is_given_up_when_the_message_that_asked_is_deleted(
    discord_server: LoopbackDiscord, waking: threading.Event
) -> None:
    question = await discord_server.say("!poem O rose")
    notice = await discord_server.reply(to=question)

    await discord_server.delete(question)

    await discord_server.until(lambda: notice.is_deleted, "the end of the notice")
    waking.set()
    later = await ask(discord_server, "!poem O worm")
    await discord_server.until(lambda: later.content.startswith("O worm"), "the next poem")
    assert question.answers == [notice]


async def test_a_poem_is_sent_anew_where_its_notice_has_been_deleted(
    discord_server: LoopbackDiscord, waking: threading.Event
) -> None:
    notice = await ask(discord_server, "!poem O rose")
    await discord_server.delete(notice)

    waking.set()

    assert (await discord_server.reply()).content.startswith("O rose")


@pytest.mark.usefixtures("dinobard")
async def test_help_tells_of_poems(discord_server: LoopbackDiscord) -> None:
    assert "!poem" in said_in(await ask(discord_server, "!help"))


@pytest.mark.parametrize("line", ["nigger", "操你妈 is what I say", "O f.u.c.k"])
async def test_an_indecent_line_is_repeated_in_adult_channels_alone_where_that_is_set(
    discord_server: LoopbackDiscord, poetic: Dinobard, line: str
) -> None:
    refusal = await ask(discord_server, f"!poem {line}")
    assert "I may not repeat" in refusal.content
    assert line not in plain(refusal.content)

    late = discord_server.guild.add_channel("late")
    late.is_adult = True
    await discord_server.announce(late)
    await poetic.services.guild_settings.change(
        discord_server.guild.id, GuildSettings(allows_indecent=True)
    )
    asked = await discord_server.say(f"!poem {line}", channel=late)
    assert plain((await discord_server.reply(to=asked)).content).startswith(line)
