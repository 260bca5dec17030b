"""Registers the slash commands when they have changed: Discord allows few registrations a day."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from typing import cast

import discord
from discord import app_commands

from bot.client.retries import UNREACHABLE
from bot.storage.database import Database, DatabaseError

FIRST_PAUSE_SECONDS = 5.0
"""Before the second attempt; each pause is twice the one before it."""

MOST_PAUSE_SECONDS = 3_600.0

log = logging.getLogger(__name__)

_INVALID_FORM = 50035

Tree = app_commands.CommandTree[discord.AutoShardedClient]


async def keep_synced(tree: Tree, database: Database, is_tried: asyncio.Event) -> None:
    """Register the commands of a tree, and try again until Discord takes or refuses them.

    Until then, commands with a prefix and the commands registered before work.

    Args:
        tree: has the commands.
        database: has what is registered.
        is_tried: is set after the first attempt.
    """
    pause = FIRST_PAUSE_SECONDS
    while True:
        try:
            await sync_commands(tree, database)
        except (app_commands.AppCommandError, DatabaseError, *UNREACHABLE) as error:
            if getattr(error, "code", None) == _INVALID_FORM:
                # The same commands would be refused again: the text names command and field.
                log.error("Discord refuses the slash commands: %s", " ".join(str(error).split()))
                return
            log.warning(
                "The slash commands could not be registered, again in %.0f s: %s %s",
                pause,
                getattr(error, "status", type(error).__name__),
                getattr(error, "code", ""),
            )
        else:
            return
        finally:
            is_tried.set()
        await asyncio.sleep(pause)
        pause = min(2 * pause, MOST_PAUSE_SECONDS)


async def sync_commands(tree: Tree, database: Database) -> None:
    """Register the commands of a tree, unless the same ones are registered already.

    Raises:
        HTTPException: Discord refuses them, or cannot be reached.
        DatabaseError: the database cannot be used.
    """
    translator = cast(app_commands.Translator, tree.translator)
    payload = [
        await command.get_translated_payload(tree, translator) for command in tree.get_commands()
    ]
    application = tree.client.application_id
    content = json.dumps([application, payload], sort_keys=True, default=str)
    digest = hashlib.sha256(content.encode()).hexdigest()
    row = await database.row(
        "SELECT digest FROM synced_commands WHERE application = ?", application
    )
    if row and row[0] == digest:
        return
    await tree.sync()
    await database.write("REPLACE INTO synced_commands VALUES (?, ?)", application, digest)
    log.info("Registered %d slash commands", len(payload))
