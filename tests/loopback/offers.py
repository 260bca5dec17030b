"""What Discord's own client lets a member send: registered commands, buttons, fields.

A member can't call a command that is not registered, leave out a required option or press a
disabled button. A test that tries fails here, with the reason, before the bot hears of it.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from tests.loopback.payloads import (
    attachment_payload,
    channel_payload,
    member_payload,
    role_payload,
    user_payload,
)
from tests.loopback.permissions import Permission
from tests.loopback.records import JSON, Message, Upload, button_name
from tests.loopback.world import Channel, Guild, Member, Role, User, World

Value = str | int | float | bool | Member | User | Role | Channel | Upload

_BUTTON = 2
_LINK = 5
_SELECTS = (3, 5, 6, 7, 8)
_DIRECT_CONTEXT = 1


class OptionKind(IntEnum):
    """Discord's types of options."""

    SUB_COMMAND = 1
    SUB_COMMAND_GROUP = 2
    STRING = 3
    INTEGER = 4
    BOOLEAN = 5
    USER = 6
    CHANNEL = 7
    ROLE = 8
    MENTIONABLE = 9
    NUMBER = 10
    ATTACHMENT = 11


_ACCEPTED: dict[int, tuple[type, ...]] = {
    OptionKind.STRING: (str,),
    OptionKind.INTEGER: (int,),
    OptionKind.BOOLEAN: (bool,),
    OptionKind.USER: (Member, User),
    OptionKind.CHANNEL: (Channel,),
    OptionKind.ROLE: (Role,),
    OptionKind.MENTIONABLE: (Member, User, Role),
    OptionKind.NUMBER: (int, float),
    OptionKind.ATTACHMENT: (Upload,),
}


class NotOfferedError(AssertionError):
    """Discord's client would not have let the member do this."""


@dataclass(slots=True)
class CommandCall:
    """A command as a member fills it in."""

    world: World
    channel: Channel
    invoker: Member | User
    # While a member is typing, what is there need not be complete or valid yet.
    focused: str | None = None
    resolved: dict[str, JSON] = field(default_factory=dict[str, JSON])

    def fill_in(self, path: str, values: dict[str, Value]) -> JSON:
        """Return the arguments of a call; `path` is the name with its subcommands.

        Raises:
            NotOfferedError: no such command here, or not with these values.
        """
        name, *sub_names = path.split()
        command = self._find(name)
        arguments: JSON = {"id": command["id"], "name": name, "type": 1}
        target, schema = arguments, command
        for sub_name in sub_names:
            schema = _option(schema, sub_name, path)
            nested: JSON = {"name": sub_name, "type": schema["type"]}
            target["options"] = [nested]
            target = nested
        target["options"] = self._options(schema, values, path)
        if self.resolved:
            arguments["resolved"] = self.resolved
        if "guild_id" in command:
            arguments["guild_id"] = command["guild_id"]
        return arguments

    def _find(self, name: str) -> JSON:
        commands = self.world.commands
        guild = self.channel.guild
        offered = [*commands.get(guild.id if guild else None, []), *commands.get(None, [])]
        for command in offered:
            if command["name"] == name:
                self._check_place(command)
                return command
        names = ", ".join(command["name"] for command in offered) or "none"
        raise NotOfferedError(f"/{name} is not registered here; registered: {names}")

    def _check_place(self, command: JSON) -> None:
        contexts: list[int] | None = command.get("contexts")
        if self.channel.guild is None:
            is_allowed = command.get("dm_permission", True) is not False
            if not is_allowed or (contexts is not None and _DIRECT_CONTEXT not in contexts):
                raise NotOfferedError(f"/{command['name']} is not offered in direct messages")
            return
        if not self._is_permitted(command, self.channel.guild):
            raise NotOfferedError(f"/{command['name']} is not offered to {self.invoker.name}")

    def _is_permitted(self, command: JSON, guild: Guild) -> bool:
        """Look at what the guild has set under Integrations, else at the command's default."""
        user = _user(self.invoker)
        member = guild.members.get(user.id)
        roles = [role.id for role in member.roles] if member else []
        overwrites = guild.command_overwrites.get(command["name"], {})
        for ids in ([user.id], roles, [guild.id]):
            found = [overwrites[each] for each in ids if each in overwrites]
            if found:
                return any(found)
        needed: str | None = command.get("default_member_permissions")
        return needed is None or Permission(int(needed)) in self.channel.permissions_of(user)

    def _options(self, schema: JSON, values: dict[str, Value], path: str) -> list[JSON]:
        for option in schema.get("options", []):
            missing = option.get("required") and option["name"] not in values
            if missing and self.focused is None:
                raise NotOfferedError(f"/{path} needs its option {option['name']}")
        return [
            self._filled(_option(schema, name, path), value, path) for name, value in values.items()
        ]

    def _filled(self, option: JSON, value: Value, path: str) -> JSON:
        name, kind = option["name"], OptionKind(option["type"])
        if self.focused == name:
            return {"name": name, "type": kind, "value": value, "focused": True}
        is_wrong = not isinstance(value, _ACCEPTED[kind])
        if is_wrong or (isinstance(value, bool) and kind is not OptionKind.BOOLEAN):
            raise NotOfferedError(f"/{path} {name}: {value!r} is not a {kind.name.lower()}")
        _check_limits(option, value, path)
        return {"name": name, "type": kind, "value": self._resolve(value)}

    def _resolve(self, value: Value) -> str | int | float | bool:
        """Return a value as an option carries it: things by their ids, described apart."""
        if isinstance(value, Upload):
            attachment = self.world.attach(self.channel, value)
            self._describe("attachments", attachment.id, attachment_payload(attachment))
            return str(attachment.id)
        match value:
            case Member():
                member = member_payload(value)
                permissions = self.channel.permissions_of(value.user)
                self._describe("users", value.id, member.pop("user"))
                self._describe("members", value.id, member | {"permissions": str(int(permissions))})
            case User():
                self._describe("users", value.id, user_payload(value))
            case Role():
                self._describe("roles", value.id, role_payload(value, 1))
            case Channel():
                permissions = value.permissions_of(_user(self.invoker))
                payload = channel_payload(value) | {"permissions": str(int(permissions))}
                self._describe("channels", value.id, payload)
            case _:
                return value
        return str(value.id)

    def _describe(self, category: str, number: int, payload: JSON) -> None:
        self.resolved.setdefault(category, {})[str(number)] = payload


