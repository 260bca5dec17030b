"""What the person who hosts the bot may set: read once, from the environment and `.env`."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import platformdirs
from dotenv import dotenv_values


class SettingsError(Exception):
    """A setting has a value that makes no sense.

    Attributes:
        name: the environment variable.
        allowed: what it may be, as a phrase that completes "it must be ...".
    """

    def __init__(self, name: str, allowed: str) -> None:
        self.name = name
        self.allowed = allowed
        super().__init__(f"{name} must be {allowed}. Mend it in .env or in the environment.")


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings, checked.

    Attributes:
        token: of the bot's Discord application, or None where there is none.
        api_url: REST address of a Discord-compatible server, or None for Discord itself.
        home: folder of all that must last.
        corpus: folder that has the training texts already, or None to download them.
        log_level: how much is logged.
        workers: threads that draw names.
        queue_limit: requests that are accepted and not answered, at most.
    """

    token: str | None = field(repr=False)
    api_url: str | None
    home: Path
    corpus: Path | None
    log_level: str
    workers: int
    queue_limit: int

    @property
    def models(self) -> Path:
        """Folder of the model versions that were trained here."""
        return self.home / "models"

    @property
    def database(self) -> Path:
        """File of the settings of each server, and of all else that must last."""
        return self.home / "dinobard.sqlite3"


def load_settings(folder: Path | None = None) -> Settings:
    """Read the environment, and where that is silent the file `.env`.

    Args:
        folder: where `.env` may lie; the current folder if None.

    Raises:
        SettingsError: a value makes no sense.
    """
    path = (folder or Path.cwd()) / ".env"
    try:
        written = dotenv_values(path) if path.is_file() else {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(str(path), "a readable UTF-8 text") from error
    return from_mapping({**written, **os.environ})


def from_mapping(values: Mapping[str, str | None]) -> Settings:
    """Check settings that were read.

    Raises:
        SettingsError: a value makes no sense.
    """
    given = {name: value.strip() for name, value in values.items() if value and value.strip()}
    return Settings(
        token=given.get("DISCORD_TOKEN"),
        api_url=_url(given, "DISCORD_API_URL"),
        home=_home(given),
        corpus=Path(given["DINOBARD_CORPUS"]) if "DINOBARD_CORPUS" in given else None,
        log_level=_level(given, "DINOBARD_LOG_LEVEL"),
        workers=_whole(given, "DINOBARD_WORKERS", default=2, highest=64),
        queue_limit=_whole(given, "DINOBARD_QUEUE_LIMIT", default=64, highest=10_000),
    )


def _home(given: Mapping[str, str]) -> Path:
    home = given.get("DINOBARD_HOME")
    return Path(home).expanduser() if home else platformdirs.user_data_path("dinobard")


def _url(given: Mapping[str, str], name: str) -> str | None:
    if name not in given:
        return None
    url = given[name].rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise SettingsError(name, "a web address such as https://chat.example/api/v10")
    return url


def _level(given: Mapping[str, str], name: str) -> str:
    level = given.get(name, "INFO").upper()
    if level not in logging.getLevelNamesMapping():
        raise SettingsError(name, "DEBUG, INFO, WARNING or ERROR")
    return level


def _whole(given: Mapping[str, str], name: str, *, default: int, highest: int) -> int:
    text = given.get(name, str(default))
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= highest):
        raise SettingsError(name, f"a whole number from 1 to {highest:,}")
    return int(text)
