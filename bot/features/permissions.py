"""Who may retrain: managers, the role that the server has set, whom Discord lets use `/retrain`."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.context import OPERATOR, RequestContext
from bot.i18n.texts import Value

if TYPE_CHECKING:
    from bot.services import Services

log = logging.getLogger(__name__)


class TrainingRefusedError(Exception):
    """What was asked of a training is not done.

    Attributes:
        text: the text that says why, and what to do.
        values: what is filled into it.
    """

    def __init__(self, text: str, **values: Value) -> None:
        self.text = text
        self.values = values
        super().__init__(text)


def unwritable(error: OSError) -> TrainingRefusedError:
    """Return the refusal of what the disk does not take; the reason is for the log."""
    log.error("A training or a version cannot be written: %s", error)
    return TrainingRefusedError("training-unwritable")


async def require_trainer(services: Services, context: RequestContext) -> None:
    """Let pass who may retrain.

    Raises:
        TrainingRefusedError: they may not.
        DatabaseError: what the server has set cannot be read.
    """
    if context == OPERATOR:
        return
    if context.guild is None:
        raise TrainingRefusedError("training-only-in-server")
    role = context.settings.trainer_role
    if not (context.is_manager or context.is_permitted or role in context.roles):
        raise TrainingRefusedError("training-not-allowed")
