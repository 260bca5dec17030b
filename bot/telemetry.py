"""What the bot tells about itself; never a token, never what a member wrote."""

from __future__ import annotations

import logging


def set_up_logging(level: str) -> None:
    """Log to stderr, a line an event.

    Args:
        level: of our own messages; the library's are shown from WARNING on.
    """
    logging.basicConfig(format="%(asctime)s %(levelname)-7s %(name)s: %(message)s", level=level)
    logging.getLogger("discord").setLevel(max(logging.WARNING, logging.getLogger().level))
