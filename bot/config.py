"""Configuration by the operator, read once from the environment and `.env`."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import platformdirs
from dotenv import dotenv_values

REQUESTS_PER_SECOND = 50
"""What Discord allows a bot that has not been granted more."""

DATABASE = "dinobard.sqlite3"
"""The database in the home folder."""

_MOST_SHARDS = 10_000
_SHARDS = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?")


class ConfigError(Exception):
    """An environment variable has an invalid value; `allowed` completes "it must be ..."."""

    def __init__(self, name: str, allowed: str) -> None:
        self.name = name
        self.allowed = allowed
        super().__init__(f"{name} must be {allowed}. Mend it in .env or in the environment.")


@dataclass(frozen=True, slots=True)
class Config:
    """Checked settings.

    Attributes:
        token: of the bot's Discord application, or None where there is none.
        api_url: REST address of a Discord-compatible server, or None for Discord itself.
        home: folder of all persistent data.
        corpus: folder that has the training texts already, or None to download them.
        log_level: of our own loggers.
        log_format: "human" or "json", or None for "human" in a terminal alone.
        metrics_port: of the metrics and the health check, or None for neither.
        metrics_host: the address that they are served on.
        shard_count: shards in all processes together, or None for as many as Discord advises.
        shard_ids: those of this process, or None for all.
        application_id: of the bot's Discord application, or None to take it from the token.
        workers: threads that generate names.
        queue_limit: accepted requests without an answer, at most.
        models_gib: all versions of the models together, at most, in GiB.
        cooldown_seconds: between two requests of a member, in guilds that have set nothing else.
    """

    token: str | None = field(repr=False)
    api_url: str | None
    home: Path
    corpus: Path | None
    log_level: str
    log_format: str | None
    metrics_port: int | None
    metrics_host: str
    shard_count: int | None
    shard_ids: tuple[int, ...] | None
    application_id: int | None
    requests_per_second: int
    workers: int
    queue_limit: int
    cooldown_seconds: int
    models_gib: int

    @property
    def models(self) -> Path:
        """Folder of the model versions that were trained here."""
        return self.home / "models"

    @property
    def models_bytes(self) -> int:
        """Bytes that all versions of the models may take together."""
        return self.models_gib * 1024**3

    @property
    def database(self) -> Path:
        """The database file."""
        return self.home / DATABASE

    def serves(self, guild: int | None) -> bool:
        """Tell whether a guild, or the operator for None, belongs to this process."""
        if self.shard_ids is None or self.shard_count is None:
            return True
        return shard_of(guild, self.shard_count) in self.shard_ids


def shard_of(guild: int | None, count: int) -> int:
    """Return the shard of a guild as Discord computes it; direct messages are on the first."""
    return 0 if guild is None else (guild >> 22) % count


def load_config(folder: Path | None = None) -> Config:
    """Read the environment, then `.env` for what is unset or blank in it.

    Raises:
        ConfigError: a value is invalid.
    """
    path = (folder or Path.cwd()) / ".env"
    try:
        written = dotenv_values(path) if path.is_file() else {}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(str(path), "a readable UTF-8 text") from error
    return from_mapping({**_given(written), **_given(os.environ)})


def from_mapping(values: Mapping[str, str | None]) -> Config:
    """Check settings that were read."""
    given = _given(values)
    shard_count = _whole(given, "DISCORD_SHARD_COUNT", highest=_MOST_SHARDS)
    return Config(
        token=given.get("DISCORD_TOKEN"),
        api_url=_url(given, "DISCORD_API_URL"),
        home=_home(given),
        corpus=Path(given["DINOBARD_CORPUS"]) if "DINOBARD_CORPUS" in given else None,
        log_level=_level(given, "DINOBARD_LOG_LEVEL"),
        log_format=_format(given, "DINOBARD_LOG_FORMAT"),
        metrics_port=_whole(given, "DINOBARD_METRICS_PORT", highest=65_535),
        metrics_host=given.get("DINOBARD_METRICS_HOST", "127.0.0.1"),
        shard_count=shard_count,
        shard_ids=_shard_ids(given, "DISCORD_SHARD_IDS", shard_count),
        application_id=_whole(given, "DISCORD_APPLICATION_ID", highest=2**63 - 1),
        requests_per_second=_whole(given, "DISCORD_REQUESTS_PER_SECOND", highest=10_000)
        or REQUESTS_PER_SECOND,
        workers=_whole(given, "DINOBARD_WORKERS", highest=64) or 1,
        queue_limit=_whole(given, "DINOBARD_QUEUE_LIMIT", highest=10_000) or 64,
        cooldown_seconds=_cooldown(given, "DINOBARD_COOLDOWN_SECONDS"),
        models_gib=_whole(given, "DINOBARD_MODELS_GIB", highest=1_000_000) or 4,
    )


def _given(values: Mapping[str, str | None]) -> dict[str, str]:
    """Return the values without those that are blank, which count as unset."""
    return {name: value.strip() for name, value in values.items() if value and value.strip()}


def _home(given: Mapping[str, str]) -> Path:
    home = given.get("DINOBARD_HOME")
    # systemd names the folder of a unit with StateDirectory=, and so does the Docker image.
    state = given.get("STATE_DIRECTORY", "").partition(":")[0]
    if not (home or state):
        return platformdirs.user_data_path("dinobard")
    return Path(home or state).expanduser()


def _url(given: Mapping[str, str], name: str) -> str | None:
    if name not in given:
        return None
    url = given[name].rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ConfigError(name, "a web address such as https://chat.example/api/v10")
    return url


def _level(given: Mapping[str, str], name: str) -> str:
    level = given.get(name, "INFO").upper()
    if level not in logging.getLevelNamesMapping():
        raise ConfigError(name, "DEBUG, INFO, WARNING or ERROR")
    return level


def _format(given: Mapping[str, str], name: str) -> str | None:
    log_format = given.get(name)
    if log_format not in {None, "human", "json"}:
        raise ConfigError(name, "human or json")
    return log_format


def _whole(given: Mapping[str, str], name: str, *, highest: int) -> int | None:
    if name not in given:
        return None
    text = given[name]
    # Python refuses to convert a number of thousands of digits.
    is_whole = text.isascii() and text.isdecimal() and len(text) <= len(str(highest))
    if not (is_whole and 1 <= int(text) <= highest):
        raise ConfigError(name, f"a whole number from 1 to {highest:,}")
    return int(text)


def _cooldown(given: Mapping[str, str], name: str) -> int:
    if given.get(name) == "0":
        return 0
    return _whole(given, name, highest=3_600) or 2


def _shard_ids(
    given: Mapping[str, str], name: str, shard_count: int | None
) -> tuple[int, ...] | None:
    """Read numbers and ranges such as 0,2-4."""
    if name not in given:
        return None
    if shard_count is None:
        raise ConfigError("DISCORD_SHARD_COUNT", f"given where {name} is")
    ids: list[int] = []
    for part in given[name].split(","):
        ends = _SHARDS.fullmatch(part.strip())
        first, last = (int(ends[1]), int(ends[2] or ends[1])) if ends else (0, -1)
        if not first <= last < shard_count:
            raise ConfigError(name, f"numbers or ranges such as 0,2-4 below {shard_count}")
        ids.extend(range(first, last + 1))
    if len(set(ids)) < len(ids):
        raise ConfigError(name, "a list that names no shard twice")
    return tuple(ids)
