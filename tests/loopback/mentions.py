"""Whom a text mentions, and whom Discord notifies of it."""

import re
from dataclasses import dataclass

from tests.loopback.errors import invalid_form
from tests.loopback.permissions import Permission
from tests.loopback.records import JSON, Pings
from tests.loopback.world import Channel, Role, User

_CODE = re.compile(r"```.*?```|``.*?``|`[^`]*`", re.DOTALL)
_USER = re.compile(r"<@!?(\d+)>")
_ROLE = re.compile(r"<@&(\d+)>")
_EVERYONE = re.compile(r"@(everyone|here)")
_CATEGORIES = ("users", "roles", "everyone")


@dataclass(frozen=True, slots=True)
class Allowed:
    """Discord's `allowed_mentions`: categories that ping, or listed ids, nothing else."""

    categories: frozenset[str]
    user_ids: frozenset[int]
    role_ids: frozenset[int]
    replied_user: bool

    def user(self, user: User) -> bool:
        return "users" in self.categories or user.id in self.user_ids

    def role(self, role: Role) -> bool:
        return "roles" in self.categories or role.id in self.role_ids

    @property
    def everyone(self) -> bool:
        return "everyone" in self.categories


ANYBODY = Allowed(frozenset(_CATEGORIES), frozenset(), frozenset(), replied_user=True)


def read_allowed(payload: JSON) -> Allowed:
    """Read `allowed_mentions`; without it, whatever the text names is allowed.

    Raises:
        ApiError: a category is both parsed and listed, or not one of Discord's.
    """
    given: JSON | None = payload.get("allowed_mentions")
    if given is None:
        return ANYBODY
    categories = frozenset[str](given.get("parse", ()))
    for category in ("users", "roles"):
        if category in categories and given.get(category):
            explanation = f'parse:["{category}"] and {category}: [ids...] are mutually exclusive.'
            raise invalid_form("allowed_mentions", "MESSAGE_ALLOWED_MENTIONS", explanation)
    if not categories <= set(_CATEGORIES):
        raise invalid_form("allowed_mentions.parse", "BASE_TYPE_CHOICES", "Unknown category.")
    return Allowed(
        categories=categories,
        user_ids=frozenset(map(int, given.get("users", ()))),
        role_ids=frozenset(map(int, given.get("roles", ()))),
        replied_user=bool(given.get("replied_user")),
    )


def find_pings(
    content: str, author: User, channel: Channel, allowed: Allowed, replied_to: User | None = None
) -> Pings:
    """Tell whom a new message notifies.

    Code is not read for mentions. Roles that are not mentionable and everyone need the
    permission to mention everyone. Who is not in the channel's guild is not notified.
    """
    text = _CODE.sub("", content)
    may_ping_all = Permission.MENTION_EVERYONE in channel.permissions_of(author)
    users = [user for user in _named_users(text, channel) if allowed.user(user)]
    if replied_to is not None and allowed.replied_user and replied_to not in users:
        users.append(replied_to)
    roles = [
        role
        for role in _named_roles(text, channel)
        if allowed.role(role) and (role.is_mentionable or may_ping_all)
    ]
    everyone = bool(_EVERYONE.search(text)) and allowed.everyone and may_ping_all
    return Pings(tuple(users), tuple(roles), everyone)


def _named_users(text: str, channel: Channel) -> list[User]:
    if channel.guild is None:
        present = {channel.recipient.id: channel.recipient} if channel.recipient else {}
    else:
        present = {member.id: member.user for member in channel.guild.members.values()}
    ids = dict.fromkeys(map(int, _USER.findall(text)))
    return [present[user_id] for user_id in ids if user_id in present]


def _named_roles(text: str, channel: Channel) -> list[Role]:
    roles = {role.id: role for role in channel.guild.roles} if channel.guild else {}
    ids = dict.fromkeys(map(int, _ROLE.findall(text)))
    return [roles[role_id] for role_id in ids if role_id in roles]
