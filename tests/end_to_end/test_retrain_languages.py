"""Retraining in a server that reads Chinese: none of the engine's English sentences is told."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.i18n.texts import texts_in
from bot.replies import BOLD
from bot.services import Services
from engine import ModelRegistry
from engine.jobs.spec import LABELS, Limits
from engine.models.names_model import NamesModel
from tests.end_to_end.retraining import QUICK, TEXT, said, trainer
from tests.loopback import LoopbackDiscord, Permission
from tests.loopback.records import Upload
from tests.loopback.world import Member
from tests.unit.bot.features.test_error_replies import SENTENCE
from tests.unit.engine.serving.test_local_backend import add_version

pytestmark = [pytest.mark.usefixtures("services"), pytest.mark.timeout(300)]

CHINESE = texts_in("zh-CN")
FEW = Upload("names.txt", b"rexodon\nmegalosaurus\n")
CONTROL = Upload("names.txt", b"rex\x07odon\n" * 99)


@pytest.fixture
def admin(discord_server: LoopbackDiscord) -> Member:
    """Somebody who manages a server that reads Chinese."""
    discord_server.patience_seconds = 200
    discord_server.guild.locale = "zh-CN"
    return discord_server.guild.add_member("Mary Anning", Permission.MANAGE_GUILD)


@pytest_asyncio.fixture
async def services(
    discord_server: LoopbackDiscord,
    admin: Member,
    registry: ModelRegistry,
    home: Path,
    tmp_path: Path,
) -> AsyncGenerator[Services]:
    """A bot whose host has named a folder for Shakespeare's works and put none of them there."""
    works = tmp_path / "works"
    works.mkdir()
    limits = Limits(niceness=0)
    async with trainer(discord_server, registry, home, limits, works) as opened:
        yield opened


@pytest.mark.parametrize(
    ("upload", "said_of_it"),
    [
        (CONTROL, CHINESE("not-text-control", line=1, sign="U+0007")),
        (FEW, CHINESE("text-too-small", found=2, needed=50, unit="names")),
    ],
    ids=["control", "few"],
)
async def test_a_text_is_refused_in_chinese(
    discord_server: LoopbackDiscord, admin: Member, upload: Upload, said_of_it: str
) -> None:
    question = await discord_server.say("!retrain dino", author=admin, attachments=[upload])

    assert said(await discord_server.reply(to=question)) == said_of_it


async def test_a_training_fails_in_chinese(
    discord_server: LoopbackDiscord, admin: Member, caplog: pytest.LogCaptureFixture
) -> None:
    question = await discord_server.say("!retrain poem", author=admin)
    status = await discord_server.reply(to=question)
    result = await discord_server.reply(to=status)

    told = CHINESE("training-failed", reason=CHINESE("not-text-missing"))
    assert told in said(result)
    await discord_server.until(lambda: told in said(status), "the status to tell it too")
    assert "which DINOBARD_CORPUS names" in caplog.text


async def test_a_training_is_shown_in_chinese(
    discord_server: LoopbackDiscord, admin: Member, services: Services
) -> None:
    question = await discord_server.say(QUICK, author=admin, attachments=[TEXT])
    status = await discord_server.reply(to=question)
    (training,) = services.trainings.all
    labels = dict(training.request.labels)
    result = await discord_server.reply(to=status)

    assert labels.keys() == LABELS.keys()
    assert labels["minutes"] == CHINESE("curve-minutes")
    assert not any(map(SENTENCE.search, labels.values()))
    for message in (status, result):
        assert not SENTENCE.search(said(message))
    assert result.attachments


async def test_of_a_damaged_version_is_told_in_chinese(
    discord_server: LoopbackDiscord,
    services: Services,
    registry: ModelRegistry,
    tiny_model: NamesModel,
) -> None:
    server = discord_server.guild.id
    await services.guild_settings.set(server, "channels", frozenset({discord_server.channel.id}))
    own = registry.of_guild(server)
    version = add_version(own, tiny_model, "2026-02-01-own")
    own.activate(version)
    (own.folder_of("dino") / version / "weights.npz").write_bytes(b"")

    await discord_server.say("!dino")
    heard = [said(await discord_server.reply()) for _ in range(2)]

    assert CHINESE("models-damaged", version=version).replace(BOLD, "**") in [
        text.replace("\\", "") for text in heard
    ]
