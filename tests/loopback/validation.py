"""What Discord accepts in a message, a list of choices, a modal and a command."""

import re
from collections.abc import Iterable

from tests.loopback.errors import ApiError, empty_message, invalid_form, too_large, too_long
from tests.loopback.records import IS_COMPONENTS_V2, JSON, Body

_CONTENT_LIMIT = 2000
_EMBED_TOTAL_LIMIT = 6000
_EMBEDS_LIMIT = 10
_EMBED_LIMITS = {"title": 256, "description": 4096}
_EMBED_FIELDS_LIMIT = 25
_FIELD_LIMITS = {"name": 256, "value": 1024}
_FILES_LIMIT = 10
_FILE_SIZE_LIMIT = 10 * 1024 * 1024
_ROWS_LIMIT = 5
_ROW_WIDTH = 5
_CUSTOM_ID_LIMIT = 100
_LABEL_LIMIT = 80
_CHOICES_LIMIT = 25
_CHOICE_LIMIT = 100
_MODAL_TITLE_LIMIT = 45
_COMMANDS_LIMIT = 100
_OPTIONS_LIMIT = 25
_DESCRIPTION_LIMIT = 100
_COMMAND_NAME = re.compile(r"[-_'\w]{1,32}")
_ROW, _BUTTON, _LINK = 1, 2, 5


def check_message(body: Body, flags: int) -> None:
    """Check a message as it would stand after being sent or edited.

    Raises:
        ApiError: as Discord refuses it.
    """
    if len(body.content) > _CONTENT_LIMIT:
        raise too_long("content", _CONTENT_LIMIT)
    if not (body.content.strip() or body.embeds or body.attachments or body.components):
        raise empty_message()
    if len(body.attachments) > _FILES_LIMIT:
        raise invalid_form("attachments", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer.")
    if any(len(attachment.content) > _FILE_SIZE_LIMIT for attachment in body.attachments):
        raise too_large()
    _check_embeds(body.embeds)
    _check_components(body.components, is_free=bool(flags & IS_COMPONENTS_V2))


def _check_embeds(embeds: list[JSON]) -> None:
    if len(embeds) > _EMBEDS_LIMIT:
        raise invalid_form("embeds", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.")
    for index, embed in enumerate(embeds):
        where = f"embeds.{index}"
        _check_lengths(where, embed, _EMBED_LIMITS)
        fields: list[JSON] = embed.get("fields", [])
        if len(fields) > _EMBED_FIELDS_LIMIT:
            raise too_long(f"{where}.fields", _EMBED_FIELDS_LIMIT)
        for number, field in enumerate(fields):
            _check_required(f"{where}.fields.{number}", field, _FIELD_LIMITS)
    if sum(map(_embed_length, embeds)) > _EMBED_TOTAL_LIMIT:
        explanation = "Embed size exceeds maximum size of 6000"
        raise invalid_form("embeds.0", "MAX_EMBED_SIZE_EXCEEDED", explanation)


def _embed_length(embed: JSON) -> int:
    texts = [embed.get("title"), embed.get("description")]
    texts += [embed.get("footer", {}).get("text"), embed.get("author", {}).get("name")]
    for field in embed.get("fields", []):
        texts += [field.get("name"), field.get("value")]
    return sum(len(text) for text in texts if text)


def _check_components(components: list[JSON], *, is_free: bool) -> None:
    if not is_free and len(components) > _ROWS_LIMIT:
        raise too_long("components", _ROWS_LIMIT)
    seen: set[str] = set()
    for index, row in enumerate(components):
        if not is_free and row.get("type") != _ROW:
            raise invalid_form(f"components.{index}", "UNION_TYPE_CHOICES", "Must be a row.")
        parts: list[JSON] = row.get("components", [])
        if row.get("type") == _ROW and not 1 <= len(parts) <= _ROW_WIDTH:
            raise too_long(f"components.{index}.components", _ROW_WIDTH)
        for number, part in enumerate(parts):
            _check_component(f"components.{index}.components.{number}", part, seen)


def _check_component(where: str, part: JSON, seen: set[str]) -> None:
    if part.get("type") == _BUTTON:
        _check_lengths(where, part, {"label": _LABEL_LIMIT})
        if part.get("style") == _LINK:
            return
        _check_required(where, part, {"custom_id": _CUSTOM_ID_LIMIT})
    custom_id: str | None = part.get("custom_id")
    if custom_id is None:
        return
    if custom_id in seen:
        explanation = "Component custom id cannot be duplicated"
        raise invalid_form(where, "COMPONENT_CUSTOM_ID_DUPLICATED", explanation)
    seen.add(custom_id)


def check_choices(choices: list[JSON]) -> None:
    if len(choices) > _CHOICES_LIMIT:
        raise too_long("data.choices", _CHOICES_LIMIT)
    for index, choice in enumerate(choices):
        where = f"data.choices.{index}"
        _check_required(where, choice, {"name": _CHOICE_LIMIT})
        if isinstance(choice.get("value"), str):
            _check_required(where, choice, {"value": _CHOICE_LIMIT})


def check_modal(modal: JSON) -> None:
    limits = {"title": _MODAL_TITLE_LIMIT, "custom_id": _CUSTOM_ID_LIMIT}
    _check_required("data", modal, limits)
    if not 1 <= len(modal.get("components", [])) <= _ROWS_LIMIT:
        raise too_long("data.components", _ROWS_LIMIT)


def check_commands(commands: list[JSON]) -> None:
    if len(commands) > _COMMANDS_LIMIT:
        raise ApiError(400, 30032, "Maximum number of application commands reached (100).")
    names = [(command["name"], command.get("type", 1)) for command in commands]
    for index, command in enumerate(commands):
        if names.index(names[index]) != index:
            explanation = "Application command names must be unique"
            raise invalid_form(f"{index}", "APPLICATION_COMMANDS_DUPLICATE_NAME", explanation)
        if command.get("type", 1) == 1:
            _check_command(f"{index}", command)


def _check_command(where: str, command: JSON) -> None:
    name: str = command.get("name", "")
    if not _COMMAND_NAME.fullmatch(name) or name != name.lower():
        explanation = "Command name is invalid"
        raise invalid_form(f"{where}.name", "APPLICATION_COMMAND_INVALID_NAME", explanation)
    _check_required(where, command, {"description": _DESCRIPTION_LIMIT})
    options: list[JSON] = command.get("options", [])
    if len(options) > _OPTIONS_LIMIT:
        raise too_long(f"{where}.options", _OPTIONS_LIMIT)
    required = [bool(option.get("required")) for option in options]
    if required != sorted(required, reverse=True):
        explanation = "Required options must be placed before non-required options"
        raise invalid_form(f"{where}.options", "APPLICATION_COMMAND_OPTIONS_ORDER", explanation)
    for number, option in enumerate(options):
        _check_command(f"{where}.options.{number}", option)


def _check_required(where: str, thing: JSON, limits: dict[str, int]) -> None:
    for name in _missing(thing, limits):
        raise invalid_form(f"{where}.{name}", "BASE_TYPE_REQUIRED", "This field is required")
    _check_lengths(where, thing, limits)


def _missing(thing: JSON, names: Iterable[str]) -> list[str]:
    return [name for name in names if not thing.get(name)]


def _check_lengths(where: str, thing: JSON, limits: dict[str, int]) -> None:
    for name, limit in limits.items():
        if len(thing.get(name) or "") > limit:
            raise too_long(f"{where}.{name}", limit)
