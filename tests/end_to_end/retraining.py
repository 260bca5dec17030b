"""What the tests of retraining have in common: a text, a bot, what is waited for."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.client.bot import Dinobard
from bot.cogs import COGS
from bot.services import Services, open_services
from engine import LocalBackend, ModelRegistry
from engine.jobs.spec import Limits
from tests.conftest import NAMES
from tests.loopback import LoopbackDiscord
from tests.loopback.clients import running
from tests.loopback.records import Message, Upload
from tests.loopback.world import Member

TEXT = Upload("names.txt", "\n".join(NAMES).encode())

QUICK = "!retrain dino passes=3"
"""It takes a second or two, and gives a version that scores better on `TEXT`."""

BAD = "!retrain dino fresh passes=1"
"""It gives a version that scores worse than the shipped one."""

LONG = "!retrain dino fresh passes=1000"
"""On the usual genera it takes minutes."""


@asynccontextmanager
async def trainer(
    server: LoopbackDiscord,
    registry: ModelRegistry,
    home: Path,
    limits: Limits | None = None,
    texts: Path | None = None,
) -> AsyncGenerator[Services]:
    """Run a bot in this event loop that writes no poems."""
    engine = LocalBackend(registry, preloads_poems=False)
    async with (
        open_services(engine, home / "state.sqlite3", texts, limits=limits) as services,
        running(Dinobard(services, server.api_url, cogs=COGS), server),
    ):
        yield services


async def train(server: LoopbackDiscord, admin: Member, words: str) -> tuple[Message, Message]:
    """Train on `TEXT` to the end; return the message that showed it, and the result."""
    question = await server.say(words, author=admin, attachments=[TEXT])
    status = await server.reply(to=question)
    return status, await server.reply(to=status)


async def begun(server: LoopbackDiscord, admin: Member, words: str) -> Message:
    """Order a training, and return the message that shows it once its process is at work."""
    question = await server.say(words, author=admin)
    status = await server.reply(to=question)
    await server.until(lambda: "pass" in said(status), "a pass", timeout_seconds=60)
    return status


def said(message: Message) -> str:
    """Return all that a card of the bot's says."""
    parts = [message.content]
    for card in message.embeds:
        fields = [f"{field['name']} {field['value']}" for field in card.get("fields", [])]
        footer = card.get("footer", {}).get("text", "")
        parts += [card.get("title", ""), card.get("description", ""), *fields, footer]
    return "\n".join(parts)
