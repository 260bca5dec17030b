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


class NotRegisteredError(Exception):
    """Other commands are registered, and it is another process that registers."""


class CommandSync:
    """Registers the commands of a tree, and tries again until Discord takes or refuses them.

    Until then, commands with a prefix and the commands registered before work.

    Args:
        tree: has the commands.
        database: has what is registered.
        registers: whether this process does it, or waits until another one has.
    """

    def __init__(self, tree: Tree, database: Database, *, registers: bool) -> None:
        self._tree = tree
        self._database = database
        self._registers = registers
        self._is_tried = asyncio.Event()
        self.is_done = False

    async def wait_until_tried(self) -> None:
        """Wait until the first attempt has ended."""
        await self._is_tried.wait()

    async def run(self) -> None:
        """Try until the commands are registered, or Discord refuses them for good."""
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                await self._try_once()
            except (app_commands.AppCommandError, DatabaseError, *UNREACHABLE) as error:
                if getattr(error, "code", None) == _INVALID_FORM:
                    # They would be refused again: the text names command and field.
                    log.error("Discord refuses the slash commands: %s", _in_one_line(error))
                    return
                log.warning(
                    "The slash commands could not be registered, again in %.0f s: %s %s",
                    pause,
                    getattr(error, "status", type(error).__name__),
                    getattr(error, "code", ""),
                )
            except NotRegisteredError:
                log.debug("The slash commands are not registered yet")
            else:
                self.is_done = True
                return
            finally:
                self._is_tried.set()
            await asyncio.sleep(pause)
            pause = min(2 * pause, MOST_PAUSE_SECONDS)

    async def _try_once(self) -> None:
        """Register the commands, unless the same ones are registered already."""
        tree, database = self._tree, self._database
        translator = cast(app_commands.Translator, tree.translator)
        payload = [
            await command.get_translated_payload(tree, translator)
            for command in tree.get_commands()
        ]
        application = tree.client.application_id
        content = json.dumps([application, payload], sort_keys=True, default=str)
        digest = hashlib.sha256(content.encode()).hexdigest()
        row = await database.row(
            "SELECT digest FROM synced_commands WHERE application = ?", application
        )
        if row and row[0] == digest:
            return
        if not self._registers:
            raise NotRegisteredError
        await tree.sync()
        await database.write("REPLACE INTO synced_commands VALUES (?, ?)", application, digest)
        log.info("Registered %d slash commands", len(payload))


def _in_one_line(error: Exception) -> str:
    return " ".join(str(error).split())
