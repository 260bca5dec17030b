"""The order in which guilds were served, for the scheduling of trainings."""

from __future__ import annotations

import json
import logging
from contextlib import suppress
from pathlib import Path

import msgspec

from engine.files import lock_at, replace_file

log = logging.getLogger(__name__)

MAX_GUILDS = 1_000
"""Guilds that are kept; one served earlier counts as never served."""


class ServedGuilds:
    """The guilds whose trainings were started, the latest last; None is the host.

    The file is shared by processes, and read again before each change.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._guilds: list[int | None] = []

    def load(self) -> None:
        """Read the file; a damaged one counts as empty."""
        self._guilds = []
        with suppress(FileNotFoundError):
            try:
                content = json.loads(self._path.read_bytes())
                self._guilds = msgspec.convert(content, list[int | None])
            except (ValueError, msgspec.MsgspecError) as error:
                log.warning("%s cannot be read and is replaced: %s", self._path.name, error)

    def rank(self, guild: int | None) -> int:
        """Return a number that is smaller for a guild that was served longer ago, or never."""
        return self._guilds.index(guild) if guild in self._guilds else -1

    def add(self, guild: int | None) -> None:
        """Record that a training of a guild starts; raises `OSError`."""
        self._change(guild, is_kept=True)

    def forget(self, guild: int) -> None:
        """Delete a guild; raises `OSError`."""
        self._change(guild, is_kept=False)

    def _change(self, guild: int | None, *, is_kept: bool) -> None:
        with lock_at(self._path.with_suffix(".lock")):
            self.load()
            others = [known for known in self._guilds if known != guild]
            guilds = [*others, guild][-MAX_GUILDS:] if is_kept else others
            if guilds != self._guilds:
                self._guilds = guilds
                replace_file(self._path, json.dumps(guilds).encode())
