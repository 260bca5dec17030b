"""What the bot tells about itself."""

from __future__ import annotations

from bot.arguments import MAX_NAMES
from bot.asker import Asker
from bot.house import House
from bot.replies import Reply


async def list_commands(_house: House, asker: Asker, _arguments: str) -> Reply:
    """Say what can be asked."""
    return Reply(asker.texts("help", most=MAX_NAMES))
