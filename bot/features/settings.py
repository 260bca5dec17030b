"""The settings of a guild: its managers show, change and reset them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.context import RequestContext
from bot.exceptions import InvalidSettingError, NotManagerError, UnknownSettingError
from bot.features.setting_types import MAX_VALUE, SETTINGS, BadValueError, Known
from bot.i18n.texts import Texts, locale_of
from bot.replies import Field, Reply
from bot.services import Services
from bot.storage.guild_settings import GuildSettings


@dataclass(frozen=True, slots=True)
class Change:
    """A request to change a setting, as it was typed; without a value, to its default."""

    name: str
    value: str = ""


async def show(services: Services, context: RequestContext, known: Known) -> Reply:
    """Show all settings of a guild."""
    _managed(context)
    settings, texts = context.settings, context.texts
    fields = [
        Field(f"{name} · {texts(setting.title)}", setting.show(settings, known, texts))
        for name, setting in SETTINGS.items()
    ]
    title = texts("settings-title")
    return Reply(texts("settings-hint"), title=title, fields=tuple(fields), is_private=True)


async def change(
    services: Services, context: RequestContext, known: Known, request: Change
) -> Reply:
    """Change one setting of a guild, or reset it to its default."""
    guild = _managed(context)
    name = request.name.strip().lower()
    if name not in SETTINGS:
        raise UnknownSettingError
    setting = SETTINGS[name]
    if len(request.value) > MAX_VALUE:
        raise InvalidSettingError(setting.allowed)
    usual: object = getattr(services.guild_settings.defaults, setting.field)
    try:
        value = setting.parse(request.value.strip(), known) if request.value.strip() else usual
    except BadValueError as error:
        raise InvalidSettingError(setting.allowed) from error
    changed = await services.guild_settings.set(guild, setting.field, value)
    texts = _texts(context, changed)
    shown = setting.show(changed, known, texts)
    return Reply(texts("setting-changed", name=name, value=shown), is_private=True)


async def reset(services: Services, context: RequestContext) -> Reply:
    """Reset all settings of a guild to their defaults."""
    guild = _managed(context)
    await services.guild_settings.forget_guild(guild)
    texts = _texts(context, services.guild_settings.defaults)
    return Reply(texts("settings-reset"), is_private=True)


def _managed(context: RequestContext) -> int:
    """Return the server that the member manages."""
    if context.guild is None or not (context.is_manager or context.is_permitted):
        raise NotManagerError
    return context.guild


def _texts(context: RequestContext, settings: GuildSettings) -> Texts:
    """Return the texts in the language of the new settings."""
    locale = locale_of(settings.locale, context.locale)
    return replace(context, locale=locale, settings=settings).texts
