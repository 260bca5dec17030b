"""Translates the slash commands from the catalogues in `bot/i18n/locales/slash`.

English is in the code. In a catalogue a command is `settings-set`, its option
`settings-set-value`, a choice `choice-prefix`; the text is its name, the attribute `description`
its description.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import TranslationContextLocation as Location
from fluent.runtime import FluentBundle

from bot.i18n.texts import load

FOLDER = Path(__file__).parents[1] / "i18n" / "locales" / "slash"
"""A catalogue for each language except English, named as Discord names it."""

_DESCRIPTIONS = (
    Location.command_description,
    Location.group_description,
    Location.parameter_description,
)


class SlashTexts(app_commands.Translator):
    """Translates names and descriptions of commands, options and choices."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """Return a text in a language, or None where there is none."""
        bundle = catalogue(locale.value)
        name = key_of(string.message, context)
        if bundle is None or not bundle.has_message(name):
            return None
        message = bundle.get_message(name)
        if context.location in _DESCRIPTIONS:
            pattern = message.attributes.get("description")
        else:
            pattern = message.value
        return None if pattern is None else str(bundle.format_pattern(pattern)[0])


def key_of(text: str, context: app_commands.TranslationContext[Any, Any]) -> str:
    """Return the message id of a text in the catalogues."""
    thing = context.data
    if context.location is Location.choice_name:
        return f"choice-{_identifier(text)}"
    if isinstance(thing, app_commands.Parameter):
        return f"{_identifier(thing.command.qualified_name)}-{_identifier(thing.name)}"
    return _identifier(thing.qualified_name)


def catalogue(locale: str) -> FluentBundle | None:
    """Return the catalogue of a language, read once, or None if there is none."""
    path = FOLDER / f"{locale}.ftl"
    return load(path) if path.is_file() else None


def _identifier(name: str) -> str:
    return name.replace(" ", "-").replace("_", "-")
