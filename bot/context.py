"""Who asks, and where."""

from __future__ import annotations

from dataclasses import dataclass

from bot.i18n.texts import DEFAULT_PREFIX, Locale, Texts, texts_in


@dataclass(frozen=True, slots=True)
class RequestContext:
    """Who asks, and where; ids are Discord's.

    Attributes:
        user: who.
        guild: the Discord server, or None in a direct message or a terminal.
        channel: the channel.
        locale: the language to answer in.
        is_manager: whether they may change what concerns the whole server.
        is_moderator: whether they may delete what others have written there.
        allows_indecent: whether indecent words may be shown there.
        roles: their roles there.
        prefix: what a command begins with there.
        is_owner: whether the bot is theirs.
    """

    user: int = 0
    guild: int | None = None
    channel: int = 0
    locale: Locale = "en"
    is_manager: bool = False
    is_moderator: bool = False
    allows_indecent: bool = False
    roles: frozenset[int] = frozenset()
    prefix: str = DEFAULT_PREFIX
    is_owner: bool = False

    @property
    def texts(self) -> Texts:
        """The texts in their language."""
        return texts_in(self.locale, self.prefix)


OPERATOR = RequestContext(is_manager=True, is_moderator=True, is_owner=True)
"""Whoever runs the bot, in a terminal."""
