"""Replies where a message may have neither cards nor files."""

from bot.client.rendering import MAX_MESSAGE, Formats, edit_of, message_of, with_note
from bot.replies import Attachment, Button, Field, Reply

CARD = Reply(
    "of *three*",
    title="Bones",
    fields=(Field("Age", "old"), Field("Size", "small")),
    footer="no names",
    buttons=(Button("Another", "another:1:2"),),
    attachments=(Attachment("bones.png", b"png"),),
)


def test_a_card_becomes_text_with_all_that_it_said() -> None:
    arguments = message_of(CARD, Formats(embeds=False))

    assert "embed" not in arguments
    assert arguments["content"] == (
        "Bones\n\nof \\*three\\*\n\nAge\nold\n\nSize\nsmall\n\nno names"
    )
    assert [file.filename for file in arguments["files"]] == ["bones.png"]
    assert arguments["view"].children


def test_files_are_left_out_and_the_card_stays() -> None:
    arguments = message_of(CARD, Formats(files=False))

    assert "files" not in arguments
    assert arguments["embed"].title == "Bones"


def test_a_long_card_is_shortened_where_it_may_have_no_file() -> None:
    long = Reply("\n".join(["a line of some length"] * 500), title="Bones")

    whole = message_of(long, Formats(embeds=False))
    short = message_of(long, Formats(embeds=False, files=False))

    assert [file.filename for file in whole["files"]] == ["answer.txt"]
    assert "files" not in short
    assert short["content"].startswith("Bones")
    assert short["content"].endswith("…")
    assert MAX_MESSAGE // 4 < len(short["content"]) <= MAX_MESSAGE


def test_an_edit_to_text_removes_the_card() -> None:
    arguments = edit_of(CARD, Formats(embeds=False, files=False))

    assert arguments["embed"] is None
    assert arguments["attachments"] == []
    assert arguments["content"].startswith("Bones")


def test_a_note_follows_what_was_said_and_leaves_room_for_itself() -> None:
    note = Reply("Kept. *Decided* by Mary.")

    assert with_note("", note) == "Kept. \\*Decided\\* by Mary."
    assert with_note("Keep it?", note) == "Keep it?\n\nKept. \\*Decided\\* by Mary."
    long = with_note("\\*" * 1_000, note)
    assert MAX_MESSAGE - 2 <= len(long) <= MAX_MESSAGE
    assert long.endswith("\\*\n\nKept. \\*Decided\\* by Mary.")
