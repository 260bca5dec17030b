"""Slash commands before one of ours is called: what cannot be read is refused politely."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import discord
from discord import AppCommandOptionType, app_commands

from bot import ledger
from bot.refusals import MalformedCallError, asker_or_nobody, cause_of, refusal_of
from bot.sending import message_of

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
        ledger.began(_name_of(interaction), "slash")
        try:
            await self._call_checked(interaction)
        except asyncio.CancelledError:
            ledger.failed()
            ledger.ended(_name_of(interaction), "slash")
            raise
        # An error that was raised or dispatched enters it once it has been told.
        if not interaction.command_failed:
            ledger.ended(_name_of(interaction), "slash")

    async def _call_checked(self, interaction: discord.Interaction[Any]) -> None:
        try:
            self._check_options(interaction)
            await super()._call(interaction)
        except app_commands.AppCommandError:
            raise
        except Exception as error:
            # What our own commands raise is wrapped: discord.py could not read the options.
            raise MalformedCallError from error

    def _check_options(self, interaction: discord.Interaction[Any]) -> None:
        """Compare the options with those of the command.

        Raises:
            MalformedCallError: one is of another kind, as after a change of the command.
        """
        content: Any = interaction.data
        if content.get("type", _CHAT_INPUT) != _CHAT_INPUT:
            return
        command, options = self._get_app_command_options(content)
        kinds = {parameter.display_name: parameter.type for parameter in command.parameters}
        for option in options:
            kind = kinds.get(option["name"])
            # Of what is only being typed, Discord sends whatever is there.
            is_kept = option.get("focused") or isinstance(
                option.get("value"), _VALUES.get(kind, (str,)) if kind else ()
            )
            if kind is None or option["type"] != kind.value or not is_kept:
                raise MalformedCallError

    async def on_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /
    ) -> None:
        """Say privately what went wrong."""
        cause = cause_of(error)
        if interaction.type is discord.InteractionType.autocomplete:
            # Nothing but proposals can be answered.
            log.warning("Nothing could be proposed: %s", type(cause).__name__)
            return
        if isinstance(cause, discord.HTTPException):
            ledger.failed()
            log.warning("A reply could not be sent: %s %s", cause.status, cause.code)
        else:
            await _tell(interaction, cause)
        ledger.ended(_name_of(interaction), "slash")


def _name_of(interaction: discord.Interaction[Any]) -> str:
    """Return the name of a command, by which it is known after a prefix as well."""
    command = interaction.command
    # The library wraps what can be asked both ways.
    command = getattr(command, "wrapped", command)
    return command.qualified_name if command else "unknown"


async def _tell(interaction: discord.Interaction[Any], cause: Exception) -> None:
    asker = await asker_or_nobody(interaction.client.house, interaction)
    arguments = message_of(refusal_of(cause, asker, "help"))
    answer = (
        interaction.followup.send
        if interaction.response.is_done()
        else interaction.response.send_message
    )
    try:
        await answer(**arguments, ephemeral=True)
    except discord.HTTPException as failure:
        ledger.failed()
        log.warning("A reply could not be sent: %s %s", failure.status, failure.code)
