"""The JSON of Discord's objects, as the API's version 10 writes it."""

from datetime import datetime

from tests.loopback.intents import Intent, may_read
from tests.loopback.permissions import Permission
from tests.loopback.records import (
    EPHEMERAL,
    JSON,
    LOADING,
    Attachment,
    Interaction,
    Message,
    MessageKind,
    ResponseKind,
)
from tests.loopback.snowflakes import created_at
from tests.loopback.world import Channel, Guild, Member, Role, User, World, user_of

_CHAT_INPUT = 1
_GUILD_CONTEXT, _DIRECT_CONTEXT = 0, 1
_ATTACHMENT_SIZE_LIMIT = 10 * 1024 * 1024
# Flags that tell the client which privileged intents an unverified application was given.
_INTENT_FLAGS = {
    Intent.GUILD_PRESENCES: 1 << 13,
    Intent.GUILD_MEMBERS: 1 << 15,
    Intent.MESSAGE_CONTENT: 1 << 19,
}


def user_payload(user: User) -> JSON:
    return {
        "id": str(user.id),
        "username": user.name,
        "global_name": None if user.is_bot else user.name,
        "discriminator": "0000" if user.is_bot else "0",
        "avatar": None,
        "bot": user.is_bot,
        "public_flags": 0,
    }


def own_user_payload(user: User) -> JSON:
    return user_payload(user) | {
        "verified": True,
        "mfa_enabled": False,
        "locale": "en-US",
        "flags": 0,
        "email": None,
    }


def application_payload(world: World, granted: Intent) -> JSON:
    return {
        "id": str(world.bot.id),
        "name": world.bot.name,
        "icon": None,
        "description": "",
        "summary": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "owner": user_payload(world.owner),
        "team": _team_payload(world) if world.team else None,
        "verify_key": "0" * 64,
        "flags": application_flags(granted),
        "approximate_guild_count": len(world.guilds),
    }


def _team_payload(world: World) -> JSON:
    team_id = str(world.owner.id)
    members = [
        {
            "membership_state": 2 if teammate.has_accepted else 1,
            "permissions": ["*"],
            "team_id": team_id,
            "role": teammate.role,
            "user": user_payload(teammate.user),
        }
        for teammate in world.team
    ]
    return {
        "id": team_id,
        "name": "The museum",
        "icon": None,
        "owner_user_id": team_id,
        "members": members,
    }


def application_flags(granted: Intent) -> int:
    return sum(flag for intent, flag in _INTENT_FLAGS.items() if intent in granted)


def role_payload(role: Role, position: int) -> JSON:
    return {
        "id": str(role.id),
        "name": role.name,
        "permissions": str(int(role.permissions)),
        "position": position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": role.is_mentionable,
        "flags": 0,
    }


def roles_payload(guild: Guild) -> list[JSON]:
    return [role_payload(role, position) for position, role in enumerate(guild.roles)]


def member_payload(member: Member) -> JSON:
    return _bare_member_payload(member) | {"user": user_payload(member.user)}


def _bare_member_payload(member: Member) -> JSON:
    until = member.timed_out_until
    return {
        "nick": member.nick,
        "avatar": None,
        "roles": [str(role.id) for role in member.roles],
        "joined_at": _timestamp(member.joined_at),
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
        "communication_disabled_until": _timestamp(until) if until else None,
    }


def channel_payload(channel: Channel) -> JSON:
    payload: JSON = {
        "id": str(channel.id),
        "type": channel.kind,
        "last_message_id": None,
        "flags": 0,
    }
    if channel.guild is None:
        recipients = [user_payload(channel.recipient)] if channel.recipient else []
        return payload | {"recipients": recipients}
    if channel.parent is not None:
        return payload | _thread_payload(channel, channel.guild, channel.parent)
    return payload | {
        "guild_id": str(channel.guild.id),
        "name": channel.name,
        "position": channel.guild.channels.index(channel),
        "topic": None,
        "nsfw": channel.is_adult,
        "parent_id": str(channel.category.id) if channel.category else None,
        "rate_limit_per_user": 0,
        "permission_overwrites": _overwrites_payload(channel, channel.guild),
    }


