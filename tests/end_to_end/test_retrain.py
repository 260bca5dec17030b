"""Retraining on Discord: who may, what is shown, what comes of it."""

import asyncio
import re
from collections.abc import AsyncGenerator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
import pytest_asyncio

from bot.client.attachments import MAX_NAME
from bot.services import Services
from engine import ModelRegistry, NameRequest
from engine.jobs.events import Cancelled
from tests.end_to_end.retraining import BAD, LONG, QUICK, TEXT, begun, said, train, trainer
from tests.loopback import LoopbackDiscord, Permission
from tests.loopback.records import Message, Upload
from tests.loopback.world import Member
from tests.verse import VERSE

pytestmark = [pytest.mark.usefixtures("services"), pytest.mark.timeout(300)]

VERSION = re.compile(r"\d{4}-\d\d-\d\d-[0-9a-f]{8}")


@pytest.fixture
def admin(discord_server: LoopbackDiscord) -> Member:
    """Somebody who manages the server; there before the bot is."""
    discord_server.patience_seconds = 60
    return discord_server.guild.add_member("Mary Anning", Permission.MANAGE_GUILD)


@pytest.fixture
def trainee(discord_server: LoopbackDiscord) -> Member:
    """Somebody with a role that permits nothing."""
    member = discord_server.guild.add_member("Ned")
    member.roles.append(discord_server.guild.add_role("Trainers"))
    return member


@pytest_asyncio.fixture
async def services(
    discord_server: LoopbackDiscord,
    admin: Member,
    trainee: Member,
    registry: ModelRegistry,
    home: Path,
) -> AsyncGenerator[Services]:
    async with trainer(discord_server, registry, home) as opened:
        yield opened


async def answered(server: LoopbackDiscord, words: str, author: Member | None = None) -> str:
    """Return what is answered to a message."""
    return said(await server.reply(to=await server.say(words, author=author)))


async def pressed(server: LoopbackDiscord, message: Message, label: str, author: Member) -> Message:
    """Press a button, and return what is said to that."""
    return await (await server.click(message, label, author=author)).response()


async def pressed_at_once(
    server: LoopbackDiscord, message: Message, labels: tuple[str, str], author: Member
) -> tuple[Message, Message]:
    """Press a button while the answer to another is on its way; return what is said to both."""
    gate = server.faults.hold("PATCH", "/webhooks/*/*/messages/*")
    first = await server.click(message, labels[0], author=author)
    await gate.reached()
    second = await (await server.click(message, labels[1], author=author)).response()
    gate.release()
    return await first.response(), second


def version_in(message: Message) -> str:
    found = VERSION.search(said(message))
    assert found
    return found[0]


async def serving(services: Services, server: LoopbackDiscord) -> str:
    """Return the version that answers the server."""
    return (await services.backend.names(NameRequest(), guild=server.guild.id)).model


async def test_a_training_is_watched_compared_and_kept(
    discord_server: LoopbackDiscord, admin: Member, services: Services
) -> None:
    before = await serving(services, discord_server)
    status, result = await train(discord_server, admin, QUICK)

    shown = [
        "\n".join(filter(None, (card.get("description") for card in body.embeds)))
        for body in status.edits
    ]
    assert any("█" in text and "Loss" in text and "Validation loss" in text for text in shown)
    assert "Training finished" in said(status)
    assert not status.buttons
    version = version_in(result)
    assert said(result).count("(lower is better)") == 3
    (picture,) = result.attachments
    assert picture.upload.content.startswith(b"\x89PNG")
    assert await serving(services, discord_server) == before

    shown_before = said(result)
    kept, late = await pressed_at_once(discord_server, result, ("Keep", "Keep"), admin)

    assert kept is result
    assert f"{version} is kept and now in use. Decided by Mary Anning." in kept.content
    assert said(result).endswith(shown_before)
    assert result.attachments == [picture]
    assert not result.buttons
    assert await serving(services, discord_server) == version
    assert (await services.backend.names(NameRequest())).model == before
    assert "already kept" in said(late)
    assert late.is_ephemeral
    log = await answered(discord_server, "!models log")
    assert all(part in log for part in ("Mary Anning", "names.txt", version, "kept"))
    listed = await answered(discord_server, "!models")
    assert any(version in line and "(in use)" in line for line in listed.splitlines())
    # Each score is shown with the text that it is on.
    digest = sha256(TEXT.content).hexdigest()[:8]
    assert any(version in line and f"names.txt {digest}" in line for line in listed.splitlines())
    assert any(before in line and "dinos.txt ef081c12" in line for line in listed.splitlines())


