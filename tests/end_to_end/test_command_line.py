"""The `dinobard` program: what it prints, where, and how it exits."""

import json
import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import data
from engine.corpora.names import read_names
from tests.conftest import NAMES
from tests.end_to_end.program import Program

QUICK = ("--members", "2", "--hidden-units", "16", "--epochs", "10")


@pytest.fixture
def corpus(program: Program) -> Path:
    path = program.home / "names.txt"
    path.write_text("\n".join(NAMES))
    return path


def assert_refused(program: Program, *words: str, code: int, about: str) -> None:
    outcome = program.run(*words)
    assert outcome.code == code
    assert outcome.out == ""
    assert about in outcome.err
    assert "Traceback" not in outcome.err
    if code == 1:
        assert len(outcome.err.splitlines()) == 1


def test_names_are_printed_one_a_line(program: Program) -> None:
    outcome = program.run("dino", "-n", "5", "--prefix", "Tri")

    names = outcome.out.splitlines()
    assert outcome.code == 0
    assert outcome.err == ""
    assert len(set(names)) == 5
    assert all(name.startswith("Tri") for name in names)


def test_the_same_seed_gives_the_same_names(program: Program) -> None:
    words = ("dino", "-n", "4", "--temperature", "1.2", "--top-p", "0.9", "--json", "--seed")
    first, again, other = (program.run(*words, seed) for seed in ("7", "7", "8"))

    assert first == again
    answer = json.loads(first.out)
    assert answer["seed"] == 7
    assert answer["names"] != json.loads(other.out)["names"]
    assert (data.MODELS / "dino" / answer["model"] / "card.json").is_file()


