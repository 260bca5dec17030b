"""The catalogues of texts."""

import pytest

from bot.i18n.texts import LOCALES, locale_of, texts_in


def test_values_are_filled_in_by_number() -> None:
    texts = texts_in("en")

    assert "one second." in texts("busy", seconds=1)
    assert "5 seconds." in texts("busy", seconds=5)


def test_an_unknown_text_or_a_missing_value_is_a_mistake_of_ours() -> None:
    with pytest.raises(LookupError):
        texts_in("en")("no-such-text")
    with pytest.raises(ValueError, match="busy"):
        texts_in("en")("busy")


@pytest.mark.parametrize("wanted", [(), (None,), ("xx",), ("en-US", "xx")])
def test_english_is_what_there_is_for_everyone(wanted: tuple[str | None, ...]) -> None:
    assert locale_of(*wanted) == "en"
    assert "en" in LOCALES
