"""What the admins of each Discord server have set."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields, replace
from typing import cast

from bot.storage.database import Database, Row

_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class GuildSettings:
    """The settings of a Discord server, checked; a fresh server needs none.

    Attributes:
        prefix: what a command begins with.
        channels: ids of those that the bot may speak in, and of categories; empty for all.
        trainer_role: id of the role that may retrain, beside the managers of the server.
        user_cooldown_seconds: between two requests of a member; whoever hosts the bot sets what it
            is by default.
        channel_cooldown_seconds: between two requests in a channel.
        temperature: of names and poems where none is asked for; None for what suits each.
        locale: the language of replies; None for the server's or member's own.
        allows_indecent: whether indecent words may be shown in channels marked as adult.
    """

    prefix: str = "!"
    channels: frozenset[int] = frozenset()
    trainer_role: int | None = None
    user_cooldown_seconds: float = 0.0
    channel_cooldown_seconds: float = 0.0
    temperature: float | None = None
    locale: str | None = None
    allows_indecent: bool = False


DEFAULTS = GuildSettings()
_COLUMNS = tuple(field.name for field in fields(GuildSettings))


class GuildSettingsStore:
    """Keeps the settings of every server, the latest used ones in memory as well.

    Args:
        database: where they last.
        defaults: of a server that has set nothing, and of direct messages.
    """

    def __init__(self, database: Database, defaults: GuildSettings = DEFAULTS) -> None:
        self._database = database
        self.defaults = defaults
        self._known: OrderedDict[int, GuildSettings] = OrderedDict()
        # One change at a time, each of what the one before has left.
        self._changing = asyncio.Lock()
        self._changes = 0

    async def of(self, guild: int | None) -> GuildSettings:
        """Return the settings of a server; those of a fresh one for None, a direct message."""
        if guild is None:
            return self.defaults
        if guild not in self._known:
            changes = self._changes
            row = await self._database.row(
                f"SELECT {', '.join(_COLUMNS)} FROM server_settings WHERE server = ?",  # noqa: S608 - our own names
                guild,
            )
            settings = self._read(row) if row else self.defaults
            if changes != self._changes:
                return settings  # Perhaps no longer right, and so not remembered.
            self._remember(guild, settings)
        self._known.move_to_end(guild)
        return self._known[guild]

    async def set(self, guild: int, field: str, value: object) -> GuildSettings:
        """Change one setting of a server, and return all that it has now.

        Args:
            guild: whose.
            field: which.
            value: of the type of that field.
        """
        async with self._changing:
            changes: Mapping[str, object] = {field: value}
            changed = replace(await self.of(guild), **changes)  # pyright: ignore[reportArgumentType]
            await self._write(guild, changed)
        return changed

    async def change(self, guild: int, settings: GuildSettings) -> None:
        """Keep the settings of a server: those that are not the default."""
        async with self._changing:
            await self._write(guild, settings)

    async def _write(self, guild: int, settings: GuildSettings) -> None:
        pairs = zip(_COLUMNS, astuple(settings), astuple(self.defaults), strict=True)
        values = {name: None if value == usual else value for name, value, usual in pairs}
        if values["channels"] is not None:
            values["channels"] = json.dumps(sorted(settings.channels))
        marks = ", ".join("?" * len(_COLUMNS))
        await self._database.write(
            f"REPLACE INTO server_settings (server, {', '.join(_COLUMNS)}) VALUES (?, {marks})",  # noqa: S608 - our own names
            guild,
            *values.values(),
        )
        self._changes += 1
        self._remember(guild, settings)

    async def forget_user(self, user: int) -> None:
        """Delete what is known of a user: nothing, settings say nothing of who made them."""

    async def forget_guild(self, guild: int) -> None:
        """Delete what a server has set."""
        async with self._changing:
            await self._database.erase("DELETE FROM server_settings WHERE server = ?", guild)
            self._changes += 1
            self._known.pop(guild, None)

    def _remember(self, guild: int, settings: GuildSettings) -> None:
        self._known[guild] = settings
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)

    def _read(self, row: Row) -> GuildSettings:
        pairs = zip(_COLUMNS, row, strict=True)
        given = {name: value for name, value in pairs if value is not None}
        if "channels" in given:
            given["channels"] = cast("str", frozenset(json.loads(str(given["channels"]))))
        if "allows_indecent" in given:
            given["allows_indecent"] = bool(given["allows_indecent"])
        return replace(self.defaults, **given)  # pyright: ignore[reportArgumentType] - what `change` has written
