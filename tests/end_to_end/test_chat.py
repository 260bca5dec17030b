"""The bot's commands in a terminal, and what `run` does without a token."""

import json
import os
import re
import subprocess
import sys

import pytest

from bot import program_name
from tests.conftest import NAMES
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

    title, about, examples, options = outcome.out.strip().split("\n\n")
    assert title == "!poem"
    assert about == "Continues your line into a poem."
    assert examples.startswith("Examples\n!poem Shall I compare thee: ")
    assert "length: 80 to 1,500 characters" in options.splitlines()


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


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")
def test_run_without_a_token_answers_in_a_terminal_and_says_how_to_get_one(
    program: Program,
) -> None:
    seen = in_terminal(program, "run", typed=["!dino 2\r", "!poem O rose\r"])

    assert "DISCORD_TOKEN" in seen
    assert "developers" in seen
    prompts = seen.split("\n> ")
    # There is nothing between what is typed and the answer to it.
    names, poem = (prompt.splitlines() for prompt in prompts[1:3])
    assert names[:2] == ["!dino 2", "2 dinosaurs nobody has dug up yet"]
    assert len(names) == 5
    assert poem[0] == "!poem O rose"
    assert poem[1].startswith(("One moment", "O rose"))
    assert not re.search(r"[IWE]\d{4}|WARNING|Traceback", seen)


def in_terminal(program: Program, *words: str, typed: list[str], **settings: str) -> str:
    """Run the program in a terminal, type each line at a prompt, and return all that is seen."""
    import pty

    master, slave = pty.openpty()
    with subprocess.Popen(
        program.command(*words),
        cwd=program.home,
        env=program.environment(**settings),
        stdin=slave,
        stdout=slave,
        stderr=slave,
    ) as process:
        os.close(slave)
        seen = b""
        for line in [*typed, "\x04"]:
            seen += read_until(master, b"\n> ")
            os.write(master, line.encode())
        seen += read_until(master, None)
        assert process.wait() == 0
    os.close(master)
    return seen.decode("utf-8", "replace").replace("\r", "")


def read_until(terminal: int, sign: bytes | None) -> bytes:
    """Read until a sign is seen, or for None to the end."""
    seen = b""
    while sign is None or sign not in seen:
        try:
            chunk = os.read(terminal, 4096)
        except OSError:  # How Linux tells the end of a terminal.
            chunk = b""
        if not chunk:
            assert sign is None, seen
            break
        seen += chunk.replace(b"\r\n", b"\n")
    return seen


@pytest.mark.parametrize("token", [None, "", "  "])
def test_run_without_a_token_and_a_terminal_is_one_clear_line(
    program: Program, token: str | None
) -> None:
    outcome = program.run(
        "run", typed="!dino 5\n", **({} if token is None else {"DISCORD_TOKEN": token})
    )

    assert outcome.code == 1
    assert outcome.out == ""
    (line,) = outcome.err.splitlines()
    assert "No DISCORD_TOKEN is set" in line


def shell(program: Program, redirections: str, **settings: str) -> tuple[int, str, str]:
    """Let a shell start the program, and return its exit code and what it printed."""
    done = subprocess.run(
        ["sh", "-c", f'"$@" {redirections}', "sh", *program.command("chat")],
        cwd=program.home,
        env=program.environment(**settings),
        input=b"!dino 2\n",
        capture_output=True,
        check=False,
    )
    return done.returncode, done.stdout.decode("ascii"), done.stderr.decode("ascii")


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell")
@pytest.mark.parametrize(
    ("redirection", "about"),
    [
        ("<&-", "standard input is closed"),
        ("0>nothing", "standard input cannot be read"),
        ("0</dev/null", ""),
    ],
)
def test_a_broken_standard_input_is_one_line(
    program: Program, redirection: str, about: str
) -> None:
    code, out, err = shell(program, redirection)

    assert (code, out) == (1 if about else 0, "")
    assert about in err
    assert len(err.splitlines()) == (1 if about else 0)


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell")
def test_a_closed_standard_output_is_no_failure(program: Program) -> None:
    assert shell(program, ">&-") == (0, "", "")


@pytest.mark.parametrize("encoding", ["ascii", "ascii:strict"])
def test_a_terminal_that_knows_ascii_alone_shows_other_signs(
    program: Program, encoding: str
) -> None:
    (program.home / "typed").write_text("!poem Zoë —\n!about\n!help\n!models\n", "utf-8")

    code, out, err = shell(program, "<typed", PYTHONIOENCODING=encoding)

    assert code == 0
    assert len(out.splitlines()) > 10
    assert "Traceback" not in err


TOPICS = ("dino", "poem", "how", "retrain", "models", "privacy", "about", "help")


def test_a_terminal_does_what_help_says_there(program: Program) -> None:
    asked = "".join(f"!help {topic}\n" for topic in ("", *TOPICS))
    shown = program.run("chat", typed=asked).out
    commands = dict.fromkeys(re.findall(r"^(!\w[^:\n]*):", shown, re.MULTILINE))
    (program.home / "names.txt").write_text("\n".join(NAMES))
    (program.home / "verse.txt").write_text("few words")
    # Each is tried with a version that is there, and no training for longer than it must.
    version = json.loads(program.run("dino", "--json").out)["model"]
    typed = [
        re.sub(r"\bID\b", version, command).replace("dino names.txt", "dino names.txt passes=1")
        for command in commands
        if command != "!retrain dino"
    ]

    outcome = program.run("chat", typed="".join(f"{command}\n" for command in typed))

    assert {command.split()[0] for command in commands} == {f"!{topic}" for topic in TOPICS}
    for command in ("!privacy forget", "!models log", "!retrain dino names.txt"):
        assert command in commands
    assert outcome.code == 0
    assert "All answers to you are deleted" in outcome.out
    assert "names.txt" in outcome.out.partition("Training log")[2]
    refusals = ("do not know", "Use !models", "Try !", "only on a server", "You need", "went wrong")
    assert [refusal for refusal in refusals if refusal in outcome.out] == []


@pytest.mark.parametrize("command", ["settings", "ping", "retrain forget"])
def test_what_a_terminal_does_not_do_is_not_in_its_help(program: Program, command: str) -> None:
    name = command.split()[0]
    outcome = program.run("chat", typed=f"!help\n!help {name}\n!help retrain\n")

    assert f"!{command}" not in outcome.out


@pytest.mark.parametrize(
    "sign", ["mention", "slash", "button", "attach", "trainer role", "Options of"]
)
def test_help_in_a_terminal_is_not_about_discord(program: Program, sign: str) -> None:
    outcome = program.run("chat", typed="".join(f"!help {topic}\n" for topic in ("", *TOPICS)))

    assert sign not in outcome.out


def test_a_terminal_forgets_its_answers(program: Program) -> None:
    outcome = program.run("chat", typed="!dino\n!privacy forget\n!how\n")

    assert "dinobard dino" not in outcome.out
    assert "dinobard dino" in program.run("chat", typed="!dino\n!how\n").out