def _thread_payload(thread: Channel, guild: Guild, parent: Channel) -> JSON:
    began = _timestamp(created_at(thread.id))
    return {
        "guild_id": str(guild.id),
        "name": thread.name,
        "parent_id": str(parent.id),
        "owner_id": str(guild.owner.id),
        "rate_limit_per_user": 0,
        "message_count": len(thread.messages),
        "total_message_sent": len(thread.messages),
        "member_count": 1,
        "thread_metadata": {
            "archived": thread.is_archived,
            "auto_archive_duration": 1_440,
            "archive_timestamp": began,
            "create_timestamp": began,
            "locked": thread.is_locked,
        },
    }


def _overwrites_payload(channel: Channel, guild: Guild) -> list[JSON]:
    role_ids = {role.id for role in guild.roles}
    return [
        {
            "id": str(target_id),
            "type": 0 if target_id in role_ids else 1,
            "allow": str(int(overwrite.allow)),
            "deny": str(int(overwrite.deny)),
        }
        for target_id, overwrite in channel.overwrites.items()
    ]


def guild_payload(guild: Guild) -> JSON:
    return {
        "id": str(guild.id),
        "name": guild.name,
        "owner_id": str(guild.owner.id),
        "icon": None,
        "splash": None,
        "discovery_splash": None,
        "description": None,
        "afk_channel_id": None,
        "afk_timeout": 300,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "premium_progress_bar_enabled": False,
        "preferred_locale": guild.locale,
        "features": [],
        "emojis": [],
        "stickers": [],
        "roles": roles_payload(guild),
    }