async def test_a_version_that_is_discarded_is_gone_with_its_text(
    discord_server: LoopbackDiscord, admin: Member, home: Path
) -> None:
    _, result = await train(discord_server, admin, QUICK)
    assert list(home.rglob("corpus.txt"))

    discarded, late = await pressed_at_once(discord_server, result, ("Discard", "Keep"), admin)

    assert discarded is result
    assert "is discarded. Decided by Mary Anning." in said(discarded)
    assert not result.buttons
    assert not list(home.rglob("corpus.txt"))
    assert version_in(result) not in await answered(discord_server, "!models")
    assert "no longer exists" in said(late)


async def test_a_worse_version_is_kept_only_when_that_is_confirmed(
    discord_server: LoopbackDiscord, admin: Member, services: Services
) -> None:
    before = await serving(services, discord_server)
    _, result = await train(discord_server, admin, BAD)
    assert re.search(r"Worse: \d+\.\d\d against \d+\.\d\d \(lower is better\)", said(result))

    question = await pressed(discord_server, result, "Keep", admin)

    assert question.is_ephemeral
    assert await serving(services, discord_server) == before
    assert result.buttons
    confirmed = await pressed(discord_server, question, "Keep anyway", admin)
    assert await serving(services, discord_server) == version_in(result)
    await discord_server.until(lambda: not result.buttons, "the decision under the result")
    assert confirmed is question
    for message in (question, result):
        assert "now in use. Decided by Mary Anning." in message.content
        assert not message.buttons


async def test_others_may_neither_train_nor_decide(
    discord_server: LoopbackDiscord, admin: Member, services: Services
) -> None:
    refusal = "You need Manage Server or the trainer role."
    stranger = discord_server.member
    for words in (QUICK, "!retrain forget", "!models use x", "!models delete x"):
        assert refusal in await answered(discord_server, words, stranger)
    _, result = await train(discord_server, admin, QUICK)

    for label in ("Keep", "Discard"):
        answer = await pressed(discord_server, result, label, stranger)
        assert refusal in said(answer)
        assert answer.is_ephemeral
    assert len(await services.training_log.of_guild(discord_server.guild.id)) == 1


async def test_the_role_that_a_server_has_set_may_train(
    discord_server: LoopbackDiscord, trainee: Member, services: Services
) -> None:
    settings = await services.guild_settings.of(discord_server.guild.id)
    (role,) = trainee.roles
    await services.guild_settings.change(
        discord_server.guild.id, replace(settings, trainer_role=role.id)
    )

    _, result = await train(discord_server, trainee, QUICK)

    assert "Training finished" in said(result)


async def test_whoever_owns_the_bot_trains_only_where_others_like_them_may(
    discord_server: LoopbackDiscord,
) -> None:
    owner = discord_server.guild.owner
    guild = discord_server.add_guild("other")
    guild.owner = guild.add_member("Someone else").user
    channel = guild.add_channel()
    await discord_server.announce(guild)

    for words in ("!models delete x", "!retrain dino", "!retrain forget"):
        question = await discord_server.say(words, author=guild.members[owner.id], channel=channel)
        refusal = await discord_server.reply(to=question)
        assert "You need Manage Server or the trainer role." in said(refusal)


