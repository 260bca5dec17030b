"""A Discord on 127.0.0.1: REST and gateway for the unmodified client, with verbs for tests."""

from tests.loopback.exchange import Exchange, ResponseKind
from tests.loopback.intents import Intent
from tests.loopback.permissions import Permission
from tests.loopback.records import Attachment, Message, Pings, Upload
from tests.loopback.server import LoopbackDiscord
from tests.loopback.world import Channel, Guild, Member, Role, User

__all__ = [
    "Attachment",
    "Channel",
    "Exchange",
    "Guild",
    "Intent",
    "LoopbackDiscord",
    "Member",
    "Message",
    "Permission",
    "Pings",
    "ResponseKind",
    "Role",
    "Upload",
    "User",
]
