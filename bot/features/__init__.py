"""What each command does, without Discord: who asks, what they typed, the reply."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.context import Asker
from bot.features import dino, explain, poem, repeat, training
from bot.features.about import about as tell_about
from bot.features.about import list_commands
from bot.features.buttons import Press
from bot.features.error_replies import reply_to
from bot.features.models import models as list_models
from bot.features.poem import notice
from bot.features.privacy import tell_privacy
from bot.observability import requests
from bot.replies import Reply
from bot.services import House

__all__ = ["ACTIONS", "EXAMPLES", "PRESSES", "Action", "attempt", "notice", "perform"]

Action = Callable[[House, Asker, str], Awaitable[Reply]]


async def _about(house: House, asker: Asker, _arguments: str) -> Reply:
    return await tell_about(house, asker)


ACTIONS: Mapping[str, Action] = {
    "dino": dino.dino,
    "poem": poem.poem,
    "how": explain.how,
    "models": list_models,
    "about": _about,
    "privacy": tell_privacy,
    "help": list_commands,
}
"""By the name of the command."""

PRESSES: Mapping[str, Press] = {
    **training.PRESSES,
    "another": Press(dino.another, is_wish=True),
    "more": Press(dino.five_more, is_wish=True),
    "continue": Press(poem.go_on, is_wish=True),
    "again": Press(poem.again, is_wish=True),
    "wilder": Press(poem.wilder, is_wish=True),
    "calmer": Press(poem.calmer, is_wish=True),
    "picture": Press(poem.picture, is_wish=True),
    "same": Press(repeat.same, may="anyone", is_wish=True),
    "how": Press(explain.explain, may="anyone", shows="private", lasts=True),
    "delete": Press(
        explain.delete, may="asker-or-moderator", shows="gone", lasts=True, anywhere=True
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
        requests.refused("nothing-there")
    return reply
