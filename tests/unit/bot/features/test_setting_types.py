"""The values of settings as managers type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.client.rendering import escape
from bot.features.setting_types import SETTINGS, BadValueError, Known
from bot.i18n.texts import LOCALES, Locale, texts_in
from bot.storage.guild_settings import DEFAULTS, GuildSettings

CHANNELS = {11: "general", 12: "games", 13: "twin", 14: "twin", 15: "Text Channels"}
KNOWN = Known(CHANNELS, {21: "Keepers", 22: "三角龙"})


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("prefix", "?", "?"),
        ("prefix", "dino!", "dino!"),
        ("prefix", "e\u0301", "é"),
        ("channels", "<#11> <#12>", frozenset({11, 12})),
        ("channels", "#general, games", frozenset({11, 12})),
        ("channels", "13", frozenset({13})),
        ("channels", "Text Channels", frozenset({15})),
        ("channels", "#Text Channels, general games", frozenset({11, 12, 15})),
        ("channels", "ALL", frozenset[int]()),
        ("trainer-role", "<@&21>", 21),
        ("trainer-role", "@三角龙", 22),
        ("trainer-role", "none", None),
        ("user-cooldown", "0", 0.0),
        ("user-cooldown", "2.5s", 2.5),
        ("user-cooldown", "5 S", 5.0),
        ("user-cooldown", "5 秒", 5.0),
        ("channel-cooldown", "3600", 3_600.0),
        ("temperature", "0,7", 0.7),
        ("temperature", "auto", None),
        ("language", "简体中文", "zh-CN"),
        ("language", "ZH-cn", "zh-CN"),
        ("language", "English", "en"),
        ("language", "auto", None),
        ("adult-words", "On", True),
        ("adult-words", "否", False),
    ],
)
def test_values_are_read(name: str, typed: str, value: object) -> None:
    assert SETTINGS[name].parse(typed, KNOWN) == value


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("prefix", "toolong"),
        ("prefix", "a b"),
        ("prefix", "\u200b"),
        ("prefix", "!\u202e"),
        ("prefix", "z\u0335\u0321"),
        ("prefix", "`"),
        ("prefix", "<@1>"),
        ("prefix", "/"),
        ("prefix", "#"),
        ("channels", "<#99>"),
        ("channels", "#twin"),
        ("channels", ","),
        ("trainer-role", "@everyone"),
        ("trainer-role", "<@&11>"),
        ("user-cooldown", "-1"),
        ("user-cooldown", "nan"),
        ("user-cooldown", "1e3"),
        ("user-cooldown", "3601"),
        ("user-cooldown", "٣"),
        ("temperature", "0"),
        ("temperature", "2.1"),
        ("language", "klingon"),
        ("adult-words", "maybe"),
    ],
)
def test_other_values_are_refused(name: str, typed: str) -> None:
    with pytest.raises(BadValueError):
        SETTINGS[name].parse(typed, KNOWN)


@given(st.sampled_from(sorted(SETTINGS)), st.text(max_size=40))
def test_anything_is_a_value_or_refused(name: str, typed: str) -> None:
    try:
        value = SETTINGS[name].parse(typed, KNOWN)
    except BadValueError:
        return
    if name == "prefix":
        assert isinstance(value, str)
        assert escape(value).replace("\\", "") == value


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_can_be_shown(name: str, locale: Locale) -> None:
    full = GuildSettings("?", frozenset({11, 99}), 98, 5.0, 1.0, 0.9, "zh-CN", True)
    setting = SETTINGS[name]

    assert all(setting.show(settings, KNOWN, texts_in(locale)) for settings in (DEFAULTS, full))


@pytest.mark.parametrize("name", SETTINGS)
def test_what_is_proposed_is_accepted(name: str) -> None:
    for choice in SETTINGS[name].choices:
        SETTINGS[name].parse(choice, KNOWN)