def guild_create_payload(guild: Guild, members: list[Member]) -> JSON:
    """Return the guild with all that the gateway adds to it."""
    return guild_payload(guild) | {
        "joined_at": _timestamp(created_at(guild.id)),
        "large": len(guild.members) > 250,
        "member_count": len(guild.members),
        "members": [member_payload(member) for member in members],
        "channels": [channel_payload(channel) for channel in guild.channels],
        "threads": [channel_payload(t) for t in guild.threads if not t.is_archived],
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def attachment_payload(attachment: Attachment) -> JSON:
    upload = attachment.upload
    return {
        "id": str(attachment.id),
        "filename": upload.filename,
        "size": len(upload.content),
        "url": attachment.url,
        "proxy_url": attachment.url,
        "content_type": upload.content_type,
        "description": upload.description,
    }


def message_payload(message: Message, intents: Intent, bot_id: int) -> JSON:
    """Return a message; its content stays empty where the intents don't reveal it."""
    payload: JSON = {
        "id": str(message.id),
        "channel_id": str(message.channel.id),
        "type": message.kind,
        "author": user_payload(message.author),
        "timestamp": _timestamp(message.created_at),
        "edited_timestamp": _timestamp(message.edited_at) if message.edited_at else None,
        "tts": False,
        "pinned": False,
        "flags": message.flags,
        "mention_everyone": message.pings.everyone,
        "mention_roles": [str(role.id) for role in message.pings.roles],
        "mentions": [user_payload(user) for user in message.mentions],
        **_body_payload(message, may_read(message, intents, bot_id)),
    }
    if message.nonce is not None:
        payload["nonce"] = message.nonce
    if message.interaction is not None:
        payload |= _origin_payload(message.interaction, bot_id)
    if message.kind is MessageKind.REPLY:
        payload |= _reference_payload(message, intents, bot_id)
    return payload


def _body_payload(message: Message, readable: bool) -> JSON:
    if not readable:
        return {"content": "", "embeds": [], "attachments": [], "components": []}
    return {
        "content": message.content,
        "embeds": [{"type": "rich", **embed} for embed in message.embeds],
        "attachments": [attachment_payload(attachment) for attachment in message.attachments],
        "components": message.components,
    }


def _origin_payload(interaction: Interaction, bot_id: int) -> JSON:
    invoker = interaction.invoker
    user = invoker.user if isinstance(invoker, Member) else invoker
    origin = interaction.message
    return {
        "webhook_id": str(bot_id),
        "application_id": str(bot_id),
        "interaction_metadata": {
            "id": str(interaction.id),
            "type": interaction.kind,
            "user": user_payload(user),
            "authorizing_integration_owners": {},
            **({"interacted_message_id": str(origin.id)} if origin else {}),
        },
    }


def _reference_payload(message: Message, intents: Intent, bot_id: int) -> JSON:
    original = message.reference
    if original is None:
        return {"referenced_message": None}
    reference: JSON = {
        "type": 0,
        "message_id": str(original.id),
        "channel_id": str(original.channel.id),
    }
    if original.channel.guild is not None:
        reference["guild_id"] = str(original.channel.guild.id)
    if original.is_deleted:
        return {"message_reference": reference, "referenced_message": None}
    # Discord doesn't follow a chain of replies further than one message.
    resolved = message_payload(original, intents, bot_id)
    resolved.pop("referenced_message", None)
    return {"message_reference": reference, "referenced_message": resolved}


def message_event_payload(message: Message, intents: Intent, bot_id: int) -> JSON:
    """Return a message as the gateway sends it: with its guild and its author's membership."""
    payload = message_payload(message, intents, bot_id)
    guild = message.channel.guild
    if guild is None:
        return payload | {"channel_type": message.channel.kind}
    payload["guild_id"] = str(guild.id)
    if message.author.id in guild.members and message.interaction is None:
        payload["member"] = _bare_member_payload(guild.members[message.author.id])
    for mentioned in payload["mentions"]:
        member = guild.members.get(int(mentioned["id"]))
        if member is not None:
            mentioned["member"] = _bare_member_payload(member)
    return payload


def place_payload(channel: Channel) -> JSON:
    """Return where something happened, as small events tell it."""
    place = {"channel_id": str(channel.id)}
    if channel.guild is not None:
        place["guild_id"] = str(channel.guild.id)
    return place


def interaction_payload(interaction: Interaction, bot_id: int) -> JSON:
    channel, guild = interaction.channel, interaction.channel.guild
    payload: JSON = {
        "id": str(interaction.id),
        "application_id": str(bot_id),
        "type": interaction.kind,
        "data": interaction.arguments,
        "token": interaction.token,
        "version": 1,
        "locale": user_of(interaction.invoker).locale,
        "channel": channel_payload(channel),
        "entitlements": [],
        "attachment_size_limit": _ATTACHMENT_SIZE_LIMIT,
        "context": _GUILD_CONTEXT if guild else _DIRECT_CONTEXT,
        **place_payload(channel),
        **_invoker_payload(interaction, bot_id),
    }
    if interaction.message is not None:
        # A bot reads its own messages whatever its intents.
        everything = Intent.MESSAGE_CONTENT
        payload["message"] = message_payload(interaction.message, everything, bot_id)
    return payload


def _invoker_payload(interaction: Interaction, bot_id: int) -> JSON:
    channel, invoker = interaction.channel, interaction.invoker
    guild = channel.guild
    if guild is None or not isinstance(invoker, Member):
        user = invoker.user if isinstance(invoker, Member) else invoker
        return {
            "user": user_payload(user),
            "app_permissions": str(int(channel.permissions_of(user))),
            "authorizing_integration_owners": {"0": "0"},
        }
    bot = guild.members.get(bot_id)
    bot_permissions = channel.permissions_of(bot.user) if bot else Permission.NONE
    permissions = channel.permissions_of(invoker.user)
    return {
        "guild": {"id": str(guild.id), "locale": guild.locale, "features": []},
        "guild_locale": guild.locale,
        "member": member_payload(invoker) | {"permissions": str(int(permissions))},
        "app_permissions": str(int(bot_permissions)),
        "authorizing_integration_owners": {"0": str(guild.id)},
    }


def callback_payload(interaction: Interaction, bot_id: int) -> JSON:
    """Return what Discord answers to a first response that asks for it."""
    kind = interaction.response_kind
    told: JSON = {"id": str(interaction.id), "type": interaction.kind}
    payload: JSON = {"interaction": told}
    shown = (ResponseKind.MESSAGE, ResponseKind.DEFERRED_MESSAGE, ResponseKind.UPDATE)
    message = interaction.original
    if message is not None and kind in shown:
        told["response_message_id"] = str(message.id)
        told["response_message_loading"] = bool(message.flags & LOADING)
        told["response_message_ephemeral"] = bool(message.flags & EPHEMERAL)
        resource = message_payload(message, Intent.MESSAGE_CONTENT, bot_id)
        payload["resource"] = {"type": kind, "message": resource}
    return payload


def command_payload(definition: JSON, command_id: int, bot_id: int, guild_id: int | None) -> JSON:
    defaults: JSON = {
        "type": _CHAT_INPUT,
        "description": "",
        "options": [],
        "default_member_permissions": None,
        "nsfw": False,
    }
    payload: JSON = defaults | definition
    payload |= {"id": str(command_id), "application_id": str(bot_id), "version": str(command_id)}
    if guild_id is not None:
        payload["guild_id"] = str(guild_id)
    return payload


def _timestamp(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")
