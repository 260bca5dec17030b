"""Wishes as Discord hands them over: options of a slash command, or words after a prefix."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Self

import discord
from discord import app_commands
from discord.ext import commands

from bot.client.responses import Context
from bot.features.options import MAX_NAME, MAX_NAMES, NameOptions, PoemOptions, like, parse_dino
from engine.requests import MAX_LENGTH, MIN_LENGTH

# Whole numbers beyond are not exact in what Discord sends.
_MAX_SEED = 2**53 - 1
_MENTION = re.compile(r"<@!?(\d+)>")

Temperature = app_commands.Range[float, 0.1, 2.0]
Seed = app_commands.Range[int, 0, _MAX_SEED]


class _FlagConverter(commands.FlagConverter):
    """Options of a slash command; after a prefix, the words as they were typed."""

    typed = ""

    @classmethod
    async def convert(cls, ctx: Context, argument: str) -> Self:  # pyright: ignore[reportIncompatibleMethodOverride] - any context will do there
        """Keep what follows a prefix; the library's own syntax for options is nobody's."""
        options = cls()
        options.typed = argument
        return options


class DinoConverter(_FlagConverter):
    """What can be wished for with `dino`."""

    number: app_commands.Range[int, 1, MAX_NAMES] = commands.flag(
        default=1, description="How many names."
    )
    beginning: app_commands.Range[str, 1, MAX_NAME] | None = commands.flag(
        default=None, description="The letters that each begins with, or a name."
    )
    member: discord.User | None = commands.flag(
        default=None, description="Somebody whose name they begin like."
    )
    temperature: Temperature | None = commands.flag(
        default=None, description="Lower is more usual, higher more daring."
    )
    seed: Seed | None = commands.flag(
        default=None, description="The same seed gives the same names again."
    )

    def options(self, ctx: Context) -> NameOptions:
        """Return what is wished for.

        Raises:
            InvalidRequestError: it is not understood.
        """
        if ctx.interaction is None:
            return parse_dino(self.typed, _people(ctx.message))
        wish = NameOptions(self.number, temperature=self.temperature, seed=self.seed)
        if self.member:
            return replace(wish, person=self.member.display_name)
        return like(wish, " ".join((self.beginning or "").split()))


class PoemConverter(_FlagConverter):
    """What can be wished for with `poem`."""

    first_line: str | None = commands.flag(
        default=None, description="The line to go on from; I can think of one, too."
    )
    length: app_commands.Range[int, MIN_LENGTH, MAX_LENGTH] | None = commands.flag(
        default=None, description="Characters that follow it, at most."
    )
    temperature: Temperature | None = commands.flag(
        default=None, description="Lower is more usual, higher more daring."
    )
    seed: Seed | None = commands.flag(
        default=None, description="The same seed gives the same poem again."
    )

    def options(self, ctx: Context) -> PoemOptions:
        """Return what is wished for."""
        if ctx.interaction is None:
            return PoemOptions(self.typed)
        return PoemOptions(self.first_line or "", self.length, self.temperature, self.seed)


def _people(message: discord.Message) -> dict[str, str]:
    """Return the names of those whom a message mentions, by the mention as it was typed."""
    names = {str(person.id): person.display_name for person in message.mentions}
    found = _MENTION.finditer(message.content)
    return {mention[0]: names[mention[1]] for mention in found if mention[1] in names}
