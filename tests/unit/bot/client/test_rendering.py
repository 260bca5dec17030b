"""Replies as arguments of a message."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.client.rendering import (
    FILE,
    MAX_MESSAGE,
    escape,
    escape_markdown,
    fit_limits,
    for_discord,
)
from bot.i18n.texts import texts_in
from bot.replies import BOLD, Field, Reply, as_text

LINE = "To be, or not to be\n"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Tri*cera*tops", r"Tri\*cera\*tops"),
        ("__Rex__", r"\_\_Rex\_\_"),
        ("```Rex```", r"\`\`\`Rex\`\`\`"),
        ("# Rex", r"\# Rex"),
        ("- Rex", r"\- Rex"),
        ("  - Rex", r"  \- Rex"),
        ("1. Rex", r"1\. Rex"),
        ("[**Rex**](x)", r"\[\*\*Rex\*\*\](x)"),
        ("https://rex.example", r"https:\//rex.example"),
        ("Rex\u202e \x1b\u200b\r\nDino", "Rex \nDino"),
        ("*\u200b*Rex", r"\*\*Rex"),
        ("👩\u200d👧", "👩\u200d👧"),
        ("Triceratops\nRexodon", "Triceratops\nRexodon"),
    ],
)
def test_nothing_formats(text: str, shown: str) -> None:
    assert for_discord(Reply(text)) == shown


@given(st.text("ab1 \n\\*_~|`[]<>#-+.)/:@", max_size=60))
def test_escaping_changes_nothing_that_is_seen(text: str) -> None:
    escaped = escape_markdown(text)

    assert re.sub(r"\\([\W_])", r"\1", escaped) == text
    # Two backslashes show one, and escape nothing.
    bare = escaped.replace("\\\\", "x")
    assert not re.search(r"(?<!\\)[*_~|`\[\]<>#]|^[ \t]*[-+]|://", bare, re.MULTILINE)


def test_a_long_text_is_cut_at_the_end_of_a_line() -> None:
    text = "a line\n" * 400

    assert for_discord(Reply(text)) == "\n".join(["a line"] * 285)


@given(st.sampled_from(["@everyone", "@here", "<@1234567890123456789>", "<@&123456789012345678>"]))
def test_nothing_mentions(mention: str) -> None:
    assert mention not in for_discord(Reply(f"Rex {mention} dino"))


@given(st.text(max_size=3_000))
def test_a_message_is_never_too_long(text: str) -> None:
    assert len(for_discord(Reply(text))) <= MAX_MESSAGE


def test_only_channels_that_the_reply_names_are_links() -> None:
    reply = Reply("Ask in <#12>, not in <#123> or *<#1>*", channels=(12,))

    assert for_discord(reply) == r"Ask in <#12>, not in \<\#123\> or \*\<\#1\>\*"


@pytest.mark.parametrize(
    "reply",
    [Reply("short"), Reply(LINE * 99), Reply(LINE * 200, title="An embed"), Reply("*" * 1_000)],
    ids=["short", "long", "embed", "escaped"],
)
def test_a_reply_within_the_limits_is_unchanged(reply: Reply) -> None:
    assert fit_limits(reply) is reply


@pytest.mark.parametrize(
    "reply",
    [
        Reply(LINE * 101),
        Reply("*" * 1_001),
        Reply("x" * 9_000),
        Reply(LINE * 210, title="An embed"),
        Reply("", title="An embed", fields=(Field("one", "y" * 1_025),)),
        Reply("few", title="An embed", fields=(Field("one", "y"),) * 26),
        Reply("few", title="An embed", fields=(Field("one", "y" * 1_000),) * 7),
    ],
    ids=["lines", "escaped", "one line", "embed", "field", "fields", "embed in all"],
)
def test_a_reply_beyond_the_limits_goes_as_a_file(reply: Reply) -> None:
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


@pytest.mark.parametrize(
    "typed",
    ["**x**", "__x__", "\x02x\x02", f"{BOLD[:-1]}x", "**", BOLD[1:]],
    # Tokens are random, ids must not be.
    ids=["markdown", "catalogue", "control", "most of it", "stars", "rest of it"],
)
def test_only_a_catalogue_makes_text_bold(typed: str) -> None:
    reply = Reply(texts_in("en")("did-you-mean", command=typed))

    shown = for_discord(reply)

    assert re.sub(r"\\.", "", shown).count("**") == 4
    assert shown.startswith("Did you mean **!")
    assert BOLD not in as_text(reply)
    assert "**" not in as_text(replace(reply, text=reply.text.replace(typed, "")))
