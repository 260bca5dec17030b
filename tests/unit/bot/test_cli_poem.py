"""The subcommands for poem models, on verse of our own."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from tests.verse import STANZAS, VERSE

pytestmark = pytest.mark.slow

TRAIN = ("train", "poem", "--units", "16", "--batch-size", "4", "--seed", "3")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DINOBARD_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "verse.txt").write_text(VERSE, "utf-8")
    return tmp_path


def _run(*words: str, expected: int = 0) -> Result:
    result = CliRunner().invoke(main, words)
    assert result.exit_code == expected, result.output
    return result


def test_a_model_is_trained_listed_scored_and_fine_tuned(home: Path) -> None:
    _run(*TRAIN, "--corpus", "verse.txt", "--fresh", "--passes", "4", "--licence", "CC0", "--use")

    (card,) = [
        c
        for c in json.loads(_run("models", "list", "--json").stdout)
        if c["active"] and c["network"] == "poem"
    ]
    assert card["corpus"]["licence"] == "CC0"
    (home / "other.txt").write_text("".join(f"{stanza} \n" for stanza in STANZAS[:3]))
    score = json.loads(_run("score", "poem", "other.txt", "--json").stdout)
    assert score["characters"] == sum(map(len, STANZAS[:3]))
    assert score["model"] == card["id"]
    assert 0.5 < score["nats_per_character"] < 4

    tuned = _run("train", "poem", "--corpus", "verse.txt", "--passes", "2", "--from", card["id"])

    assert tuned.stdout.startswith("Saved ")
    versions = json.loads(_run("models", "list", "--json").stdout)
    assert {v["settings"].get("from") for v in versions if v["network"] == "poem"} >= {card["id"]}


def test_a_trained_model_writes_and_is_evaluated() -> None:
    _run(*TRAIN, "--corpus", "verse.txt", "--fresh", "--passes", "8", "--use")

    written = _run("poem", "The cat", "sleeps", "--length", "120", "--seed", "5")
    again = json.loads(
        _run("poem", "The cat sleeps", "--length", "120", "--seed", "5", "--json").stdout
    )
    measures = json.loads(_run("evaluate", "poem", "--corpus", "verse.txt", "--json").stdout)

    assert written.stdout.startswith("The cat sleeps")
    assert written.stdout == f"{again['text']}\n"
    assert again["model"] == measures["model"]
    assert measures["poems"] == 200
    assert 0 <= measures["share_of_words_known"] <= 1


def test_editions_do_not_go_with_a_corpus() -> None:
    result = _run("train", "poem", "--corpus", "verse.txt", "--edition", "verse.txt", expected=2)

    assert "--edition" in result.stderr


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"\xff\xfe", "not UTF-8"), (b"A line.\n", "too few")],
    ids=["no text", "too short"],
)
def test_an_unfit_corpus_is_one_line_on_stderr(home: Path, content: bytes, reason: str) -> None:
    (home / "bad.txt").write_bytes(content)

    result = _run("train", "poem", "--corpus", "bad.txt", expected=1)

    assert reason in result.stderr
    assert result.stderr.count("\n") == 1


def test_the_works_are_missed_with_a_hint(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DINOBARD_CORPUS", str(home))

    result = _run("train", "poem", expected=1)

    assert "DINOBARD_CORPUS" in result.stderr


def test_the_manifest_is_listed() -> None:
    assert "public domain" in _run("corpus", "list").stdout
    (works,) = json.loads(_run("corpus", "list", "--json").stdout)
    assert (works["name"], len(works["files"])) == ("shakespeare", 42)
    assert "shakespeare" in _run("corpus", "fetch", "nothing", expected=2).stderr


def test_the_articles_model_trains_and_writes() -> None:
    result = _run(
        "replay-article-poem", "--corpus", "verse.txt", "--prompt", "The cat", "--length", "8"
    )

    assert f"number of training examples: {len(range(0, len(VERSE) - 1 - 40, 3))}" in result.stdout
    assert "After epoch 1, loss " in result.stdout
    assert "Here is your poem:\n\nThe cat" in result.stdout