async def test_nobody_trains_in_direct_messages(discord_server: LoopbackDiscord) -> None:
    channel = discord_server.direct_message(discord_server.add_user())

    message = await discord_server.say("!retrain dino", channel=channel)

    assert "only in a server" in said(await discord_server.reply(to=message))


async def test_the_record_of_the_host_is_shown_to_no_stranger(
    discord_server: LoopbackDiscord,
) -> None:
    channel = discord_server.direct_message(discord_server.add_user())

    message = await discord_server.say("!models log", channel=channel)

    assert "only in a server" in said(await discord_server.reply(to=message))


async def test_a_slash_command_heeds_the_pause_between_two_wishes(
    discord_server: LoopbackDiscord, admin: Member, services: Services
) -> None:
    await services.guild_settings.set(discord_server.guild.id, "user_cooldown_seconds", 100.0)
    await answered(discord_server, "!dino", admin)

    call = await discord_server.slash("retrain dino", author=admin, corpus=TEXT)

    assert "seconds" in said(await call.response())
    assert not services.trainings.all


async def test_a_slash_command_is_accepted_privately_and_shown_in_the_channel(
    discord_server: LoopbackDiscord, admin: Member
) -> None:
    call = await discord_server.slash(
        "retrain dino", author=admin, corpus=TEXT, passes=2, fresh=True, temperature=1.2
    )

    accepted = await call.response()
    assert accepted.is_ephemeral
    assert "submitted" in said(accepted)
    status = await discord_server.reply()
    assert not status.is_ephemeral
    assert "Training finished" in said(await discord_server.reply(to=status))


async def test_a_slash_command_refuses_privately(
    discord_server: LoopbackDiscord, admin: Member
) -> None:
    picture = Upload("bones.png", b"png")
    calls = {
        ".txt": await discord_server.slash("retrain dino", corpus=picture, author=admin),
        "no such model": await discord_server.slash("models use", version="x", author=admin),
        "You need Manage Server": await discord_server.slash("models use", version="x"),
    }
    for reason, call in calls.items():
        refusal = await call.response()
        assert refusal.is_ephemeral
        assert reason in said(refusal)


async def test_a_reply_trains_on_the_text_of_the_message_that_it_answers(
    discord_server: LoopbackDiscord, admin: Member, services: Services
) -> None:
    carrier = await discord_server.say("Look, names", attachments=[TEXT])

    question = await discord_server.say(QUICK, author=admin, reply_to=carrier)
    status = await discord_server.reply(to=question)
    await discord_server.reply(to=status)

    (entry,) = await services.training_log.of_guild(discord_server.guild.id)
    assert entry.source == "names.txt"


@pytest.mark.parametrize(
    ("name", "content", "change"),
    [
        (
            "names.txt",
            b"rexodon\nmegalosaurus\n",
            "at least 50 different names are",
        ),
        ("names.txt", "Zoë\n".encode("latin-1") * 99, "UTF-8"),
        ("names.txt", b"rexodon\n" * 200_000, "at most 1,048,576"),
        ("names.txt", b"a" * 10_000_000, "at most 1,048,576"),
        ("names.txt", b"a\n" * 1_000, "."),
        ("names.txt", b"rex\x07odon\n" * 99, "control character"),
        ("names.txt", "🦖\n".encode() * 1_000, "."),
        ("names.txt", b"x" * 1_000_000, "."),
        ("names.txt", b"", "."),
        ("names.docx", b"PK", ".txt"),
        ("verse.txt", "🌹 ".encode() * 10_000, "letters"),
        ("verse.txt", b"a" * 100_000, "only one letter"),
        (
            "verse.txt",
            b"O rose, thou art sick: the invisible worm\n",
            "at least 10 stanzas or paragraphs are needed, and it has 1.",
        ),
    ],
    ids=[
        "few",
        "latin-1",
        "large",
        "10 MB on one line",
        "one symbol",
        "control",
        "emoji",
        "one line",
        "empty",
        "no text",
        "verse of emoji",
        "verse of one symbol",
        "little verse",
    ],
)
async def test_a_text_that_cannot_be_learned_is_refused_with_what_to_change(
    discord_server: LoopbackDiscord,
    admin: Member,
    services: Services,
    name: str,
    content: bytes,
    change: str,
) -> None:
    network = "poem" if name == "verse.txt" else "dino"
    question = await discord_server.say(
        f"!retrain {network}", author=admin, attachments=[Upload(name, content)]
    )

    refusal = said(await discord_server.reply(to=question))

    assert change in refusal
    assert "Something went wrong" not in refusal
    assert not services.trainings.all
    assert not await services.training_log.of_guild(discord_server.guild.id)


