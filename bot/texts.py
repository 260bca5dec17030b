"""The texts of replies, a Fluent catalogue a language in `bot/locales`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal, TypeGuard

from fluent.runtime import FluentBundle, FluentResource

Locale = Literal["en"]

LOCALES: tuple[Locale, ...] = ("en",)
"""Languages that there is a catalogue of."""

_FOLDER = Path(__file__).with_name("locales")

Value = str | int | float


class Texts:
    """The texts of one language.

    Args:
        locale: which.
    """

    def __init__(self, locale: Locale) -> None:
        self.locale: Locale = locale
        # What is put into a text is never bidirectional enough to need marks around it.
        self._bundle = FluentBundle([locale], use_isolating=False)
        source = (_FOLDER / f"{locale}.ftl").read_text("utf-8")
        self._bundle.add_resource(FluentResource(source))

    def __call__(self, message: str, **values: Value) -> str:
        """Return a text with its values filled in.

        Raises:
            KeyError: there is no such text.
            ValueError: a value is missing.
        """
        pattern = self._bundle.get_message(message).value
        if pattern is None:
            raise KeyError(message)
        arguments: Mapping[str, Value] = values
        text, errors = self._bundle.format_pattern(pattern, arguments)
        if errors:
            raise ValueError(f"{message}: {errors[0]}")
        return str(text)


@cache
def texts_in(locale: Locale) -> Texts:
    """Return the texts of a language, read once."""
    return Texts(locale)


def locale_of(*wanted: str | None) -> Locale:
    """Return the first language that there is a catalogue of, else English.

    Args:
        wanted: Discord's names of languages, the most wanted first.

    >>> locale_of(None, "xx-XX", "en-GB")
    'en'
    """
    for name in wanted:
        for known in (name, (name or "").partition("-")[0]):
            if _has_catalogue(known):
                return known
    return "en"


def _has_catalogue(name: str | None) -> TypeGuard[Locale]:
    return name in LOCALES
