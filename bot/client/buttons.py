"""Buttons: dispatched by the custom id alone, also after a restart."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Self, cast

import discord

from bot.client.channel_permissions import permissions_in, require_files
from bot.client.checks import check_channel, check_membership
from bot.client.context import Interaction, context_of
from bot.client.errors import refusal_of
from bot.client.rendering import with_note
from bot.client.responses import deferred_in_time, note_shown, respond
from bot.client.retries import UNREACHABLE, give_up
from bot.context import RequestContext
from bot.features import BUTTON_ACTIONS
from bot.features.buttons import TEMPLATE, ButtonAction, ExpiredButtonError
from bot.i18n.texts import locale_of
from bot.observability import requests
from bot.replies import Reply
from bot.services import Services

log = logging.getLogger(__name__)

AnyButton = discord.ui.Button[Any]


def dynamic_item(services: Services) -> type[discord.ui.DynamicItem[AnyButton]]:
    """Return the class for `Client.add_dynamic_items` that dispatches all buttons."""

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
            await answer(services, interaction, **self._match.groupdict())

    return PressedButton


def number_of_answer(message: discord.Message, bot: int) -> str:
    """Return the number of the answer that a member's message replies to, or an empty string."""
    answered = message.reference.resolved if message.reference else None
    if not isinstance(answered, discord.Message) or answered.author.id != bot:
        return ""
    for item in discord.ui.View.from_message(answered, timeout=None).children:
        match = TEMPLATE.fullmatch(getattr(item, "custom_id", None) or "")
        if match and match["verb"] in ("how", "same"):
            return match["arguments"]
    return ""


async def answer(
    services: Services, interaction: Interaction, verb: str, owner: str, arguments: str
) -> None:
    """Run the action of a button and show its reply."""
    action = BUTTON_ACTIONS.get(verb, _UNKNOWN)
    name = verb if verb in BUTTON_ACTIONS else "unknown"
    requests.began(name, "button")
    try:
        async with deferred_in_time(interaction, **_DEFERRED[action.shows]):
            reply, has_expired = await _reply(services, interaction, action, owner, arguments)
        if message := await _SHOW[action.shows](interaction, reply):
            note_shown(services, reply, message)
        if has_expired and not services.invalid_requests.is_exhausted:
            await _expire(interaction)
    except UNREACHABLE as error:
        # It came too late, or the message or the channel is gone.
        give_up(error)
    except BaseException:
        requests.failed()
        raise
    finally:
        requests.ended(name, "button")


async def _reply(
    services: Services, interaction: Interaction, action: ButtonAction, owner: str, arguments: str
) -> tuple[Reply, bool]:
    """Return the reply, and whether the button has expired."""
    context = None
    try:
        context = await context_of(services, interaction)
        if not action.anywhere:
            check_membership(interaction)
            await check_channel(services, interaction)
        action.check(context, owner)
        if action.sends_file:
            require_files(interaction)
        cooldowns = services.cooldowns
        slot = cooldowns.slot if action.is_generation else cooldowns.button_slot
        with slot(context):
            return await action.action(services, context, arguments), False
    except Exception as error:
        # Without the database only Discord's own language is known.
        context = context or RequestContext(locale=locale_of(str(interaction.locale)))
        return refusal_of(error, context, "help"), isinstance(error, ExpiredButtonError)


async def _expire(interaction: Interaction) -> None:
    """Remove the buttons that do nothing any more."""
    if interaction.message is None or interaction.message.flags.ephemeral:
        return
    if not permissions_in(interaction.channel).view_channel:
        return
    view = discord.ui.View.from_message(interaction.message, timeout=None)
    for item in view.children:
        match = TEMPLATE.fullmatch(getattr(item, "custom_id", None) or "")
        if match and not BUTTON_ACTIONS.get(match["verb"], _UNKNOWN).lasts:
            view.remove_item(item)
    view.stop()
    await interaction.message.edit(view=view if view.children else None)


async def _send_private(interaction: Interaction, reply: Reply) -> discord.Message:
    return await respond(interaction, replace(reply, is_private=True))


async def _note_decision(interaction: Interaction, reply: Reply) -> discord.Message | None:
    """Add a decision to the message with the button, and to the one that led to that."""
    message = interaction.message
    if reply.is_private or message is None:
        return await respond(interaction, reply)
    await _acknowledge(interaction)
    await interaction.edit_original_response(content=with_note(message.content, reply), view=None)
    origin = message.interaction_metadata and message.interaction_metadata.interacted_message_id
    if message.flags.ephemeral and origin:
        await _note_publicly(interaction.channel, origin, reply)
    return None


async def _note_publicly(channel: Any, number: int, reply: Reply) -> None:
    permissions = permissions_in(channel)
    if not (permissions.view_channel and permissions.read_message_history):
        return
    try:
        message: discord.Message = await channel.fetch_message(number)
        await message.edit(content=with_note(message.content, reply), view=None)
    except UNREACHABLE as error:
        log.warning("A decision could not be noted: %s", type(error).__name__)


async def _remove(interaction: Interaction, reply: Reply) -> None:
    if reply.is_refusal:
        await _send_private(interaction, reply)
        return
    await _acknowledge(interaction)
    await interaction.delete_original_response()


async def _acknowledge(interaction: Interaction) -> None:
    if not interaction.response.is_done():
        await interaction.response.defer()


async def _refuse(*_: object) -> Reply:
    raise ExpiredButtonError


_UNKNOWN = ButtonAction(_refuse, may="anyone")
"""A button of another version of the program."""

_DEFERRED: dict[str, dict[str, bool]] = {
    "new": {"thinking": True},
    "private": {"thinking": True, "ephemeral": True},
    "decision": {"thinking": False},
    "gone": {"thinking": False},
}
"""How a slow action is deferred, which decides where its reply is shown."""

_SHOW: dict[str, Callable[[Interaction, Reply], Awaitable[discord.Message | None]]] = {
    "new": respond,
    "private": _send_private,
    "decision": _note_decision,
    "gone": _remove,
}
