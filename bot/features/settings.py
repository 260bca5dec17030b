"""The settings of a Discord server: shown, changed and reset by those who manage it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.context import Asker
from bot.exceptions import InvalidSettingError, NotManagerError, UnknownSettingError
from bot.features.setting_types import MAX_VALUE, SETTINGS, BadValueError, Known
from bot.i18n.texts import Texts, locale_of
from bot.replies import Field, Reply
from bot.services import House
from bot.storage.guild_settings import ServerSettings


@dataclass(frozen=True, slots=True)
class Change:
    """A wish to change a setting.

    Attributes:
        name: of the setting, as it was typed.
        value: as it was typed; nothing for the default.
    """

    name: str
    value: str = ""


async def show(house: House, asker: Asker, known: Known) -> Reply:
    """Show all settings of a server.

    Raises:
        NotManagerError: the asker may not see them.
        DatabaseError: they cannot be read.
    """
    settings = await house.servers.of(_managed(asker))
    texts = asker.texts
    fields = [
        Field(f"{name} · {texts(setting.title)}", setting.show(settings, known, texts))
        for name, setting in SETTINGS.items()
    ]
    title = texts("settings-title")
    return Reply(texts("settings-hint"), title=title, fields=tuple(fields), is_private=True)


async def change(house: House, asker: Asker, known: Known, wish: Change) -> Reply:
    """Change one setting of a server, or bring it back to its default.

    Raises:
        NotManagerError: the asker may not.
        UnknownSettingError: there is no such setting.
        InvalidSettingError: it cannot have this value.
        DatabaseError: it could not be written; the old one stays.
    """
    server = _managed(asker)
    name = wish.name.strip().lower()
    if name not in SETTINGS:
        raise UnknownSettingError
    setting = SETTINGS[name]
    if len(wish.value) > MAX_VALUE:
        raise InvalidSettingError(setting.allowed)
    usual: object = getattr(house.servers.defaults, setting.field)
    try:
        value = setting.parse(wish.value.strip(), known) if wish.value.strip() else usual
    except BadValueError as error:
        raise InvalidSettingError(setting.allowed) from error
    changed = await house.servers.set(server, setting.field, value)
    texts = _texts(asker, changed)
    shown = setting.show(changed, known, texts)
    return Reply(texts("setting-changed", name=name, value=shown), is_private=True)


async def reset(house: House, asker: Asker) -> Reply:
    """Bring all settings of a server back to their defaults.

    Raises:
        NotManagerError: the asker may not.
        DatabaseError: they could not be written; the old ones stay.
    """
    server = _managed(asker)
    await house.servers.forget_server(server)
    texts = _texts(asker, house.servers.defaults)
    return Reply(texts("settings-reset"), is_private=True)


def _managed(asker: Asker) -> int:
    """Return the server that the asker manages.

    Raises:
        NotManagerError: they manage none here.
    """
    if asker.server is None or not asker.is_manager:
        raise NotManagerError
    return asker.server


def _texts(asker: Asker, settings: ServerSettings) -> Texts:
    """Return the texts as the asker will get them from now on."""
    locale = locale_of(settings.locale, asker.locale)
    return replace(asker, locale=locale, prefix=settings.prefix).texts