def _option(schema: JSON, name: str, path: str) -> JSON:
    options: list[JSON] = schema.get("options", [])
    for option in options:
        if option["name"] == name:
            return option
    names = ", ".join(option["name"] for option in options) or "none"
    raise NotOfferedError(f"/{path} has no option {name}; it has: {names}")


def _check_limits(option: JSON, value: Value, path: str) -> None:
    where = f"/{path} {option['name']}: {value!r}"
    choices = [choice["value"] for choice in option.get("choices", [])]
    if choices and value not in choices:
        raise NotOfferedError(f"{where} is not one of {choices}")
    size = len(value) if isinstance(value, str) else value
    if not isinstance(size, int | float):
        return
    kind = "length" if isinstance(value, str) else "value"
    least, most = option.get(f"min_{kind}"), option.get(f"max_{kind}")
    if (least is not None and size < least) or (most is not None and size > most):
        raise NotOfferedError(f"{where} is not between {least} and {most}")


def _user(person: Member | User) -> User:
    return person.user if isinstance(person, Member) else person


def press(message: Message, name: str) -> JSON:
    """Return the arguments of a click on the button with this label, emoji or custom id.

    Raises:
        NotOfferedError: no such button, or it can't be pressed.
    """
    _check_visible(message)
    for part in message.parts():
        if part["type"] == _BUTTON and name in (button_name(part), part.get("custom_id")):
            if part.get("disabled") or part.get("style") == _LINK:
                raise NotOfferedError(f"the button {name!r} is disabled or a link")
            return _component_arguments(part)
    raise NotOfferedError(f"no button {name!r}; there are: {message.buttons}")


def choose(message: Message, values: tuple[str, ...]) -> JSON:
    """Return the arguments of choosing from the first menu that offers these values.

    Raises:
        NotOfferedError: no menu offers them, or not so many of them.
    """
    _check_visible(message)
    for part in message.parts():
        if part["type"] not in _SELECTS or part.get("disabled"):
            continue
        offered = {option["value"] for option in part.get("options", [])}
        counts = range(part.get("min_values", 1), part.get("max_values", 1) + 1)
        if set(values) <= offered and len(values) in counts:
            return _component_arguments(part) | {"values": list(values)}
    raise NotOfferedError(f"no menu offers {values}")


def fill_modal(modal: JSON, texts: dict[str, str]) -> JSON:
    """Return the arguments of a modal sent off; fields are named by label or custom id.

    Raises:
        NotOfferedError: a field is missing, unknown, or too short or long.
    """
    unknown = set(texts)
    rows: list[JSON] = []
    for row in modal["components"]:
        label = row.get("label")
        inner: JSON = row["component"] if "component" in row else row["components"][0]
        names = (inner.get("label") or label, inner.get("custom_id"))
        given = next((name for name in names if name in texts), None)
        unknown.discard(given or "")
        filled = _filled_field(inner, texts[given] if given else inner.get("value") or "")
        nested = {"component": filled} if "component" in row else {"components": [filled]}
        rows.append({"type": row["type"], "id": row.get("id", 0), **nested})
    if unknown:
        raise NotOfferedError(f"the modal has no field {sorted(unknown)}")
    return {"custom_id": modal["custom_id"], "components": rows}


def _filled_field(text_input: JSON, text: str) -> JSON:
    least, most = text_input.get("min_length", 0), text_input.get("max_length", 4000)
    is_left_out = not text and not text_input.get("required", True)
    if not is_left_out and not max(least, 1) <= len(text) <= most:
        raise NotOfferedError(f"the field {text_input['custom_id']!r} can't be {text!r}")
    kept = {name: text_input.get(name, 0) for name in ("type", "id", "custom_id")}
    return {**kept, "value": text}


def _check_visible(message: Message) -> None:
    if message.is_deleted:
        raise NotOfferedError("the message is deleted")


def _component_arguments(part: JSON) -> dict[str, Any]:
    return {
        "component_type": part["type"],
        "custom_id": part["custom_id"],
        "id": part.get("id", 0),
    }
