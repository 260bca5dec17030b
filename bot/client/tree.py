"""The command tree: malformed interactions are refused, errors answered, requests logged."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import discord
from discord import AppCommandOptionType, app_commands

from bot.client.checks import check_membership
from bot.client.context import Interaction, context_or_anonymous
from bot.client.errors import MalformedCallError, cause_of, refusal_of
from bot.client.internals import CallableTree, autocomplete, wrapped_command
from bot.client.responses import respond
from bot.client.retries import UNREACHABLE, give_up
from bot.context import RequestContext
from bot.observability import requests

log = logging.getLogger(__name__)

_CHAT_INPUT = 1
# They store nothing.
_ANYWHERE = frozenset({"help", "about", "ping", "privacy"})
_VALUES: dict[AppCommandOptionType, tuple[type, ...]] = {
    AppCommandOptionType.string: (str,),
    AppCommandOptionType.integer: (int,),
    AppCommandOptionType.boolean: (bool,),
    AppCommandOptionType.number: (int, float),
}


class SlashTree(CallableTree):
    """Slash commands; discord.py assumes that their options are as registered."""

    async def call(self, interaction: Interaction) -> None:
        """Invoke the command, and log the request."""
        if _is_autocomplete(interaction):
            await self._call_checked(interaction)
            return
        requests.began(_name_of(interaction), "slash")
        try:
            await self._call_checked(interaction)
        except asyncio.CancelledError:
            requests.failed()
            requests.ended(_name_of(interaction), "slash")
            raise
        # After an error `on_error`, or the bot's handler, logs it.
        if not interaction.command_failed:
            requests.ended(_name_of(interaction), "slash")

    async def _call_checked(self, interaction: Interaction) -> None:
        try:
            self._check_options(interaction)
            if _is_autocomplete(interaction):
                await self._autocomplete(interaction)
            else:
                if _name_of(interaction).partition(" ")[0] not in _ANYWHERE:
                    check_membership(interaction)
                await super().call(interaction)
        except app_commands.AppCommandError:
            raise
        except Exception:
            # Our commands' own errors are wrapped: discord.py could not read the options, and
            # would read them again to find out who handles the error.
            interaction.command_failed = True
            await self.on_error(interaction, MalformedCallError())

    def _check_options(self, interaction: Interaction) -> None:
        """Refuse options that do not match the command, as after a change of it."""
        content: Any = interaction.data
        if content.get("type", _CHAT_INPUT) != _CHAT_INPUT:
            raise MalformedCallError
        command, options = self.command_and_options(interaction)
        known = {parameter.display_name: parameter for parameter in command.parameters}
        for option in options:
            parameter = known.get(option["name"])
            if parameter is None or option["type"] != parameter.type.value:
                raise MalformedCallError
            # What is still being typed is text, whatever the option's type.
            is_typed = bool(option.get("focused"))
            types = (str,) if is_typed else _VALUES.get(parameter.type, (str,))
            value = option.get("value")
            choices = [choice.value for choice in parameter.choices]
            is_chosen = is_typed or not choices or value in choices
            if not (isinstance(value, types) and is_chosen):
                raise MalformedCallError

    async def _autocomplete(self, interaction: Interaction) -> None:
        command, options = self.command_and_options(interaction)
        typed = next((option["name"] for option in options if option.get("focused")), None)
        if typed is None:
            raise MalformedCallError
        try:
            await autocomplete(command, interaction, typed)
        except Exception as error:
            raise app_commands.CommandInvokeError(command, error) from error

    async def on_error(
        self, interaction: Interaction, error: app_commands.AppCommandError, /
    ) -> None:
        """Answer an error with an ephemeral reply."""
        cause = cause_of(error)
        if isinstance(cause, UNREACHABLE):
            give_up(cause)
        elif _is_autocomplete(interaction):
            # It can be answered with choices only: the reply is made for the log.
            refusal_of(cause, RequestContext(), "help")
            log.warning("Autocomplete failed: %s", type(cause).__name__)
        else:
            context = await context_or_anonymous(interaction.client.services, interaction)
            try:
                await respond(interaction, refusal_of(cause, context, "help"))
            except UNREACHABLE as failure:
                give_up(failure)
        if not _is_autocomplete(interaction):
            requests.ended(_name_of(interaction), "slash")


def _is_autocomplete(interaction: Interaction) -> bool:
    return interaction.type is discord.InteractionType.autocomplete


def _name_of(interaction: Interaction) -> str:
    """Return the full name of the command, the same as after a prefix."""
    try:
        command = wrapped_command(interaction.command)
    except Exception:
        return "unknown"  # Its options cannot be read at all.
    return command.qualified_name if command else "unknown"
