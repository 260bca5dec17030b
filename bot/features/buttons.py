"""Button actions: who may use them, what they do, where the reply is shown."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.context import RequestContext
from bot.replies import Button, Reply
from bot.services import Services

MAX_CUSTOM_ID = 100
"""Characters that Discord keeps of a button's custom id."""

TEMPLATE = re.compile(r"(?P<verb>[a-z_]+):(?P<owner>\d*):(?P<arguments>[^\n]*)")
"""A button's custom id."""

May = Literal["owner", "owner-or-moderator", "manager", "anyone"]
Shows = Literal["new", "decision", "private", "gone"]


_REFUSALS: Mapping[May, str] = {
    "owner": "press-owner",
    "owner-or-moderator": "press-owner-or-moderator",
    "manager": "press-manager",
}


class ButtonError(Exception):
    """A button is refused; `text` names the text that says why."""

    text = ""


class NotYoursError(ButtonError):
    """The button is for somebody else."""

    def __init__(self, may: May) -> None:
        self.text = _REFUSALS[may]
        super().__init__(f"only {may} may press this")


class ExpiredButtonError(ButtonError):
    """The button is too old: its answer is no longer stored."""

    text = "press-faded"


class ButtonModelGoneError(ButtonError):
    """The model that is needed has been deleted."""

    text = "press-model-gone"


@dataclass(frozen=True, slots=True)
class ButtonAction:
    """What pressing a button does.

    Attributes:
        action: called with the arguments of the custom id.
        may: who may press it.
        shows: where its reply is shown: as a new message, or ephemerally; "decision" adds it to the
            message with the button, and to the one that led there, and removes their buttons;
            "gone" deletes that message and shows nothing.
        lasts: whether the button stays when others of its message have expired.
        is_generation: whether it takes a cooldown slot, as a command does.
        anywhere: whether it works in channels that the settings exclude.
        sends_file: whether its reply is nothing without a file.
    """

    action: Callable[[Services, RequestContext, str], Awaitable[Reply]]
    may: May = "owner"
    shows: Shows = "new"
    lasts: bool = False
    is_generation: bool = False
    anywhere: bool = False
    sends_file: bool = False

    def check(self, context: RequestContext, owner: str) -> None:
        """Check that a member may press the button; `owner` is taken from its custom id.

        Raises:
            NotYoursError: the member may not.
        """
        is_owner = owner == str(context.user)
        may = {
            "owner": is_owner,
            "owner-or-moderator": is_owner or context.is_moderator,
            "manager": context.is_manager,
            "anyone": True,
        }
        if not may[self.may]:
            raise NotYoursError(self.may)


def labelled(names: Sequence[str], arguments: str, context: RequestContext) -> tuple[Button, ...]:
    """Return the buttons with texts `button-VERB` for a member; "how" is for everybody."""

    def button(name: str) -> Button:
        verb = name.removeprefix("button-")
        owner = None if verb == "how" else context.user
        return Button(context.texts(name), custom_id(verb, arguments, owner))

    return tuple(map(button, names))


def custom_id(verb: str, arguments: str = "", owner: int | None = None) -> str:
    """Return the custom id of a button; one without an owner may be pressed by everybody.

    Raises:
        ValueError: the verb is none, or all is too long.

    >>> custom_id("again", "57", owner=1234)
    'again:1234:57'
    """
    text = f"{verb}:{owner or ''}:{arguments}"
    if len(text) > MAX_CUSTOM_ID or not TEMPLATE.fullmatch(text):
        raise ValueError(f"not a custom id: {text!r}")
    return text
