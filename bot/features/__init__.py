"""What each command does, without Discord: a request context and arguments in, a reply out.

A feature raises `EngineError`, `DatabaseError`, `OSError`, and the errors of `bot.exceptions`,
`buttons` and `permissions`, as they come; `attempt` turns errors into replies. A button action
raises `ExpiredButtonError` where the answer that it needs is no longer stored.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.context import RequestContext
from bot.features import dino, explain, models, poem, repeat, training
from bot.features.about import show_about, show_help
from bot.features.buttons import ButtonAction
from bot.features.error_replies import attempt
from bot.features.poem import notice
from bot.features.privacy import answer_from_text as answer_about_privacy
from bot.replies import Reply
from bot.services import Services

__all__ = ["ACTIONS", "BUTTON_ACTIONS", "EXAMPLES", "Action", "attempt", "notice", "perform"]

Action = Callable[[Services, RequestContext, str], Awaitable[Reply]]


async def _about(services: Services, context: RequestContext, _arguments: str) -> Reply:
    return await show_about(services, context)


ACTIONS: Mapping[str, Action] = {
    "dino": dino.generate_from_text,
    "poem": poem.write_from_text,
    "how": explain.explain_latest,
    "models": models.manage_from_text,
    "about": _about,
    "privacy": answer_about_privacy,
    "help": show_help,
}
"""By the name of the command."""

BUTTON_ACTIONS: Mapping[str, ButtonAction] = {
    **training.BUTTON_ACTIONS,
    "another": ButtonAction(dino.another, is_generation=True),
    "more": ButtonAction(dino.five_more, is_generation=True),
    "continue": ButtonAction(poem.go_on, is_generation=True),
    "again": ButtonAction(poem.again, is_generation=True),
    "wilder": ButtonAction(poem.wilder, is_generation=True),
    "calmer": ButtonAction(poem.calmer, is_generation=True),
    "picture": ButtonAction(poem.picture, is_generation=True, sends_file=True),
    "same": ButtonAction(repeat.same, may="anyone", is_generation=True),
    "how": ButtonAction(explain.explain, may="anyone", shows="private", lasts=True),
    "delete": ButtonAction(
        explain.delete, may="owner-or-moderator", shows="gone", lasts=True, anywhere=True
    ),
}
"""What buttons do, by the verb of their custom ids."""

EXAMPLES = {"dino": "try-dino", "poem": "try-poem"}
"""The text that says what a request not understood could have been, by the name of the command."""


async def perform(name: str, services: Services, context: RequestContext, arguments: str) -> Reply:
    """Do what a command asks; whatever goes wrong becomes a reply."""
    action = ACTIONS[name]
    return await attempt(
        context, lambda: action(services, context, arguments), EXAMPLES.get(name, "")
    )
