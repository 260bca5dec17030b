"""The values of settings as they are typed, checked and shown; pure."""

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
"""Characters that a command begins with, at most."""

MAX_VALUE = 2_000
"""Characters of a value that are read at all."""

MAX_COOLDOWN_SECONDS = 3_600.0
MAX_CHANNELS = 50

LIMITS: Mapping[str, Value] = {
    "most_prefix": MAX_PREFIX,
    "most_channels": MAX_CHANNELS,
    "most_seconds": f"{MAX_COOLDOWN_SECONDS:g}",
    "least_temperature": f"{MIN_TEMPERATURE:g}",
    "most_temperature": f"{MAX_TEMPERATURE:g}",
}
"""What the texts on values that are allowed need to know."""

# They format, mention or link, or Discord's own program takes them for itself.
_TROUBLE = frozenset("*_~|`<>@#\\/:")
_SECONDS = re.compile(r"(s|seconds?|秒)$", re.IGNORECASE)
_ALL, _NONE, _AUTOMATIC = ("all", "*"), ("none", "nobody"), ("auto", "automatic")
_ON, _OFF = ("on", "yes", "true", "1", "是", "开"), ("off", "no", "false", "0", "否", "关")


class BadValueError(ValueError):
    """What was typed makes no sense as a value of this setting."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a server has that settings may name: names by id.

    Attributes:
        channels: where messages are written.
        roles: but for the one that everybody has.
    """

    channels: Mapping[int, str] = field(default_factory=dict[int, str])
    roles: Mapping[int, str] = field(default_factory=dict[int, str])


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting as managers of a server see it.

    Attributes:
        field: of `ServerSettings`.
        title: the text that says what it is.
        allowed: the text that says what it may be.
        parse: reads what was typed; raises BadValueError where it makes no sense.
        show: says what it is now.
        choices: values that can be proposed.
    """

    field: str
    title: str
    allowed: str
    parse: Callable[[str, Known], object]
    show: Callable[[GuildSettings, Known, Texts], str]
    choices: tuple[str, ...] = ()


def parse_prefix(text: str, _known: Known) -> str:
    """Return what commands begin with.

    Raises:
        BadValueError: it is too long, cannot be seen, or would format or mention.

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
    """Return the channels that are named: mentions, ids or names; none for all.

    Raises:
        BadValueError: one of them is no channel here, or there are too many.
    """
    if text.lower() in _ALL:
        return frozenset()
    parts = [part.strip() for part in text.split(",")]
    channels = {channel for part in parts if part for channel in _channels(part, known)}
    if not 1 <= len(channels) <= MAX_CHANNELS:
        raise BadValueError("too few or too many")
    return frozenset(channels)


def _channels(part: str, known: Known) -> list[int]:
    """Return the channel whose name this is, spaces and all, or else those named one by one."""
    try:
        return [_found(part, known.channels)]
    except BadValueError:
        return [_found(word, known.channels) for word in part.split()]


def parse_role(text: str, known: Known) -> int | None:
    """Return the role that is named: a mention, an id or a name; None for nobody.

    Raises:
        BadValueError: it is no role here.
    """
    return None if text.lower() in _NONE else _found(text, known.roles)


def parse_cooldown(text: str, _known: Known) -> float:
    """Return seconds.

    Raises:
        BadValueError: it is no number, or one out of range.
    """
    return _number(_SECONDS.sub("", text).rstrip(), 0.0, MAX_COOLDOWN_SECONDS)


def parse_temperature(text: str, _known: Known) -> float | None:
    """Return a temperature, or None for what suits names and poems.

    Raises:
        BadValueError: it is no number, or one out of range.
    """
    if text.lower() in _AUTOMATIC:
        return None
    return _number(text, MIN_TEMPERATURE, MAX_TEMPERATURE)


def parse_language(text: str, _known: Known) -> str | None:
    """Return the name of a language, or None for each member's own.

    Raises:
        BadValueError: there is no catalogue of it.
    """
    word = text.lower()
    if word in _AUTOMATIC:
        return None
    for locale in LOCALES:
        if word in {locale.lower(), locale.partition("-")[0], LANGUAGES[locale].lower()}:
            return locale
    raise BadValueError("no such language")


def parse_switch(text: str, _known: Known) -> bool:
    """Return whether something is to be on.

    Raises:
        BadValueError: it is neither on nor off.
    """
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
    """Return the id of what is named by a mention, an id or its name."""
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
    # A channel that has been deleted meanwhile has no name.
    names = [f"#{known.channels.get(number, number)}" for number in sorted(settings.channels)]
    return ", ".join(names) or texts("setting-channels-all")


def _show_role(settings: GuildSettings, known: Known, texts: Texts) -> str:
    if settings.trainer_role is None:
        return texts("setting-role-none")
    return f"@{known.roles.get(settings.trainer_role, settings.trainer_role)}"


def _show_user_cooldown(settings: GuildSettings, _known: Known, texts: Texts) -> str:
    return texts("setting-seconds", seconds=f"{settings.user_cooldown_seconds:g}")


def _show_channel_cooldown(settings: GuildSettings, _known: Known, texts: Texts) -> str:
    return texts("setting-seconds", seconds=f"{settings.channel_cooldown_seconds:g}")


def _show_temperature(settings: GuildSettings, _known: Known, texts: Texts) -> str:
    if settings.temperature is None:
        return texts("setting-temperature-automatic")
    return f"{settings.temperature:g}"


def _show_language(settings: GuildSettings, _known: Known, texts: Texts) -> str:
    for locale in LOCALES:
        if locale == settings.locale:
            return LANGUAGES[locale]
    return texts("setting-language-automatic")


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
        "trainer_role",
        "setting-role",
        "setting-role-allowed",
        parse_role,
        _show_role,
        ("none",),
    ),
    "user-cooldown": Setting(
        "user_cooldown_seconds",
        "setting-user-cooldown",
        "setting-cooldown-allowed",
        parse_cooldown,
        _show_user_cooldown,
        ("0", "2", "5", "10", "60"),
    ),
    "channel-cooldown": Setting(
        "channel_cooldown_seconds",
        "setting-channel-cooldown",
        "setting-cooldown-allowed",
        parse_cooldown,
        _show_channel_cooldown,
        ("0", "2", "5", "10", "60"),
    ),
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
"""By the name that managers type."""
