"""What each command does, without Discord: who asks, what they typed, the reply."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot import ledger
from bot.actions import dinosaurs, poems, provenance, repeating, training
from bot.actions.about import about, list_commands
from bot.actions.poems import notice
from bot.actions.privacy import tell_privacy
from bot.actions.versions import models
from bot.asker import Asker
from bot.errors import reply_to
from bot.house import House
from bot.presses import Press
from bot.replies import Reply

__all__ = ["ACTIONS", "EXAMPLES", "PRESSES", "Action", "attempt", "notice", "perform"]

Action = Callable[[House, Asker, str], Awaitable[Reply]]


async def _about(house: House, asker: Asker, _arguments: str) -> Reply:
    return await about(house, asker)


ACTIONS: Mapping[str, Action] = {
    "dino": dinosaurs.dino,
    "poem": poems.poem,
    "how": provenance.how,
    "models": models,
    "about": _about,
    "privacy": tell_privacy,
    "help": list_commands,
}
"""By the name of the command."""

PRESSES: Mapping[str, Press] = {
    **training.PRESSES,
    "another": Press(dinosaurs.another, is_wish=True),
    "more": Press(dinosaurs.five_more, is_wish=True),
    "continue": Press(poems.go_on, is_wish=True),
    "again": Press(poems.again, is_wish=True),
    "wilder": Press(poems.wilder, is_wish=True),
    "calmer": Press(poems.calmer, is_wish=True),
    "picture": Press(poems.picture, is_wish=True),
    "same": Press(repeating.same, may="anyone", is_wish=True),
    "how": Press(provenance.explain, may="anyone", shows="private", lasts=True),
    "delete": Press(
        provenance.delete, may="asker-or-moderator", shows="gone", lasts=True, anywhere=True
    ),
}
"""What buttons do, by the verb of their custom ids."""

EXAMPLES = {"dino": "try-dino", "poem": "try-poem"}
"""The text that says what a wish not understood could have been, by the name of the command."""


async def perform(name: str, house: House, asker: Asker, arguments: str) -> Reply:
    """Do what a command asks; whatever goes wrong becomes a reply.

    Raises:
        KeyError: there is no such command.
    """
    action = ACTIONS[name]
    return await attempt(asker, lambda: action(house, asker, arguments), EXAMPLES.get(name, ""))


async def attempt(asker: Asker, action: Callable[[], Awaitable[Reply]], example: str = "") -> Reply:
    """Return what an action replies; whatever goes wrong becomes a reply.

    Args:
        asker: who is told.
        action: does it.
        example: the text that says what could have been asked.
    """
    try:
        reply = await action()
    except Exception as error:
        return reply_to(error, asker.texts, example)
    if reply.is_refusal:
        ledger.refused("nothing-there")
    return reply
