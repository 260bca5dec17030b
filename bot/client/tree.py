"""Slash commands before one of ours is called: what cannot be read is refused politely."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import discord
from discord import AppCommandOptionType, app_commands

from bot.client.errors import MalformedCallError, cause_of, context_or_anonymous, refusal_of
from bot.client.responses import respond
from bot.client.retries import UNREACHABLE, give_up
from bot.context import RequestContext
from bot.observability import requests

log = logging.getLogger(__name__)

_CHAT_INPUT = 1
_VALUES: dict[AppCommandOptionType, tuple[type, ...]] = {
    AppCommandOptionType.string: (str,),
    AppCommandOptionType.integer: (int,),
    AppCommandOptionType.boolean: (bool,),
    AppCommandOptionType.number: (int, float),
}


class SlashTree(app_commands.CommandTree[Any]):
    """The slash commands; discord.py trusts that their options are what was registered."""

    async def _call(self, interaction: discord.Interaction[Any]) -> None:
        if interaction.type is discord.InteractionType.autocomplete:
            await self._call_checked(interaction)
            return
        requests.began(_name_of(interaction), "slash")
        try:
            await self._call_checked(interaction)
        except asyncio.CancelledError:
            requests.failed()
            requests.ended(_name_of(interaction), "slash")
            raise
        # An error that was raised or dispatched enters it once it has been told.
        if not interaction.command_failed:
            requests.ended(_name_of(interaction), "slash")

    async def _call_checked(self, interaction: discord.Interaction[Any]) -> None:
        try:
            self._check_options(interaction)
            if interaction.type is discord.InteractionType.autocomplete:
                await self._propose(interaction)
            else:
                await super()._call(interaction)
        except app_commands.AppCommandError:
            raise
        except Exception:
            # What our own commands raise is wrapped: discord.py could not read the options, and
            # would try it again to find out who handles the error.
            interaction.command_failed = True
            await self.on_error(interaction, MalformedCallError())

    def _check_options(self, interaction: discord.Interaction[Any]) -> None:
        """Compare the options with those of the command.

        Raises:
            MalformedCallError: one is of another kind or not among its choices, as after a change
                of the command, or the command stands in a menu, where we have none.
        """
        content: Any = interaction.data
        if content.get("type", _CHAT_INPUT) != _CHAT_INPUT:
            raise MalformedCallError
        command, options = self._get_app_command_options(content)
        known = {parameter.display_name: parameter for parameter in command.parameters}
        for option in options:
            parameter = known.get(option["name"])
            if parameter is None or option["type"] != parameter.type.value:
                raise MalformedCallError
            # What is only being typed is text, whatever it is to become.
            is_typed = bool(option.get("focused"))
            fitting = (str,) if is_typed else _VALUES.get(parameter.type, (str,))
            value = option.get("value")
            choices = [choice.value for choice in parameter.choices]
            is_chosen = is_typed or not choices or value in choices
            if not (isinstance(value, fitting) and is_chosen):
                raise MalformedCallError

    async def _propose(self, interaction: discord.Interaction[Any]) -> None:
        """Propose values for what is being typed; discord.py would log each failure as an error.

        Raises:
            AppCommandError: nothing can be proposed, or it came too late.
        """
        content: Any = interaction.data
        command, options = self._get_app_command_options(content)
        typed = next((option["name"] for option in options if option.get("focused")), None)
        if typed is None:
            raise MalformedCallError
        try:
            await command._invoke_autocomplete(  # pyright: ignore[reportPrivateUsage] - as the library does
                interaction, typed, interaction.namespace
            )
        except Exception as error:
            raise app_commands.CommandInvokeError(command, error) from error

    async def on_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /
    ) -> None:
        """Say privately what went wrong."""
        cause = cause_of(error)
        is_proposal = interaction.type is discord.InteractionType.autocomplete
        if isinstance(cause, UNREACHABLE):
            give_up(cause)
        elif is_proposal:
            # Nothing but proposals can be answered: what nobody foresaw is for the log alone.
            refusal_of(cause, RequestContext(), "help")
            log.warning("Nothing could be proposed: %s", type(cause).__name__)
        else:
            await _tell(interaction, cause)
        if not is_proposal:
            requests.ended(_name_of(interaction), "slash")


def _name_of(interaction: discord.Interaction[Any]) -> str:
    """Return the name of a command, by which it is known after a prefix as well."""
    try:
        command = interaction.command
    except Exception:
        return "unknown"  # Its options cannot be read at all.
    # The library wraps what can be asked both ways.
    command = getattr(command, "wrapped", command)
    return command.qualified_name if command else "unknown"


async def _tell(interaction: discord.Interaction[Any], cause: Exception) -> None:
    context = await context_or_anonymous(interaction.client.services, interaction)
    try:
        await respond(interaction, refusal_of(cause, context, "help"))
    except UNREACHABLE as failure:
        give_up(failure)