async def test_of_the_name_of_a_file_only_so_much_is_kept(
    discord_server: LoopbackDiscord, admin: Member, services: Services
) -> None:
    text = Upload(f"{'n' * 200}.txt", TEXT.content)
    question = await discord_server.say(QUICK, author=admin, attachments=[text])
    await discord_server.reply(to=question)

    (entry,) = await services.training_log.of_guild(discord_server.guild.id)
    assert entry.source == "n" * MAX_NAME


async def test_two_texts_are_one_too_many(discord_server: LoopbackDiscord, admin: Member) -> None:
    question = await discord_server.say("!retrain dino", author=admin, attachments=[TEXT, TEXT])

    assert "Attach one text" in said(await discord_server.reply(to=question))


@pytest.mark.parametrize(
    "words",
    ["", "fish", "dino passes=many", "dino tri cera", "dino minutes=99999", "dino passes=0"],
)
async def test_a_request_that_makes_no_sense_is_refused_with_an_example(
    discord_server: LoopbackDiscord, admin: Member, words: str
) -> None:
    assert "Try **!retrain dino**" in await answered(discord_server, f"!retrain {words}", admin)


async def test_a_training_is_cancelled_while_it_runs_by_who_may(
    discord_server: LoopbackDiscord, admin: Member, services: Services, home: Path
) -> None:
    status = await begun(discord_server, admin, LONG)
    refusal = await pressed(discord_server, status, "Cancel", discord_server.member)
    assert "You need Manage Server" in said(refusal)

    answer = await pressed(discord_server, status, "Cancel", admin)

    assert "Training cancelled" in said(answer)
    await discord_server.until(lambda: not status.buttons, "the button to go")
    assert "Training cancelled" in said(status)
    assert not list(home.glob("models/servers/*/dino/*/card.json"))
    assert "cancelled" in await answered(discord_server, "!models log")


async def test_one_trains_at_a_time_and_the_others_see_their_place(
    discord_server: LoopbackDiscord, admin: Member, services: Services
) -> None:
    other = discord_server.add_guild("other")
    channel = other.add_channel("lab")
    await discord_server.announce(other)
    running, question = await asyncio.gather(
        begun(discord_server, admin, LONG),
        discord_server.say("!retrain dino", author=discord_server.guild.owner),
    )
    # Of two admins at once, one is told that the other was first.
    assert "already waiting or running" in said(await discord_server.reply(to=question))
    owner = other.members[other.owner.id]

    waiting = await discord_server.reply(
        to=await discord_server.say(LONG, author=owner, channel=channel)
    )

    assert "next in line" in said(waiting)
    await pressed(discord_server, waiting, "Cancel", owner)
    await discord_server.until(lambda: not waiting.buttons, "the end of the one that waits")
    assert "Training cancelled" in said(waiting)
    assert running.buttons
    await pressed(discord_server, running, "Cancel", admin)


async def deletable(server: LoopbackDiscord, admin: Member) -> list[str]:
    """Return what is proposed to be deleted."""
    choices = await server.autocomplete("models delete", "version", "", author=admin)
    return [choice["value"] for choice in choices]


