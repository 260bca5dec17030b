"""What can be done with a poem: gone on with, written anew, drawn, had again."""

import asyncio
import io
import re
import shlex
import threading
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from PIL import Image

from bot.client.bot import Dinobard
from bot.cogs import COGS
from bot.context import RequestContext
from bot.features.poem import picture
from bot.services import open_services
from bot.storage.answers import FRESH_SECONDS
from engine import IndecentLineError, LocalBackend, ModelRegistry, PoemRequest
from engine.generation.poems import PoemGenerator
from engine.text.fonts import first_with
from tests.end_to_end.program import Program
from tests.end_to_end.talk import ask, said_in
from tests.end_to_end.test_answers import command_in, grow_old
from tests.end_to_end.test_poem import plain
from tests.loopback import LoopbackDiscord
from tests.loopback.clients import running
from tests.loopback.records import Message
from tests.unit.engine.tiny_poems import GatedRunner

BUTTONS = ["Continue", "Again", "Wilder", "Calmer", "As a picture", "How?", "🗑 Delete"]
LINE = "Shall I compare thee"


@pytest_asyncio.fixture
async def poem(discord_server: LoopbackDiscord, poetic: Dinobard) -> AsyncGenerator[Message]:
    """A poem on a line."""
    yield await ask(discord_server, f"!poem {LINE}")


async def pressed(server: LoopbackDiscord, message: Message, button: str) -> Message:
    answer = await (await server.click(message, button)).response()
    assert not answer.pings
    return answer


async def temperature_of(server: LoopbackDiscord, message: Message) -> float:
    words = shlex.split(command_in(await pressed(server, message, "How?")))
    return float(words[words.index("--temperature") + 1])


async def test_a_poem_goes_on_from_its_last_line(
    discord_server: LoopbackDiscord, poem: Message
) -> None:
    assert poem.buttons == BUTTONS

    more = await pressed(discord_server, poem, "Continue")

    # A short line without a mark at its end is gone on with itself.
    assert plain(more.content).startswith(plain(poem.content).splitlines()[-1])
    assert len(more.content.splitlines()) >= 4
    assert more.buttons == BUTTONS


async def test_a_poem_is_written_again_on_its_line(
    discord_server: LoopbackDiscord, poem: Message
) -> None:
    again = await pressed(discord_server, poem, "Again")

    assert again.content.startswith(LINE)
    assert again.content != poem.content


@pytest.mark.parametrize(("button", "temperature"), [("Wilder", 0.9), ("Calmer", 0.6)])
async def test_a_poem_gets_wilder_or_calmer(
    discord_server: LoopbackDiscord, poem: Message, button: str, temperature: float
) -> None:
    other = await pressed(discord_server, poem, button)

    assert other.content.startswith(LINE)
    assert await temperature_of(discord_server, poem) == 0.75
    assert await temperature_of(discord_server, other) == temperature


@pytest.mark.usefixtures("poetic")
@pytest.mark.parametrize(
    ("before", "button", "after", "absent"),
    [
        (1.8, "Wilder", 1.95, ""),
        (1.95, "Wilder", 2.0, ""),
        (2.0, "Calmer", 1.85, "Wilder"),
        (0.2, "Calmer", 0.1, ""),
        (0.1, "Wilder", 0.25, "Calmer"),
    ],
)
async def test_wilder_is_never_calmer_nor_calmer_wilder(
    discord_server: LoopbackDiscord, before: float, button: str, after: float, absent: str
) -> None:
    discord_server.patience_seconds = 20
    call = await discord_server.slash("poem", first_line=LINE, temperature=before, length=80)
    poem = await call.response()
    assert poem.buttons == [label for label in BUTTONS if label != absent]

    other = await pressed(discord_server, poem, button)

    assert await temperature_of(discord_server, other) == after


async def test_a_poem_is_had_as_a_picture(discord_server: LoopbackDiscord, poem: Message) -> None:
    answer = await pressed(discord_server, poem, "As a picture")

    (attachment,) = answer.attachments
    assert attachment.filename == "poem.png"
    assert attachment.upload.description
    assert attachment.upload.description.startswith(LINE)
    assert Image.open(io.BytesIO(attachment.content)).width == 1_000
    assert answer.buttons == ["How?", "🗑 Delete"]


async def test_a_picture_leads_to_how_its_poem_came_about_and_leaves_it_be(
    discord_server: LoopbackDiscord, poem: Message
) -> None:
    command = command_in(await pressed(discord_server, poem, "How?"))
    picture = await pressed(discord_server, poem, "As a picture")
    await ask(discord_server, "!dino")

    assert command_in(await pressed(discord_server, picture, "How?")) == command
    question = await discord_server.say("!how", reply_to=picture)
    assert command_in(await discord_server.reply(to=question)) == command

    await discord_server.click(picture, "🗑 Delete")
    await discord_server.until(lambda: picture.is_deleted or None, "the picture to be deleted")
    assert command_in(await pressed(discord_server, poem, "How?")) == command


async def test_a_poem_can_be_had_again(
    discord_server: LoopbackDiscord, poem: Message, program: Program
) -> None:
    command = command_in(await pressed(discord_server, poem, "How?"))

    outcome = program.run(*shlex.split(command)[1:])

    assert outcome.out.rstrip("\n") == plain(poem.content), outcome.err


