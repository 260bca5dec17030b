"""Texts for members, a Fluent catalogue per language."""

from bot.i18n.texts import Texts, locale_of, texts_in

__all__ = ["Texts", "locale_of", "texts_in"]
