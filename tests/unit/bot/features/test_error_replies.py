"""Every error of the engine has a reply of its own; anything else has a reference number."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from bot.features.error_replies import INVALID, REPLIES, reply_to
from bot.i18n.texts import LOCALES, Locale, texts_in
from bot.training.progress import TrainingStatus, ending_of
from engine import (
    CheckpointError,
    CorpusTooLargeError,
    CorpusTooSmallError,
    DeadlineExceededError,
    EngineClosedError,
    EngineError,
    IndecentLineError,
    IndecentPrefixError,
    InvalidRequestError,
    ModelDamagedError,
    ModelInheritedError,
    ModelInUseError,
    ModelNotFoundError,
    NoNamesError,
    NoPoemError,
    NotTextError,
    OverloadedError,
)
from engine.errors import (
    DownloadError,
    Flaw,
    ModelSpaceError,
    TooManyTrainingsError,
    TrainingNotFoundError,
    TrainingNotRunError,
    TrainingPendingError,
    TrainingQueueFullError,
    Unit,
    details_of,
    error_of,
)
from engine.jobs.events import Failed, from_line, to_line
from tests.unit.bot.i18n.test_locales import catalogue
from tests.unit.bot.storage.test_training_log import ENTRY

ERRORS = [
    InvalidRequestError("request", "short"),
    NoNamesError("tri"),
    NoPoemError(),
    IndecentLineError(),
    IndecentPrefixError(),
    NotTextError("names.txt", "it has no names", "empty"),
    NotTextError("names.txt", "line 3 has a control character", "control", line=3, sign="U+0007"),
    *(CorpusTooSmallError(2, 50, unit, "too little") for unit in get_args(Unit)),
    CorpusTooLargeError(3, 2),
    DownloadError("https://verse.example/rose.txt", "no server answers"),
    ModelNotFoundError("old"),
    ModelDamagedError(Path("/secret/place"), "it is gone"),
    ModelInUseError("new"),
    ModelInheritedError("shipped"),
    TrainingQueueFullError(8),
    TooManyTrainingsError(2),
    ModelSpaceError(300, 200),
    TrainingPendingError("abcd"),
    TrainingNotFoundError("abcd"),
    TrainingNotRunError(),
    CheckpointError(Path("checkpoint.npz"), "it is gone"),
    OverloadedError(2.0),
    DeadlineExceededError(2.0),
    EngineClosedError(),
]


SENTENCE = re.compile(r"[A-Za-z]+(?:[ ,]+[a-z]+){2}")
"""Three English words in a row; commands and names have fewer."""


def _leaves(kind: type[Exception]) -> Iterator[type[Exception]]:
    if not kind.__subclasses__():
        yield kind
    for below in kind.__subclasses__():
        yield from _leaves(below)


def test_every_kind_of_error_is_tried_here() -> None:
    assert {type(error) for error in ERRORS} >= set(_leaves(EngineError))


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_every_error_of_the_engine_has_a_reply(error: EngineError, locale: Locale) -> None:
    reply = reply_to(error, texts_in(locale))

    assert any(kind in REPLIES for kind in type(error).__mro__)
    assert reply.is_refusal
    assert reply.is_private
    assert reply.text.endswith((".", "。"))
    assert texts_in(locale)("unexpected", reference="")[:6] not in reply.text
    assert "/secret" not in reply.text


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_no_sentence_of_the_engine_reaches_who_reads_chinese(error: EngineError) -> None:
    assert SENTENCE.search(str(error))
    assert not SENTENCE.search(reply_to(error, texts_in("zh-CN")).text)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_from_the_process_of_a_training_is_told_like_any_other(
    error: EngineError, locale: Locale
) -> None:
    failed = Failed(type(error).__name__, str(error), details_of(error))
    heard = from_line(to_line(failed))
    assert isinstance(heard, Failed)

    told = ending_of(TrainingStatus(ENTRY, end=heard), texts_in(locale))

    assert reply_to(error, texts_in(locale)).text in told
    assert texts_in(locale)("training-failed", reason="") in told
    assert "/secret" not in to_line(Failed("", "", details_of(error)))


@pytest.mark.parametrize(
    ("kind", "details"),
    [("ValueError", {}), ("Path", {}), ("NotTextError", {"source": "x"}), ("OverloadedError", {})],
)
def test_an_unknown_failure_is_left_to_the_log(kind: str, details: dict[str, str]) -> None:
    assert error_of(kind, details) is None
    ending = TrainingStatus(ENTRY, end=Failed(kind, "An English sentence of the engine.", details))
    assert "日志" in ending_of(ending, texts_in("zh-CN"))
    assert "sentence" not in ending_of(ending, texts_in("en"))


def _flawed() -> Iterator[tuple[str, set[str]]]:
    """Yield the flaw and the values of each `NotTextError` that the code raises."""
    for path in [*Path("engine").rglob("*.py"), *Path("bot").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("NotTextError"):
                _, _, flaw = node.args
                yield ast.literal_eval(flaw), {str(keyword.arg) for keyword in node.keywords}


def test_every_flaw_of_a_text_is_told_with_its_values_in_every_language() -> None:
    found = list(_flawed())

    assert {flaw for flaw, _ in found} == set(get_args(Flaw))
    for locale in LOCALES:
        texts = catalogue(locale)
        for flaw, values in found:
            assert texts[f"not-text-{flaw}"] == values, (locale, flaw)


def test_what_the_engine_calls_a_part_of_a_request_has_a_text_of_its_own() -> None:
    """Each field of an InvalidRequestError that members can meet is in the table."""
    paths = [*Path("engine").rglob("*.py"), *Path("bot").rglob("*.py")]
    code = "".join(path.read_text("utf-8") for path in paths)
    raised = re.findall(r"InvalidRequestError\(\s*\"([^\"]+)\"", code)
    required = re.findall(r"\b_?require\([^\"]+\"([^\"]+)\"", code)

    # A command offers neither of the others, and `dinobard train` speaks English.
    of_hosts = {"top-p", "top-k", "number of candidates", "precision"}
    assert {*raised, *required} - of_hosts == set(INVALID)


def test_anything_else_is_logged_under_a_reference_number(
    caplog: pytest.LogCaptureFixture,
) -> None:
    reply = reply_to(RuntimeError("a member's words"), texts_in("en"))

    assert "a member's words" not in reply.text
    reference = reply.text.rstrip(".").rpartition(" ")[2]
    assert f"reference {reference}" in caplog.text
