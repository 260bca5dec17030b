"""What goes wrong just when a training ends: its result is told all the same, and once."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.services import Services
from bot.training import watcher
from engine import ModelRegistry
from tests.end_to_end.locking import locked
from tests.end_to_end.retraining import LONG, QUICK, TEXT, begun, said, trainer
from tests.end_to_end.talk import ask
from tests.loopback import LoopbackDiscord, Permission
from tests.loopback.records import Message
from tests.loopback.world import Member

pytestmark = pytest.mark.timeout(300)

MESSAGES = "/channels/*/messages"
MANY = 1_000
AN_HOUR = 3_600.0


@pytest.fixture
def admin(discord_server: LoopbackDiscord) -> Member:
    """Somebody who manages the server; there before the bot is."""
    discord_server.patience_seconds = 60
    return discord_server.guild.add_member("Mary Anning", Permission.MANAGE_GUILD)


@pytest.fixture(autouse=True)
def _haste(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody wait long before trying again."""
    monkeypatch.setattr("bot.client.retries.LONG_RETRY_SECONDS", (0.0,))
    monkeypatch.setattr(watcher, "FIRST_PAUSE_SECONDS", 0.01)


async def ordered(server: LoopbackDiscord, admin: Member) -> Message:
    """Order a quick training, and return the message that shows it."""
    question = await server.say(QUICK, author=admin, attachments=[TEXT])
    return await server.reply(to=question)


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so that Discord does not hear of."""
    async with asyncio.timeout(100):
        while not is_so():  # noqa: ASYNC110 - nobody is woken by it
            await asyncio.sleep(0.01)


async def tried(caplog: pytest.LogCaptureFixture, times: int = 2) -> None:
    """Wait until the end of a training could not be told so often."""
    await until(lambda: caplog.text.count("Showing the end of a training again") >= times)


async def told(server: LoopbackDiscord, status: Message, services: Services) -> None:
    """See the result told once and whole, and the training put away after that."""
    result = await server.reply(to=status)
    assert "Training finished" in said(result)
    assert result.buttons == ["Keep", "Discard"]
    assert [picture.upload.filename for picture in result.attachments] == ["curves.png"]
    assert not status.buttons
    assert "Training finished" in said(status)
    await until(lambda: not services.trainings.all)
    await server.settled()
    assert len(status.answers) == 1
    assert ", made " in said(await ask(server, "!models log"))


async def test_the_result_of_a_training_is_told_when_the_database_is_free_again(
    discord_server: LoopbackDiscord,
    admin: Member,
    registry: ModelRegistry,
    home: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with trainer(discord_server, registry, home) as services:
        await services.database.write("PRAGMA busy_timeout = 0")
        status = await ordered(discord_server, admin)

        async with locked(home):
            await tried(caplog)
            assert status.answers == []
            assert services.trainings.all

        await told(discord_server, status, services)


def cut(server: LoopbackDiscord) -> None:
    """Cut the line of whatever the bot sends."""
    server.faults.reset_connections(times=MANY)


def cut_new_messages(server: LoopbackDiscord) -> None:
    """Let messages be edited, but none be sent."""
    server.faults.reset_connections("POST", MESSAGES, times=MANY)


def be_unwell(server: LoopbackDiscord) -> None:
    server.faults.fail(503, "POST", MESSAGES, times=MANY)


@pytest.mark.parametrize("go_away", [cut, cut_new_messages, be_unwell])
async def test_the_result_of_a_training_is_told_when_discord_is_back(
    discord_server: LoopbackDiscord,
    admin: Member,
    registry: ModelRegistry,
    home: Path,
    caplog: pytest.LogCaptureFixture,
    go_away: Callable[[LoopbackDiscord], None],
) -> None:
    async with trainer(discord_server, registry, home) as services:
        status = await ordered(discord_server, admin)
        go_away(discord_server)
        await tried(caplog)
        (training,) = services.trainings.all
        assert training.loss_plot.exists()

        discord_server.faults.clear()

        await told(discord_server, status, services)


async def test_a_bot_that_ends_meanwhile_tells_the_result_at_its_next_start(
    discord_server: LoopbackDiscord,
    admin: Member,
    registry: ModelRegistry,
    home: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Whoever waited for the next try would wait for longer than a test may take.
    monkeypatch.setattr(watcher, "FIRST_PAUSE_SECONDS", AN_HOUR)
    async with trainer(discord_server, registry, home):
        status = await ordered(discord_server, admin)
        cut_new_messages(discord_server)
        await tried(caplog, times=1)
    discord_server.faults.clear()

    async with trainer(discord_server, registry, home) as services:
        await told(discord_server, status, services)


async def test_a_result_that_discord_refuses_is_given_up(
    discord_server: LoopbackDiscord, admin: Member, registry: ModelRegistry, home: Path
) -> None:
    async with trainer(discord_server, registry, home) as services:
        status = await ordered(discord_server, admin)
        discord_server.faults.refuse(403, 50013, "Missing Permissions", "POST", MESSAGES)

        await until(lambda: not services.trainings.all)

        assert status.answers == []
        assert ", made " in said(await ask(discord_server, "!models log"))


async def test_a_training_whose_files_cannot_be_read_is_told_of_once(
    discord_server: LoopbackDiscord, admin: Member, registry: ModelRegistry, home: Path
) -> None:
    async with trainer(discord_server, registry, home) as services:
        status = await begun(discord_server, admin, LONG)
        (training,) = services.trainings.all
    (training.directory.folder / "job.json").write_bytes(b"null")

    async with trainer(discord_server, registry, home) as services:
        notice = await discord_server.reply(to=status)
        assert "files cannot be read" in said(notice)
        assert "files cannot be read" in said(status)
        assert not status.buttons
        await until_logged(services, training.id)
    async with trainer(discord_server, registry, home) as services:
        # Another training begins in its place.
        another = await ordered(discord_server, admin)
        assert "Training finished" in said(await discord_server.reply(to=another))
        await discord_server.settled()
        assert status.answers == [notice]


async def until_logged(services: Services, training: str) -> None:
    """Wait until the log has the end of a training."""
    async with asyncio.timeout(100):
        while True:
            entry = await services.training_log.get(training)
            if entry and entry.result == "failed":
                return
            await asyncio.sleep(0.01)