@pytest.mark.usefixtures("poem")
async def test_slash_options_give_the_same_poem(discord_server: LoopbackDiscord) -> None:
    first, second = [
        await (
            await discord_server.slash(
                "poem", first_line="O rose", temperature=0.5, length=120, seed=7
            )
        ).response()
        for _ in range(2)
    ]

    assert first.content.startswith("O rose")
    assert len(first.content) < 300
    assert second.content == first.content


async def test_faded_buttons_leave_how_and_delete(
    discord_server: LoopbackDiscord, poem: Message, poetic: Dinobard
) -> None:
    await grow_old(poetic, FRESH_SECONDS + 1)
    await poetic.services.answers.prune()

    assert "has expired" in (await pressed(discord_server, poem, "Continue")).content
    await discord_server.until(lambda: poem.edits, "the buttons to go")
    assert poem.buttons == ["How?", "🗑 Delete"]
    assert "'FIRST LINE'" in command_in(await pressed(discord_server, poem, "How?"))


@pytest.mark.usefixtures("poetic")
async def test_a_line_that_looks_like_options_is_a_line(discord_server: LoopbackDiscord) -> None:
    reply = await ask(discord_server, '!poem first_line: "5 roses')

    assert plain(reply.content).startswith('first_line: "5 roses')


async def test_a_picture_has_the_letters_of_another_script(
    discord_server: LoopbackDiscord, poetic: Dinobard
) -> None:
    if first_with("恐龙玫瑰") is None:
        pytest.skip("no font here has Chinese")
    pictures: list[bytes] = []
    for line in ("恐龙 O rose", "玫瑰 O rose"):
        # Only letters of the model's alphabet change what follows.
        call = await discord_server.slash("poem", first_line=line, length=80, seed=7)
        written = await call.response()
        assert plain(written.content).startswith(line)
        (drawn,) = (await pressed(discord_server, written, "As a picture")).attachments
        pictures.append(drawn.content)

    assert pictures[0] != pictures[1]


@pytest.mark.parametrize("text", ["The rose", "The fuck"])
async def test_what_is_indecent_is_drawn_where_it_may_be_shown_alone(
    dinobard: Dinobard, text: str
) -> None:
    services, adult = dinobard.services, RequestContext(user=1, allows_indecent=True)
    request = PoemRequest(prompt="The", seed=1, decent=False)
    number = str(await services.answers.add(adult, request, "model", text))

    assert (await picture(services, adult, number)).attachments
    if text == "The rose":
        assert (await picture(services, RequestContext(user=1), number)).attachments
    else:
        with pytest.raises(IndecentLineError):
            await picture(services, RequestContext(user=1), number)


async def test_a_crowd_of_pictures_is_refused_and_names_are_not_held_up(
    discord_server: LoopbackDiscord, poetic: Dinobard, poem: Message
) -> None:
    images, gate = poetic.services.images, threading.Event()
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()

    def hold() -> None:
        loop.call_soon_threadsafe(begun.set)
        gate.wait()

    # Its thread is busy, and its queue is full for this guild.
    guild = discord_server.guild.id
    crowd = [asyncio.create_task(images.run(guild, hold)) for _ in range(16)]
    await begun.wait()

    refused = await pressed(discord_server, poem, "As a picture")
    request = await discord_server.say("!dino", author=discord_server.guild.add_member())
    names = await discord_server.reply(to=request)
    gate.set()
    await asyncio.gather(*crowd)
    drawn = await pressed(discord_server, poem, "As a picture")

    assert "busy" in refused.content
    assert len(names.embeds) == 1
    assert drawn.attachments


async def test_a_poem_written_in_haste_is_had_once_more_the_same(
    discord_server: LoopbackDiscord, registry: ModelRegistry, home: Path, generator: PoemGenerator
) -> None:
    held_up = GatedRunner(generator.decoder)
    hindered = replace(generator, decoder=held_up)

    def loaded(_: ModelRegistry, __: str) -> PoemGenerator:
        return hindered

    engine = LocalBackend(registry, poem_workers=1, load_poem_generator=loaded)
    queue = engine._poem_scheduler  # pyright: ignore[reportPrivateUsage] - admission counts others
    async with (
        open_services(engine, home / "state.sqlite3") as services,
        running(Dinobard(services, discord_server.api_url, cogs=COGS), discord_server),
    ):
        members = [discord_server.guild.add_member(f"Member {n}") for n in range(5)]
        asked = [await discord_server.say(f"!poem {LINE}", author=members[0])]
        await asyncio.to_thread(held_up.reached.acquire)
        asked += [await discord_server.say(f"!poem {LINE}", author=each) for each in members[1:]]
        while queue.waiting < len(asked) - 1:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.01)
        held_up.gate.set()
        hasty = [await discord_server.reply(to=question) for question in asked][-1]
        explanation = await pressed(discord_server, hasty, "How?")
        again = await pressed(discord_server, explanation, "Repeat")

    assert re.search(r"candidates [1-7]\.", said_in(explanation))
    assert again.content == hasty.content
    assert again.buttons == BUTTONS
    assert not again.is_ephemeral
