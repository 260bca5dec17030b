"""Registers the slash commands when they have changed: Discord allows few registrations a day."""

from __future__ import annotations

import hashlib
import json
import logging
from typing import cast

import discord
from discord import app_commands

from bot.storage.database import Database

log = logging.getLogger(__name__)


async def sync_commands(
    tree: app_commands.CommandTree[discord.AutoShardedClient], database: Database
) -> None:
    """Register the commands of a tree, unless the same ones are registered already.

    A refusal is logged: commands with a prefix work all the same.
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
    try:
        await tree.sync()
    except discord.HTTPException as error:
        log.warning("The slash commands could not be registered: %s %s", error.status, error.code)
        return
    await database.write("REPLACE INTO synced_commands VALUES (?, ?)", application, digest)
    log.info("Registered %d slash commands", len(payload))