@pytest.mark.parametrize(
    ("words", "about"),
    [
        (("dino", "-n", "0"), "1 to 1,000"),
        (("dino", "-n", "many"), "integer"),
        (("dino", "--prefix", "t-rex"), "letters from A to Z"),
        (("dino", "--temperature", "0"), "0.1 to 2"),
        (("dino", "--top-p", "2"), "0.05 to 1"),
        (("dino", "--seed", "-1"), "seed"),
        (("score", "dino", "nothing.txt"), "nothing.txt"),
        (("train", "dino", "--epochs", "0"), "epochs"),
        (("fly",), "No such command"),
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_with_2(program: Program, words: tuple[str, ...], about: str) -> None:
    assert_refused(program, *words, code=2, about=about)


@pytest.mark.parametrize(
    ("words", "about"),
    [
        (("dino", "--model", "nothing"), "no model 'nothing'"),
        (("models", "use", "../../etc"), "no model"),
        (("models", "rollback"), "no model"),
        (("train", "dino", "--corpus", "few.txt"), "too few"),
        (("train", "dino", "--corpus", "latin.txt"), "not UTF-8"),
        (("train", "dino", "--corpus", "digits.txt"), "line 2 is not a name"),
        (("train", "dino", "--corpus", "huge.txt"), "bytes"),
        (("score", "dino", "empty.txt"), "no names"),
        (("train", "dino", "--resume"), "no interrupted training"),
        (("train", "poem", "--resume"), "no interrupted training"),
    ],
    ids=" ".join,
)
def test_a_failure_is_one_line_and_exits_with_1(
    program: Program, words: tuple[str, ...], about: str
) -> None:
    (program.home / "few.txt").write_text("rex\nmia\n")
    (program.home / "latin.txt").write_bytes("Zoë".encode("latin-1"))
    (program.home / "digits.txt").write_text("rex\nr2d2\n")
    (program.home / "huge.txt").write_text("rexodon\n" * 200_000)
    (program.home / "empty.txt").write_text("\n\n")

    assert_refused(program, *words, code=1, about=about)


@pytest.mark.parametrize("words", [(), ("dino",), ("train", "dino"), ("models", "use"), ("run",)])
def test_every_command_explains_itself(program: Program, words: tuple[str, ...]) -> None:
    outcome = program.run(*words, "--help")

    assert outcome.code == 0
    assert outcome.out.startswith("Usage: ")


def test_names_load_neither_discord_nor_tensorflow(program: Program) -> None:
    code = (
        "import sys; from bot.cli import main; main(['dino'], standalone_mode=False); "
        "sys.exit(str({'discord', 'tensorflow', 'keras'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=program.environment(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stderr == "set()\n"


def test_a_trained_model_is_listed_used_and_rolled_back(program: Program, corpus: Path) -> None:
    shipped = json.loads(program.run("dino", "--json").out)["model"]
    trained = program.run("train", "dino", "--corpus", str(corpus), *QUICK, "--use")
    assert trained.code == 0, trained.err
    assert "held out" in trained.err
    version = trained.out.split()[1].rstrip(",")

    listed = json.loads(program.run("models", "list", "--json").out)
    assert {card["id"] for card in listed if card["active"]} & {version, shipped} == {version}
    card = next(card for card in listed if card["id"] == version)
    assert card["command"].startswith("dinobard train dino --corpus names.txt")
    assert [card["own"] for card in listed if card["network"] == "dino"] == [True, False]
    assert json.loads(program.run("dino", "--json").out)["model"] == version

    score = json.loads(program.run("score", "dino", str(corpus), "--json").out)
    assert score["model"] == version
    assert score["characters"] == sum(len(name) + 1 for name in NAMES)
    assert 0 < score["nats_per_character"] < 3.3

    assert_refused(program, "models", "delete", version, code=1, about="Use another version")
    assert_refused(program, "models", "delete", shipped, code=1, about="not made here")
    assert shipped in program.run("models", "rollback").out
    assert json.loads(program.run("dino", "--json").out)["model"] == shipped
    assert program.run("models", "delete", version).code == 0
    assert version not in program.run("models").out


def test_the_versions_of_a_server_are_the_hosts_until_it_has_its_own(program: Program) -> None:
    shipped = json.loads(program.run("dino", "--json").out)["model"]

    assert f"* {shipped}" in program.run("models", "list", "--server", "7").out
    assert program.run("models", "use", shipped, "--server", "7").code == 0
    chosen = json.loads((program.home / "models/servers/7/dino/active.json").read_text())
    assert chosen == [shipped]
    assert program.run("models", "rollback", "--server", "7").code == 0


def test_an_interrupted_training_of_names_keeps_the_best_so_far(
    program: Program, corpus: Path
) -> None:
    training = subprocess.Popen(
        program.command("train", "dino", "--corpus", "names.txt", *QUICK[:-1], "10000"),
        cwd=program.home,
        env=program.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert training.stderr
    while "held out not yet scored" in (seen := training.stderr.read(200)) or "held" not in seen:
        assert training.poll() is None, "the training was over too soon"
    training.send_signal(signal.SIGINT)
    out, _ = training.communicate()

    assert training.returncode == 0
    assert "--resume goes on" in out
    assert len(json.loads(program.run("models", "list", "--json").out)) >= 2

    # What is left of it is not overwritten unasked.
    checkpoint = program.home / "models/dino/checkpoint.npz"
    kept = checkpoint.read_bytes()
    words = ("train", "dino", "--corpus", "names.txt", *QUICK)
    assert_refused(program, *words, code=1, about="--restart")
    assert_refused(program, *words, "--resume", "--restart", code=2, about="exclude")
    assert checkpoint.read_bytes() == kept
    restarted = program.run(*words, "--restart")
    assert restarted.code == 0, restarted.err
    assert not checkpoint.exists()
    (card,) = (program.home / f"models/dino/{restarted.out.split()[1].rstrip(',')}").glob("card*")
    assert "restart" not in json.loads(card.read_text())["command"]


def test_a_killed_training_resumes_to_the_same_model(program: Program, corpus: Path) -> None:
    words = ("train", "dino", "--corpus", "names.txt", *QUICK[:-1], "400", "--seed", "3")
    whole = program.run(*words, "--out", "whole")
    killed = subprocess.Popen(
        program.command(*words, "--out", "killed"),
        cwd=program.home,
        env=program.environment(),
        stderr=subprocess.PIPE,
        text=True,
    )
    assert killed.stderr
    # The bar names a score when the first checkpoint has been written.
    while "held out not yet scored" in (seen := killed.stderr.read(200)) or "held" not in seen:
        assert killed.poll() is None, "the training was over too soon"
    killed.send_signal(signal.SIGKILL)
    killed.communicate()

    resumed = program.run(*words, "--out", "killed", "--resume")

    assert resumed.code == 0, resumed.err
    # All but the day, which may end in between.
    assert resumed.out.split("-", 3)[3] == whole.out.split("-", 3)[3]
    assert not list((program.home / "killed/dino").glob(".*"))


def test_the_shipped_model_scores_what_its_card_says(program: Program) -> None:
    _, held_out = read_names(data.GENERA).split()
    (program.home / "held-out.txt").write_text("\n".join(held_out))

    score = json.loads(program.run("score", "dino", "held-out.txt", "--json").out)

    card = json.loads((data.MODELS / "dino" / score["model"] / "card.json").read_text())
    stated = card["scores"]["held_out_nats_per_character"]
    assert score["nats_per_character"] == pytest.approx(stated, abs=1e-4)


def test_samples_of_the_shipped_model_are_distinct(program: Program) -> None:
    measures = json.loads(program.run("evaluate", "dino", "--json").out)

    assert measures["samples"] == 10_000
    assert measures["share_distinct"] >= 0.95
    assert measures["share_new"] >= 0.95


def test_the_article_is_replayed_on_any_names(program: Program, corpus: Path) -> None:
    outcome = program.run("replay-article", "--names", str(corpus), "--iterations", "2001")

    reports = [line for line in outcome.out.splitlines() if line.startswith("Iteration")]
    assert [line.partition(",")[0] for line in reports] == ["Iteration: 0", "Iteration: 2000"]
    assert len(outcome.out.splitlines()) == 2 * 8


def test_a_damaged_model_is_named_and_others_can_be_used(program: Program, corpus: Path) -> None:
    program.run("train", "dino", "--corpus", str(corpus), *QUICK, "--use")
    weights = next(program.home.glob("models/dino/*/weights.npz"))
    weights.write_bytes(weights.read_bytes()[:-1])

    assert_refused(program, "dino", code=1, about="weights.npz is not as it was written")
    assert program.run("models", "rollback").code == 0
    assert program.run("dino").code == 0


def test_a_reader_that_leaves_early_is_no_failure(program: Program) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "wb") as closed:  # noqa: PTH123 - a descriptor
        done = subprocess.run(
            program.command("dino", "-n", "1000"),
            env=program.environment(),
            stdout=closed,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert "Traceback" not in done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    checkout = Path(__file__).parents[2]
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=checkout, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_an_installed_program_finds_its_data(program: Program, wheel: Path) -> None:
    installed = program.home / "installed"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)

    done = subprocess.run(
        program.command("dino", "--json"),
        cwd=program.home,
        env=program.environment(PYTHONPATH=str(installed)),
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(done.stdout)["names"]
    assert not any(name.startswith("tests/") for name in zipfile.ZipFile(wheel).namelist())