async def test_versions_are_used_rolled_back_and_deleted(
    discord_server: LoopbackDiscord, admin: Member, services: Services
) -> None:
    shipped = await serving(services, discord_server)
    _, result = await train(discord_server, admin, QUICK)
    version = version_in(result)
    choices = await discord_server.autocomplete("models use", "version", version[:12], author=admin)
    assert version in [choice["value"] for choice in choices]

    assert await deletable(discord_server, admin) == [version]

    call = await discord_server.slash("models use", version=version, author=admin)
    assert version in said(await call.response())
    assert await deletable(discord_server, admin) == []
    assert await serving(services, discord_server) == version
    assert "is in use" in await answered(discord_server, f"!models delete {version}", admin)
    assert shipped in await answered(discord_server, "!models rollback dino", admin)
    assert await serving(services, discord_server) == shipped
    assert "is deleted" in await answered(discord_server, f"!models delete {version}", admin)
    assert "cannot be deleted here" in await answered(
        discord_server, f"!models delete {shipped}", admin
    )
    assert "no such model" in await answered(discord_server, f"!models use {version}", admin)


async def test_a_server_knows_nothing_of_the_versions_of_others(
    discord_server: LoopbackDiscord, admin: Member
) -> None:
    _, result = await train(discord_server, admin, QUICK)
    version = version_in(result)
    other = discord_server.add_guild("other")
    channel = other.add_channel("lab")
    await discord_server.announce(other)
    owner = other.members[other.owner.id]

    question = await discord_server.say(f"!models use {version}", author=owner, channel=channel)

    assert "no such model" in said(await discord_server.reply(to=question))


async def test_all_that_a_server_has_uploaded_is_forgotten(
    discord_server: LoopbackDiscord, admin: Member, services: Services, home: Path
) -> None:
    shipped = await serving(services, discord_server)
    _, result = await train(discord_server, admin, QUICK)
    await pressed(discord_server, result, "Keep", admin)
    question = await discord_server.reply(
        to=await discord_server.say("!retrain forget", author=admin)
    )
    assert await serving(services, discord_server) == version_in(result)

    forgotten = await pressed(discord_server, question, "Delete", admin)

    assert forgotten is question
    assert "one model" in said(forgotten)
    assert "Decided by Mary Anning." in said(forgotten)
    assert not question.buttons
    assert await serving(services, discord_server) == shipped
    assert not list(home.rglob("corpus.txt"))
    assert not list(home.glob("models/servers/*/dino/*/card.json"))
    (entry,) = await services.training_log.of_guild(discord_server.guild.id)
    assert entry.result == "forgotten"
    assert entry.corpus is None
    assert "names.txt" not in await answered(discord_server, "!models log")


async def test_to_forget_cancels_a_training_that_began_with_what_was_uploaded(
    discord_server: LoopbackDiscord, admin: Member, services: Services, home: Path
) -> None:
    _, result = await train(discord_server, admin, QUICK)
    await pressed(discord_server, result, "Keep", admin)
    status = await begun(discord_server, admin, "!retrain dino passes=1000")
    (training,) = services.trainings.all
    question = await discord_server.reply(
        to=await discord_server.say("!retrain forget", author=admin)
    )
    assert "cancels a training" in said(question)

    forgotten = await pressed(discord_server, question, "Delete", admin)

    assert "one model" in said(forgotten)
    assert training.end == Cancelled()
    await discord_server.until(lambda: not status.buttons, "the button to go")
    assert not list(home.glob("models/servers/*/dino/*/card.json"))


async def test_poems_are_trained_too(
    discord_server: LoopbackDiscord, admin: Member, services: Services
) -> None:
    discord_server.patience_seconds = 200
    question = await discord_server.say(
        "!retrain poem passes=1", author=admin, attachments=[Upload("verse.txt", VERSE.encode())]
    )
    status = await discord_server.reply(to=question)

    result = await discord_server.reply(to=status)

    assert "Training finished" in said(result)
    assert said(result).count("(lower is better)") == 3
    assert version_in(result) in await answered(discord_server, "!models")
