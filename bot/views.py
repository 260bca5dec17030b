"""Buttons on Discord: a press is answered by the custom id alone, also after a restart."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from typing import Any, Self, cast

import discord

from bot import metrics
from bot.actions import PRESSES
from bot.errors import reply_to
from bot.house import House
from bot.presses import TEMPLATE, FadedError, Press
from bot.replies import Reply
from bot.sending import asker_of, edit_of, message_of
from bot.texts import locale_of, texts_in

log = logging.getLogger(__name__)

AnyButton = discord.ui.Button[Any]
Interaction = discord.Interaction[Any]
Routing = type[discord.ui.DynamicItem[AnyButton]]


def routing(house: House) -> Routing:
    """Return what the client is to be given so that presses reach their actions.

    Args:
        house: what the actions work with.
    """

    class PressedButton(discord.ui.DynamicItem[AnyButton], template=TEMPLATE):
        def __init__(self, button: AnyButton, match: re.Match[str]) -> None:
            super().__init__(button)
            self._match = match

        @classmethod
        async def from_custom_id(
            cls, _: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
        ) -> Self:
            return cls(cast(AnyButton, item), match)

        async def callback(self, interaction: Interaction) -> None:
            await answer(house, interaction, **self._match.groupdict())

    return PressedButton


def number_of_answer(message: discord.Message) -> str:
    """Return the number of the answer that a message of a member replies to, or nothing."""
    asked = message.reference.resolved if message.reference else None
    if not isinstance(asked, discord.Message):
        return ""
    for item in discord.ui.View.from_message(asked, timeout=None).children:
        match = TEMPLATE.fullmatch(getattr(item, "custom_id", None) or "")
        if match and match["verb"] in ("how", "same"):
            return match["arguments"]
    return ""


async def answer(
    house: House, interaction: Interaction, verb: str, owner: str, arguments: str
) -> None:
    """Do what a pressed button says, and show what came of it.

    Args:
        house: what the actions work with.
        interaction: the press.
        verb: the key of what is done.
        owner: the id of the user whom the button is for, or nothing.
        arguments: what it is done with.
    """
    try:
        # At once, since only three seconds are given: all that follows may take its time.
        await interaction.response.defer()
        press = PRESSES.get(verb, _UNKNOWN)
        await _SHOW[press.shows](
            interaction, await _done(house, interaction, press, owner, arguments)
        )
    except discord.HTTPException as error:
        # It came too late, or the message or the channel is gone.
        log.warning("A press could not be answered: %s %s", error.status, error.code)
    finally:
        metrics.dealt_with(verb if verb in PRESSES else "unknown", "button")


async def _done(
    house: House, interaction: Interaction, press: Press, owner: str, arguments: str
) -> Reply:
    texts = texts_in(locale_of(str(interaction.locale)))
    try:
        asker = await asker_of(house, interaction)
        texts = asker.texts
        press.check(asker, owner)
        settings = await house.servers.of(asker.server)
        with house.manners.turn(asker, settings) if press.is_wish else nullcontext():
            return await press.action(house, asker, arguments)
    except Exception as error:
        if isinstance(error, FadedError):
            await _fade(interaction)
        return reply_to(error, texts)


async def _fade(interaction: Interaction) -> None:
    """Take away the buttons that lead nowhere any more."""
    if interaction.message is None:
        return
    view = discord.ui.View.from_message(interaction.message, timeout=None)
    for item in view.children:
        match = TEMPLATE.fullmatch(getattr(item, "custom_id", None) or "")
        if match and not PRESSES.get(match["verb"], _UNKNOWN).lasts:
            view.remove_item(item)
    view.stop()
    await interaction.edit_original_response(view=view if view.children else None)


async def _say(interaction: Interaction, reply: Reply) -> None:
    await interaction.followup.send(**message_of(reply), ephemeral=reply.is_private)


async def _whisper(interaction: Interaction, reply: Reply) -> None:
    await interaction.followup.send(**message_of(reply), ephemeral=True)


async def _put_in_place(interaction: Interaction, reply: Reply) -> None:
    if reply.is_private:
        await _whisper(interaction, reply)
    else:
        await interaction.edit_original_response(**edit_of(reply))


async def _remove(interaction: Interaction, reply: Reply) -> None:
    if reply.is_refusal:
        await _whisper(interaction, reply)
    else:
        await interaction.delete_original_response()


async def _refuse(*_: object) -> Reply:
    raise FadedError


_UNKNOWN = Press(_refuse, may="anyone")
"""A button of a version of the program that knew it."""

_SHOW: dict[str, Callable[[Interaction, Reply], Awaitable[None]]] = {
    "new": _say,
    "private": _whisper,
    "in-place": _put_in_place,
    "gone": _remove,
}
