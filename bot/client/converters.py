"""Options of commands: those of a slash command, or the words after a prefix."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Self

import discord
from discord import app_commands
from discord.ext import commands

from bot.client.context import Context
from bot.features.options import MAX_NAME, MAX_NAMES, NameOptions, PoemOptions, like, parse_dino
from engine.requests import MAX_LENGTH, MIN_LENGTH

# Discord sends greater whole numbers inexactly.
_MAX_SEED = 2**53 - 1
_MENTION = re.compile(r"<@!?(\d+)>")

Temperature = app_commands.Range[float, 0.1, 2.0]
Seed = app_commands.Range[int, 0, _MAX_SEED]


class _FlagConverter(commands.FlagConverter):
    """Options of a slash command; after a prefix, the words as they were typed."""

    typed = ""

    @classmethod
    async def convert(cls, ctx: Context, argument: str) -> Self:  # pyright: ignore[reportIncompatibleMethodOverride] - any context will do there
        """Keep the words after a prefix: the features parse them."""
        options = cls()
        options.typed = argument
        return options


class DinoConverter(_FlagConverter):
    """Options of `dino`."""

    number: app_commands.Range[int, 1, MAX_NAMES] = commands.flag(
        default=1, description="How many names"
    )
    beginning: app_commands.Range[str, 1, MAX_NAME] | None = commands.flag(
        default=None, description="First letters, or a name"
    )
    member: discord.User | None = commands.flag(
        default=None, description="A member whose name they begin like"
    )
    temperature: Temperature | None = commands.flag(default=None, description="Higher is bolder")
    seed: Seed | None = commands.flag(
        default=None, description="The same seed gives the same names again"
    )

    def options(self, ctx: Context) -> NameOptions:
        """Return the options as the features take them."""
        if ctx.interaction is None:
            return parse_dino(self.typed, _people(ctx.message))
        options = NameOptions(self.number, temperature=self.temperature, seed=self.seed)
        if self.member:
            return replace(options, person=self.member.display_name)
        return like(options, " ".join((self.beginning or "").split()))


class PoemConverter(_FlagConverter):
    """Options of `poem`."""

    first_line: str | None = commands.flag(
        default=None, description="The first line; without it I choose one"
    )
    length: app_commands.Range[int, MIN_LENGTH, MAX_LENGTH] | None = commands.flag(
        default=None, description="Characters after the first line, at most"
    )
    temperature: Temperature | None = commands.flag(default=None, description="Higher is bolder")
    seed: Seed | None = commands.flag(
        default=None, description="The same seed gives the same poem again"
    )

    def options(self, ctx: Context) -> PoemOptions:
        """Return the options as the features take them."""
        if ctx.interaction is None:
            return PoemOptions(self.typed)
        return PoemOptions(self.first_line or "", self.length, self.temperature, self.seed)


def _people(message: discord.Message) -> dict[str, str]:
    """Return the names of mentioned members by the mention as it was typed."""
    names = {str(person.id): person.display_name for person in message.mentions}
    found = _MENTION.finditer(message.content)
    return {mention[0]: names[mention[1]] for mention in found if mention[1] in names}
