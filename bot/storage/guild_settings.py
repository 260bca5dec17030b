"""Settings of each guild."""

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
    """Validated settings of a guild.

    Attributes:
        prefix: of commands.
        channels: ids of channels and categories that the bot may use; empty for all.
        trainer_role: id of the role that may retrain, beside the managers of the guild.
        user_cooldown_seconds: between two requests of a member; the operator sets the default.
        channel_cooldown_seconds: between two requests in a channel.
        temperature: default of names and poems; None for that of each model.
        locale: language of replies; None for that of the guild or member.
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
    """Stores the settings of guilds, and caches those used last."""

    def __init__(self, database: Database, defaults: GuildSettings = DEFAULTS) -> None:
        self._database = database
        self.defaults = defaults
        self._known: OrderedDict[int, GuildSettings] = OrderedDict()
        # One change at a time: each reads what the one before has written.
        self._changing = asyncio.Lock()
        self._changes = 0

    async def of(self, guild: int | None) -> GuildSettings:
        """Return the settings of a guild; the defaults for None, a direct message."""
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
                return settings  # They may have changed meanwhile: do not cache them.
            self._remember(guild, settings)
        self._known.move_to_end(guild)
        return self._known[guild]

    async def set(self, guild: int, field: str, value: object) -> GuildSettings:
        """Change one setting of a guild, and return all of them."""
        async with self._changing:
            changes: Mapping[str, object] = {field: value}
            changed = replace(await self.of(guild), **changes)  # pyright: ignore[reportArgumentType]
            await self._write(guild, changed)
        return changed

    async def change(self, guild: int, settings: GuildSettings) -> None:
        """Replace the settings of a guild; values equal to the default are not stored."""
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
        """Do nothing: settings do not record who changed them."""

    async def forget_guild(self, guild: int) -> None:
        """Delete the settings of a guild."""
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
