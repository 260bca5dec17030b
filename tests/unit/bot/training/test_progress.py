"""How a training looks."""

import re

import pytest

from bot.i18n.texts import texts_in
from bot.replies import as_text
from bot.training.progress import TrainingStatus, is_worse, shown_result, shown_status
from engine.jobs.events import (
    Cancelled,
    Compared,
    Crashed,
    Evaluated,
    Failed,
    Notice,
    Progress,
    Queued,
    Sampled,
    Saved,
    Side,
    Started,
)
from tests.unit.bot.storage.test_training_log import ENTRY

TEXTS = texts_in("en")
STEPPED = Progress("fine-tuning", 30, 60, 2, 1.2345, 61.0, 125.0)
COMPARED = Compared(Side("v", 1.5, ("Newdon",)), Side("w", 1.25, ("Oldodon",)), 80, is_worse=True)


def status(*events: object) -> TrainingStatus:
    found = TrainingStatus(ENTRY)
    for event in events:
        found.take(event)  # pyright: ignore[reportArgumentType] - events alone are given
    return found


def test_a_training_that_runs_shows_all_that_is_known() -> None:
    reply = shown_status(
        status(
            Started(1, False), STEPPED, Evaluated("fine-tuning", 30, 1.1, 1.1, 61.0), Sampled("Rex")
        ),
        TEXTS,
    )

    text = as_text(reply)
    for part in ("█" * 10 + "░" * 10, "50 %", "pass 3", "Loss 1.23\n", "1.10", "2 minutes", "Rex"):
        assert part in text
    assert [button.label for button in reply.buttons] == ["Cancel"]


@pytest.mark.parametrize(("position", "said"), [(0, "soon"), (1, "next"), (2, "2 trainings")])
def test_a_training_that_waits_shows_its_place(position: int, said: str) -> None:
    assert said in as_text(shown_status(status(Queued(position)), TEXTS))


def test_a_result_shows_both_sides_and_warns_of_a_worse_one() -> None:
    reply = shown_result(status(COMPARED, Saved("v", is_whole=True)), b"png", TEXTS)

    text = as_text(reply)
    for part in ("Oldodon", "1.25", "Newdon", "1.50", "Worse: 1.50 against 1.25 (lower", "80"):
        assert part in text
    assert [button.label for button in reply.buttons] == ["Keep", "Discard"]
    assert reply.attachments


@pytest.mark.parametrize(
    ("new", "old", "english", "chinese"),
    [
        (1.85, 3.7, "Better: 1.85 against 3.70 (lower is better).", ("更好", "1.85", "3.70")),
        (3.7, 1.85, "Worse: 3.70 against 1.85 (lower is better).", ("更差", "3.70", "1.85")),
        (1.854, 1.851, "As good: 1.85 against 1.85 (lower is better).", ("一样好", "1.85")),
        (1.851, 1.854, "As good: 1.85 against 1.85 (lower is better).", ("一样好", "1.85")),
        (1.85, None, "There is no score to compare with.", ("没有可以比较的得分",)),
    ],
)
def test_a_result_says_which_score_is_better(
    new: float, old: float | None, english: str, chinese: tuple[str, ...]
) -> None:
    compared = Compared(
        Side("v", new, ("Rex",)), Side("w", old, ()), 80, old is not None and new > old
    )
    ended = status(compared, Saved("v", is_whole=True))

    assert english in shown_result(ended, None, TEXTS).text
    assert re.search(".*".join(chinese), shown_result(ended, None, texts_in("zh-CN")).text)
    assert is_worse(compared) == english.startswith("Worse")


def test_a_first_network_is_compared_with_nothing() -> None:
    first = Compared(Side("v", 1.5, ("Rex",)), None, 80, is_worse=False)

    text = shown_result(status(first, Saved("v", is_whole=True)), None, TEXTS).text

    assert text == "Training finished: model v."


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (Failed("PermissionError", "No."), "disk"),
        (Failed("MemoryError", "No."), "memory"),
        (Failed("DownloadError", "No.", {"url": "", "reason": ""}), "cannot be loaded right now"),
        (Failed("CheckpointError", "No.", {"path": "", "reason": ""}), "start it again"),
        (Failed("ValueError", "It is damaged."), "the log says why"),
        (Crashed(-9, "Stepped", "Killed."), "without a reason"),
        (Cancelled(), "cancelled"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_end_without_a_version_offers_nothing(
    end: Failed | Crashed | Cancelled, said: str
) -> None:
    for reply in (shown_result(status(end), None, TEXTS), shown_status(status(end), TEXTS)):
        assert not reply.buttons
        assert said in reply.text


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
def test_what_differs_from_the_request_is_said_while_it_runs_and_at_the_end(locale: str) -> None:
    notices = (
        Notice("start-unfit", version="2026-01-02-abcdef01", share=0.19996),
        Notice("partly-learned", share=0.99996),
    )
    texts = texts_in("en" if locale == "en" else "zh-CN")

    running = as_text(shown_status(status(Started(1, False), *notices, STEPPED), texts))
    # A training that is resumed says it again.
    whole = status(*notices, *notices, COMPARED, Saved("v", is_whole=True))
    ended = shown_result(whole, None, texts).text

    for said in (running, ended):
        for part in ("2026-01-02-abcdef01", "19.9", "99.9"):
            assert said.count(part) == 1
    assert "100" not in ended


@pytest.mark.parametrize("old", [None, Side("w", 1.75, ("Oldodon",))])
@pytest.mark.parametrize(("locale", "said"), [("en", "cannot be kept"), ("zh-CN", "无法保留")])
def test_a_version_without_a_sample_that_can_be_shown_is_not_offered(
    old: Side | None, locale: str, said: str
) -> None:
    texts = texts_in("en" if locale == "en" else "zh-CN")
    compared = Compared(Side("v", 1.5, ()), old, 80, is_worse=False)

    reply = shown_result(status(compared, Saved("v", is_whole=True)), None, texts)

    assert [button.label for button in reply.buttons] == [texts("training-discard")]
    assert said in reply.text
    assert "1.75" not in reply.text


def test_a_version_that_was_never_compared_is_not_offered() -> None:
    reply = shown_result(status(Saved("v", is_whole=True)), None, TEXTS)

    assert [button.label for button in reply.buttons] == ["Discard"]
