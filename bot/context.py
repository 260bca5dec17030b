"""The request context: who makes a request, where, and with which settings."""

from __future__ import annotations

from dataclasses import dataclass

from bot.i18n.texts import Locale, Texts, texts_in
from bot.storage.guild_settings import DEFAULTS, GuildSettings


@dataclass(frozen=True, slots=True)
class RequestContext:
    """Who makes a request, and where; ids are Discord's.

    Attributes:
        user: id of the member.
        member: what they are called.
        guild: id of the guild, or None in a direct message or a terminal.
        channel: id of the channel.
        locale: language of the reply.
        is_manager: whether they may change what concerns the whole guild.
        is_moderator: whether they may delete messages of others there.
        allows_indecent: whether indecent words may be shown there.
        roles: ids of their roles there.
        is_permitted: whether Discord let them use a slash command that is not for everybody: the
            guild decides who may, under Integrations.
        is_owner: whether the application is theirs.
        settings: of the guild, as they were when the request came in.
        in_terminal: whether they type in a terminal, without Discord.
    """

    user: int = 0
    member: str = ""
    guild: int | None = None
    channel: int = 0
    locale: Locale = "en"
    is_manager: bool = False
    is_moderator: bool = False
    allows_indecent: bool = False
    roles: frozenset[int] = frozenset()
    is_permitted: bool = False
    is_owner: bool = False
    settings: GuildSettings = DEFAULTS
    in_terminal: bool = False

    @property
    def group(self) -> int | None:
        """Whose place it takes in a fair queue: the guild's, or the user's in a direct message."""
        return self.guild or self.user or None

    @property
    def texts(self) -> Texts:
        """The texts in their language."""
        return texts_in(self.locale, self.settings.prefix)


OPERATOR = RequestContext(is_manager=True, is_moderator=True, is_owner=True, in_terminal=True)
"""Whoever runs the bot, in a terminal."""
