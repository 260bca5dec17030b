"""Types of settings: their values parsed and shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.i18n.texts import LANGUAGES, LOCALES, Texts, Value
from bot.storage.guild_settings import GuildSettings
from engine.requests import MAX_TEMPERATURE, MIN_TEMPERATURE
from engine.text.characters import can_be_seen, normalize

MAX_PREFIX = 5
"""Characters of a prefix, at most."""

MAX_VALUE = 2_000
"""Characters of a typed value, at most."""

MAX_COOLDOWN_SECONDS = 3_600.0
MAX_CHANNELS = 50

LIMITS: Mapping[str, Value] = {
    "most_prefix": MAX_PREFIX,
    "most_channels": MAX_CHANNELS,
    "most_seconds": f"{MAX_COOLDOWN_SECONDS:g}",
    "least_temperature": f"{MIN_TEMPERATURE:g}",
    "most_temperature": f"{MAX_TEMPERATURE:g}",
}
"""Values for the texts that say what is allowed."""

# They format, mention or link, or begin a command of Discord's client.
_TROUBLE = frozenset("*_~|`<>@#\\/:")
_SECONDS = re.compile(r"(s|seconds?|秒)$", re.IGNORECASE)
_ALL, _NONE, _AUTOMATIC = ("all", "*"), ("none", "nobody"), ("auto", "automatic")
_ON, _OFF = ("on", "yes", "true", "1", "是", "开"), ("off", "no", "false", "0", "否", "关")


class BadValueError(ValueError):
    """The typed text is not a value of this setting."""


@dataclass(frozen=True, slots=True)
class Known:
    """Names of a guild's channels, and of its roles without everyone, by id."""

    channels: Mapping[int, str] = field(default_factory=dict[int, str])
    roles: Mapping[int, str] = field(default_factory=dict[int, str])


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting as managers of a guild see it.

    Attributes:
        field: of `GuildSettings`.
        title: name of the text that describes it.
        allowed: name of the text that lists its allowed values.
        parse: returns its value from a typed text, or raises `BadValueError`.
        show: returns its current value as text.
        choices: values to suggest.
    """

    field: str
    title: str
    allowed: str
    parse: Callable[[str, Known], object]
    show: Callable[[GuildSettings, Known, Texts], str]
    choices: tuple[str, ...] = ()


def parse_prefix(text: str, _known: Known) -> str:
    """Return a prefix.

    >>> parse_prefix("d!", Known())
    'd!'
    """
    prefix = normalize("NFC", text)
    is_visible = (
        prefix.isprintable() and all(map(can_be_seen, prefix)) and not any(map(str.isspace, prefix))
    )
    is_plain = _TROUBLE.isdisjoint(prefix) and not any(map(unicodedata.combining, prefix))
    if not (1 <= len(prefix) <= MAX_PREFIX and is_visible and is_plain):
        raise BadValueError("no prefix")
    return prefix


def parse_channels(text: str, known: Known) -> frozenset[int]:
    """Return channels from mentions, ids or names; none for all."""
    if text.lower() in _ALL:
        return frozenset()
    parts = [part.strip() for part in text.split(",")]
    channels = {channel for part in parts if part for channel in _channels(part, known)}
    if not 1 <= len(channels) <= MAX_CHANNELS:
        raise BadValueError("too few or too many")
    return frozenset(channels)


def _channels(part: str, known: Known) -> list[int]:
    """Return the channel of this name, with its spaces, or else one for each word."""
    try:
        return [_found(part, known.channels)]
    except BadValueError:
        return [_found(word, known.channels) for word in part.split()]


def parse_role(text: str, known: Known) -> int | None:
    """Return a role from a mention, an id or a name; None for nobody."""
    return None if text.lower() in _NONE else _found(text, known.roles)


def parse_cooldown(text: str, _known: Known) -> float:
    """Return seconds."""
    return _number(_SECONDS.sub("", text).rstrip(), 0.0, MAX_COOLDOWN_SECONDS)


def parse_temperature(text: str, _known: Known) -> float | None:
    """Return a temperature, or None for the default of each model."""
    if text.lower() in _AUTOMATIC:
        return None
    return _number(text, MIN_TEMPERATURE, MAX_TEMPERATURE)


def parse_language(text: str, _known: Known) -> str | None:
    """Return a locale, or None for that of each member."""
    word = text.lower()
    if word in _AUTOMATIC:
        return None
    for locale in LOCALES:
        if word in {locale.lower(), locale.partition("-")[0], LANGUAGES[locale].lower()}:
            return locale
    raise BadValueError("no such language")


def parse_switch(text: str, _known: Known) -> bool:
    """Return whether a switch is on."""
    word = text.lower()
    if word not in _ON and word not in _OFF:
        raise BadValueError("neither on nor off")
    return word in _ON


def _number(text: str, least: float, most: float) -> float:
    if not re.fullmatch(r"\d{1,4}([.,]\d{1,3})?", text, re.ASCII):
        raise BadValueError("no number")
    number = float(text.replace(",", "."))
    if not least <= number <= most:
        raise BadValueError("out of range")
    return number


def _found(word: str, names: Mapping[int, str]) -> int:
    """Return an id from a mention, the id itself or a name."""
    mention = re.fullmatch(r"(?:<(?:#|@&))?(\d{1,20})>?", word, re.ASCII)
    if mention and (number := int(mention[1])) in names:
        return number
    found = [number for number, name in names.items() if name == word.lstrip("#@")]
    if len(found) != 1:
        raise BadValueError("not one of them")
    return found[0]


def _show_prefix(settings: GuildSettings, _known: Known, _texts: Texts) -> str:
    return settings.prefix


def _show_channels(settings: GuildSettings, known: Known, texts: Texts) -> str:
    # A deleted channel has no name.
    names = [f"#{known.channels.get(number, number)}" for number in sorted(settings.channels)]
    return ", ".join(names) or texts("setting-channels-all")


def _show_role(settings: GuildSettings, known: Known, texts: Texts) -> str:
    if settings.trainer_role is None:
        return texts("setting-role-none")
    return f"@{known.roles.get(settings.trainer_role, settings.trainer_role)}"


def _cooldown(field: str, title: str) -> Setting:
    def show(settings: GuildSettings, _known: Known, texts: Texts) -> str:
        return texts("setting-seconds", seconds=f"{getattr(settings, field):g}")

    choices = ("0", "2", "5", "10", "60")
    return Setting(field, title, "setting-cooldown-allowed", parse_cooldown, show, choices)


def _show_temperature(settings: GuildSettings, _known: Known, texts: Texts) -> str:
    if settings.temperature is None:
        return texts("setting-temperature-automatic")
    return f"{settings.temperature:g}"


def _show_language(settings: GuildSettings, _known: Known, texts: Texts) -> str:
    names: Mapping[str, str] = {**LANGUAGES}
    return names.get(settings.locale or "", texts("setting-language-automatic"))


def _show_adult(settings: GuildSettings, _known: Known, texts: Texts) -> str:
    return texts("setting-on") if settings.allows_indecent else texts("setting-off")


SETTINGS: Mapping[str, Setting] = {
    "prefix": Setting(
        "prefix", "setting-prefix", "setting-prefix-allowed", parse_prefix, _show_prefix
    ),
    "channels": Setting(
        "channels",
        "setting-channels",
        "setting-channels-allowed",
        parse_channels,
        _show_channels,
        ("all",),
    ),
    "trainer-role": Setting(
        "trainer_role", "setting-role", "setting-role-allowed", parse_role, _show_role, ("none",)
    ),
    "user-cooldown": _cooldown("user_cooldown_seconds", "setting-user-cooldown"),
    "channel-cooldown": _cooldown("channel_cooldown_seconds", "setting-channel-cooldown"),
    "temperature": Setting(
        "temperature",
        "setting-temperature",
        "setting-temperature-allowed",
        parse_temperature,
        _show_temperature,
        ("auto", "0.7", "0.8", "1", "1.2"),
    ),
    "language": Setting(
        "locale",
        "setting-language",
        "setting-language-allowed",
        parse_language,
        _show_language,
        ("auto", *LOCALES),
    ),
    "adult-words": Setting(
        "allows_indecent",
        "setting-adult",
        "setting-adult-allowed",
        parse_switch,
        _show_adult,
        ("on", "off"),
    ),
}
"""Settings by their typed names."""
