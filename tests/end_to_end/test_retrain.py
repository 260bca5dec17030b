"""Retraining on Discord: who may, what is shown, what comes of it."""

import pytest

from tests.conftest import NAMES
from tests.loopback import LoopbackDiscord, Permission
from tests.loopback.records import Message, Upload
from tests.loopback.world import Member

pytestmark = pytest.mark.usefixtures("admin", "dinobard")

TEXT = Upload("names.txt", "\n".join(NAMES).encode())


@pytest.fixture
def admin(discord_server: LoopbackDiscord) -> Member:
    """Somebody who manages the server; there before the bot."""
    discord_server.patience_seconds = 60
    return discord_server.guild.add_member("Mary Anning", Permission.MANAGE_GUILD)


async def train(server: LoopbackDiscord, admin: Member, words: str) -> tuple[Message, Message]:
    """Train to the end; return the message that showed it and the one with the result."""
    question = await server.say(words, author=admin, attachments=[TEXT])
    status = await server.reply(to=question)
    return status, await server.reply()


async def test_x(discord_server: LoopbackDiscord, admin: Member) -> None:
    status, result = await train(discord_server, admin, "!retrain dino passes=3")
    print(status.embeds, status.edits)
    print(result.embeds, result.buttons, result.attachments)
    q = await discord_server.say("!models")
    print((await discord_server.reply(to=q)).embeds)
    q = await discord_server.say("!models log")
    print((await discord_server.reply(to=q)).embeds)
    raise SystemExit
