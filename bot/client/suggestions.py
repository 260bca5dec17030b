"""Finds the command that a misspelled word was probably meant to be."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

from discord.ext import commands

from bot.client.context import Context

# "dnio" is near "dino", "dinosaur" is a word of its own.
_NEARNESS = 0.7
_LONGEST_WORD = 20


def suggestion(ctx: Context, known: Iterable[commands.Command[Any, ..., Any]]) -> str | None:
    """Return the full name of the command or subcommand that was probably meant, if any."""
    return misspelled(ctx) or nearest(ctx.invoked_with or "", _names(known))


def misspelled(ctx: Context) -> str | None:
    """Return the full name of the subcommand that was meant, where there is none as typed."""
    group, word = ctx.command, ctx.subcommand_passed
    if not isinstance(group, commands.Group) or ctx.invoked_subcommand or not word:
        return None
    meant = nearest(word, _names(group.commands))
    return f"{group.qualified_name} {meant}" if meant else None


def nearest(word: str, names: Iterable[str]) -> str | None:
    """Return the name that a word was probably meant to be, if there is one.

    >>> nearest("PEOM", ["dino", "poem"])
    'poem'
    """
    # A message that begins with "!!" or "!?" is not for a bot.
    if len(word) > _LONGEST_WORD or not word.isalpha():
        return None
    found = difflib.get_close_matches(word.lower(), list(names), n=1, cutoff=_NEARNESS)
    return found[0] if found else None


def _names(some: Iterable[commands.Command[Any, ..., Any]]) -> list[str]:
    return [command.name for command in some]
