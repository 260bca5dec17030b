"""Makes messages out of forms: checks them, attaches files, finds out whom they notify."""

from datetime import UTC, datetime

from tests.loopback import errors
from tests.loopback.forms import Form
from tests.loopback.mentions import Allowed, find_pings, read_allowed
from tests.loopback.permissions import Permission
from tests.loopback.records import (
    EPHEMERAL,
    IS_COMPONENTS_V2,
    JSON,
    LOADING,
    Attachment,
    Body,
    Interaction,
    InteractionKind,
    Message,
    MessageKind,
    Pings,
)
from tests.loopback.validation import check_message
from tests.loopback.world import Channel, User, World

_SETTABLE_FLAGS = 1 << 2 | EPHEMERAL | 1 << 12 | IS_COMPONENTS_V2


def draft(
    world: World, channel: Channel, author: User, form: Form, reply_to: Message | None = None
) -> Message:
    """Make a new message, not yet in its channel.

    Raises:
        ApiError: as Discord refuses it.
    """
    message = Message(
        id=world.snowflakes.next(),
        channel=channel,
        author=author,
        body=_body(world, channel, form, Body()),
        kind=MessageKind.REPLY if reply_to else MessageKind.DEFAULT,
        reference=reply_to,
        flags=form.payload.get("flags", 0) & _SETTABLE_FLAGS,
        nonce=form.payload.get("nonce"),
    )
    check_message(message.body, message.flags)
    message.pings = _pings(message, read_allowed(form.payload))
    message.mentions = message.pings.users
    return message


def draft_response(world: World, interaction: Interaction, form: Form) -> Message:
    """Make a message that answers an interaction."""
    message = draft(world, interaction.channel, world.bot, form)
    message.interaction = interaction
    if interaction.kind is InteractionKind.COMMAND and interaction.original is None:
        message.kind = MessageKind.COMMAND
    return message


def draft_thinking(world: World, interaction: Interaction, payload: JSON) -> Message:
    """Make the "is thinking..." that stands for a response to come."""
    return Message(
        id=world.snowflakes.next(),
        channel=interaction.channel,
        author=world.bot,
        body=Body(),
        kind=MessageKind.COMMAND,
        flags=LOADING | (payload.get("flags", 0) & EPHEMERAL),
        interaction=interaction,
    )


def revise(world: World, message: Message, form: Form) -> None:
    """Change a message. Only the first filling of a deferred response notifies anybody.

    Raises:
        ApiError: as Discord refuses it.
    """
    body = _body(world, message.channel, form, message.body)
    flags = message.flags | (form.payload.get("flags", 0) & IS_COMPONENTS_V2)
    check_message(body, flags)
    allowed = read_allowed(form.payload)
    is_first_filling = message.is_thinking
    message.body, message.flags = body, flags & ~LOADING
    message.edits.append(body)
    pings = _pings(message, allowed)
    message.mentions = pings.users
    if is_first_filling:
        message.pings = pings
    else:
        message.edited_at = datetime.now(UTC)


def required_permissions(channel: Channel, form: Form) -> Permission:
    """Return what a bot needs to send this form to a channel of a guild."""
    needed = channel.needed_to_write
    if form.files:
        needed |= Permission.ATTACH_FILES
    if form.payload.get("embeds"):
        needed |= Permission.EMBED_LINKS
    return needed


def resolve_reference(channel: Channel, author: User, payload: JSON) -> Message | None:
    """Find the message that a new one replies to.

    Raises:
        ApiError: it does not exist, or the author may not read the channel's history.
    """
    reference: JSON | None = payload.get("message_reference")
    if reference is None:
        return None
    if Permission.READ_MESSAGE_HISTORY not in channel.permissions_of(author):
        raise errors.reply_without_history()
    message = channel.messages.get(int(reference["message_id"]))
    if message is None and reference.get("fail_if_not_exists", True):
        explanation = "Unknown message"
        raise errors.invalid_form("message_reference", "REPLIES_UNKNOWN_MESSAGE", explanation)
    return message


def _body(world: World, channel: Channel, form: Form, before: Body) -> Body:
    payload = form.payload
    content: str = before.content if "content" not in payload else payload["content"] or ""
    kept = _kept_attachments(payload, before)
    added = [world.attach(channel, upload) for upload in form.files.values()]
    embeds: list[JSON] | None = payload.get("embeds", before.embeds)
    components: list[JSON] | None = payload.get("components", before.components)
    return Body(content, embeds or [], components or [], kept + added)


def _kept_attachments(payload: JSON, before: Body) -> list[Attachment]:
    if payload.get("attachments") is None:
        return before.attachments
    kept_ids = {str(given["id"]) for given in payload["attachments"]}
    return [attachment for attachment in before.attachments if str(attachment.id) in kept_ids]


def _pings(message: Message, allowed: Allowed) -> Pings:
    replied_to = message.reference.author if message.reference else None
    return find_pings(message.content, message.author, message.channel, allowed, replied_to)
