"""The texts of replies, a Fluent catalogue a language in `bot/i18n/locales`.

What stands between two `__` in a catalogue is bold.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

from fluent.runtime import FluentBundle, FluentResource

from bot.replies import BOLD

Locale = Literal["en", "zh-CN"]

LOCALES: tuple[Locale, ...] = ("en", "zh-CN")
"""Languages that there is a catalogue of, by Discord's names."""

LANGUAGES: Mapping[Locale, str] = {"en": "English", "zh-CN": "简体中文"}
"""What each language calls itself."""

DEFAULT_PREFIX = "!"
"""What a command begins with where a server has set nothing else."""

_FOLDER = Path(__file__).with_name("locales")
_REMEMBERED = 1_000

Value = str | int | float


class Texts:
    """The texts of one language, for a server.

    Args:
        locale: which language.
        prefix: what commands begin with there; each text may use it as $prefix.
    """

    def __init__(self, locale: Locale, prefix: str = DEFAULT_PREFIX) -> None:
        self.locale: Locale = locale
        self.prefix = prefix
        self._bundle = load(_FOLDER / f"{locale}.ftl")

    def __call__(self, message: str, **values: Value) -> str:
        """Return a text with its values filled in.

        Raises:
            KeyError: there is no such text.
            ValueError: a value is missing.
        """
        pattern = self._bundle.get_message(message).value
        if pattern is None:
            raise KeyError(message)
        arguments: Mapping[str, Value] = {"prefix": self.prefix, **values}
        text, errors = self._bundle.format_pattern(pattern, arguments)
        if errors:
            raise ValueError(f"{message}: {errors[0]}")
        return str(text)


@cache
def load(path: Path) -> FluentBundle:
    """Read a catalogue named after its language."""
    # Isolation marks are invisible characters, which `bot.client.formatting` drops anyway.
    bundle = FluentBundle([path.stem], use_isolating=False)
    bundle.add_resource(FluentResource(path.read_text("utf-8").replace("__", BOLD)))
    return bundle


@lru_cache(_REMEMBERED)
def texts_in(locale: Locale, prefix: str = DEFAULT_PREFIX) -> Texts:
    """Return the texts of a language, read once, for a server with this prefix."""
    return Texts(locale, prefix)


def locale_of(*wanted: str | None) -> Locale:
    """Return the first language that there is a catalogue of, perhaps of another country.

    Args:
        wanted: Discord's names of languages, the most wanted first.

    Returns:
        One of `LOCALES`; English where there is none of those wanted.

    >>> locale_of(None, "xx-XX", "en-GB"), locale_of("zh-TW", "en-US")
    ('en', 'zh-CN')
    """
    catalogues: dict[str, Locale] = {_language(locale): locale for locale in LOCALES}
    for name in filter(None, wanted):
        if found := catalogues.get(_language(name)):
            return found
    return "en"


def _language(locale: str) -> str:
    return locale.partition("-")[0].lower()
