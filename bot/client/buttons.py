"""Buttons on Discord: a press is answered by the custom id alone, also after a restart."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Self, cast

import discord

from bot.client.checks import check_place
from bot.client.errors import refusal_of
from bot.client.responses import asker_of, deferred_in_time, edit_of, note_shown, respond
from bot.client.retries import UNREACHABLE, give_up
from bot.context import Asker
from bot.features import PRESSES
from bot.features.buttons import TEMPLATE, FadedError, Press
from bot.i18n.texts import locale_of
from bot.observability import requests
from bot.replies import Reply
from bot.services import House

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


def number_of_answer(message: discord.Message, bot: int) -> str:
    """Return the number of the answer that a message of a member replies to, or nothing.

    Args:
        message: of the member.
        bot: the id of this bot; buttons of others say nothing of its answers.
    """
    asked = message.reference.resolved if message.reference else None
    if not isinstance(asked, discord.Message) or asked.author.id != bot:
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
    press = PRESSES.get(verb, _UNKNOWN)
    name = verb if verb in PRESSES else "unknown"
    requests.began(name, "button")
    try:
        async with deferred_in_time(interaction, **_DEFERRED[press.shows]):
            reply, has_faded = await _done(house, interaction, press, owner, arguments)
        if message := await _SHOW[press.shows](interaction, reply):
            note_shown(house, reply, message)
        if has_faded:
            await _fade(interaction)
    except UNREACHABLE as error:
        # It came too late, or the message or the channel is gone.
        give_up(error)
    except BaseException:
        requests.failed()
        raise
    finally:
        requests.ended(name, "button")


async def _done(
    house: House, interaction: Interaction, press: Press, owner: str, arguments: str
) -> tuple[Reply, bool]:
    """Return what there is to say, and whether the button has faded."""
    asker = Asker(locale=locale_of(str(interaction.locale)))
    try:
        asker = await asker_of(house, interaction)
        if not press.anywhere:
            await check_place(house, interaction)
        press.check(asker, owner)
        settings = await house.servers.of(asker.server)
        manners = house.manners
        with manners.turn(asker, settings) if press.is_wish else manners.press(asker):
            return await press.action(house, asker, arguments), False
    except Exception as error:
        return refusal_of(error, asker, "help"), isinstance(error, FadedError)


async def _fade(interaction: Interaction) -> None:
    """Take away the buttons that lead nowhere any more."""
    if interaction.message is None or interaction.message.flags.ephemeral:
        return
    view = discord.ui.View.from_message(interaction.message, timeout=None)
    for item in view.children:
        match = TEMPLATE.fullmatch(getattr(item, "custom_id", None) or "")
        if match and not PRESSES.get(match["verb"], _UNKNOWN).lasts:
            view.remove_item(item)
    view.stop()
    await interaction.message.edit(view=view if view.children else None)


async def _whisper(interaction: Interaction, reply: Reply) -> discord.Message:
    return await respond(interaction, replace(reply, is_private=True))


async def _put_in_place(interaction: Interaction, reply: Reply) -> discord.Message:
    if reply.is_private:
        return await respond(interaction, reply)
    await _acknowledge(interaction)
    return await interaction.edit_original_response(**edit_of(reply))


async def _remove(interaction: Interaction, reply: Reply) -> None:
    if reply.is_refusal:
        await _whisper(interaction, reply)
        return
    await _acknowledge(interaction)
    await interaction.delete_original_response()


async def _acknowledge(interaction: Interaction) -> None:
    if not interaction.response.is_done():
        await interaction.response.defer()


async def _refuse(*_: object) -> Reply:
    raise FadedError


_UNKNOWN = Press(_refuse, may="anyone")
"""A button of a version of the program that knew it."""

_DEFERRED: dict[str, dict[str, bool]] = {
    "new": {"thinking": True},
    "private": {"thinking": True, "ephemeral": True},
    "in-place": {"thinking": False},
    "gone": {"thinking": False},
}
"""How a press that takes its time is deferred, which fixes where its answer is seen."""

_SHOW: dict[str, Callable[[Interaction, Reply], Awaitable[discord.Message | None]]] = {
    "new": respond,
    "private": _whisper,
    "in-place": _put_in_place,
    "gone": _remove,
}
