"""Who may retrain: managers of the guild, its trainer role, whom Discord lets use `/retrain`."""

from __future__ import annotations

import logging
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.context import OPERATOR, RequestContext
from bot.i18n.texts import Value

if TYPE_CHECKING:
    from bot.services import Services

log = logging.getLogger(__name__)


class TrainingRefusedError(Exception):
    """A request about a training or a version is refused; `text` names the text that says why."""

    def __init__(self, text: str, **values: Value) -> None:
        self.text = text
        self.values = values
        super().__init__(text)


@contextmanager
def disk_errors_refused() -> Generator[None]:
    """Log a disk error, and raise `TrainingRefusedError` in its place."""
    try:
        yield
    except OSError as error:
        log.error("A training or a version cannot be written: %s", error)
        raise TrainingRefusedError("training-unwritable") from error


async def require_trainer(services: Services, context: RequestContext) -> None:
    """Check that a member may retrain.

    Raises:
        TrainingRefusedError: they may not.
    """
    if context == OPERATOR:
        return
    if context.guild is None:
        raise TrainingRefusedError("training-only-in-server")
    role = context.settings.trainer_role
    if not (context.is_manager or context.is_permitted or role in context.roles):
        raise TrainingRefusedError("training-not-allowed")
