"""Answers too long for a message."""

import pytest

from bot.client.formatting import MAX_MESSAGE, escape
from bot.client.limits import FILE, fit_limits
from bot.replies import Field, Reply, as_text

LINE = "To be, or not to be\n"


@pytest.mark.parametrize(
    "reply",
    [Reply("short"), Reply(LINE * 99), Reply(LINE * 200, title="A card"), Reply("*" * 1_000)],
    ids=["short", "long", "card", "escaped"],
)
def test_what_fits_stays_as_it_is(reply: Reply) -> None:
    assert fit_limits(reply) is reply


@pytest.mark.parametrize(
    "reply",
    [
        Reply(LINE * 101),
        Reply("*" * 1_001),
        Reply("x" * 9_000),
        Reply(LINE * 210, title="A card"),
        Reply("", title="A card", fields=(Field("one", "y" * 1_025),)),
        Reply("few", title="A card", fields=(Field("one", "y"),) * 26),
        Reply("few", title="A card", fields=(Field("one", "y" * 1_000),) * 7),
    ],
    ids=["lines", "escaped", "one line", "card", "field", "fields", "in all"],
)
def test_what_does_not_fit_goes_as_a_file(reply: Reply) -> None:
    short = fit_limits(reply)

    (file,) = short.attachments
    assert file.name == FILE
    assert file.content.decode() == as_text(reply)
    assert short.text
    assert len(escape(short.text)) <= MAX_MESSAGE
    assert fit_limits(short).attachments == short.attachments


def test_lines_are_not_cut() -> None:
    *lines, end = fit_limits(Reply(LINE * 101)).text.splitlines()

    assert set(lines) == {LINE.rstrip()}
    assert end == "…"
