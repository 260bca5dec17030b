"""The bot's commands in a terminal, and what `run` does without a token."""

import pytest

from bot import program_name
from tests.end_to_end.program import Program


def test_chat_answers_line_by_line(program: Program) -> None:
    outcome = program.run("chat", typed="!dino 3\n!dino tri\n\n!help\n")

    lines = outcome.out.splitlines()
    assert outcome.code == 0
    assert outcome.err == ""
    assert all(name.isalpha() for name in lines[:4])
    assert lines[3].startswith("Tri")
    assert lines[4] == "Help"
    assert "!dino: a new dinosaur" in lines


def test_chat_explains_a_command_in_paragraphs(program: Program) -> None:
    outcome = program.run("chat", typed="!help poem\n")

    title, about, examples, options, slash = outcome.out.strip().split("\n\n")
    assert title == "!poem"
    assert about == "Continues your line into a poem."
    assert examples.startswith("Examples\n!poem Shall I compare thee: ")
    assert "length: 80 to 1,500 characters" in options.splitlines()
    assert slash == "Slash command\n/poem: first line, length, temperature, seed"


def test_chat_writes_poems_when_it_is_asked_for_one(program: Program) -> None:
    outcome = program.run("chat", typed="!poem O rose\n!poem 1984\n!poem\n")

    assert outcome.code == 0
    poem, _, rest = outcome.out.partition("The first line needs")
    assert poem.startswith("O rose")
    assert len(poem.splitlines()) >= 4
    assert len(rest.splitlines()) >= 4
    # The libraries' chatter at their start is left out.
    (notice,) = outcome.err.splitlines()
    assert notice.startswith("One moment")


def test_chat_tells_how_an_answer_came_about(program: Program) -> None:
    outcome = program.run("chat", typed="!dino 2 tri\n!how\n")

    names = outcome.out.splitlines()[:2]
    command = next(
        line for line in outcome.out.splitlines() if line.startswith(f"{program_name()} dino")
    )
    assert program.run(*command.split()[1:]).out.splitlines() == names


@pytest.mark.parametrize(
    ("typed", "about"),
    [
        ("!dino 21", "1 to 20"),
        ("!dino 2.5", "a number of names"),
        ("!fly", "!help"),
        ("恐龙", "!help"),
        ("\udcff\udcfe", "!help"),
        ("!fly \x00\x1b[31m", "!help"),
        ("x" * 100_000, "!help"),
    ],
    ids=["too many", "digits", "unknown", "other alphabet", "no text", "control", "long"],
)
def test_chat_survives_what_it_does_not_understand(
    program: Program, typed: str, about: str
) -> None:
    outcome = program.run("chat", typed=f"{typed}\n!dino\n")

    assert outcome.code == 0
    assert outcome.err == ""
    refusal, name = outcome.out.splitlines()
    assert about in refusal
    assert name.isalpha()


def test_run_without_a_token_answers_here_and_says_how_to_get_one(program: Program) -> None:
    outcome = program.run("run", typed="!dino 5\n")

    assert outcome.code == 0
    assert all(name.isalpha() for name in outcome.out.splitlines())
    assert len(outcome.out.splitlines()) == 5
    assert "DISCORD_TOKEN" in outcome.err
    assert "developers" in outcome.err
