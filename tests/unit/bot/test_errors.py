"""Every error of the engine has a reply of its own; anything else has a reference number."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.errors import INVALID, REPLIES, reply_to
from bot.texts import LOCALES, Locale, texts_in
from engine import (
    CheckpointError,
    CorpusTooLargeError,
    CorpusTooSmallError,
    EngineBusyError,
    EngineClosedError,
    EngineError,
    EngineLateError,
    IndecentLineError,
    InvalidRequestError,
    ModelDamagedError,
    ModelInheritedError,
    ModelInUseError,
    ModelNotFoundError,
    NothingInventedError,
    NothingWrittenError,
    NotTextError,
)
from engine.errors import (
    DownloadError,
    TrainingNotFoundError,
    TrainingPendingError,
    TrainingQueueFullError,
)

ERRORS = [
    InvalidRequestError("wish", "short"),
    NothingInventedError("tri"),
    NothingWrittenError(),
    IndecentLineError(),
    NotTextError("names.txt", "it is empty"),
    CorpusTooSmallError(2, 50),
    CorpusTooLargeError(3, 2),
    DownloadError("https://verse.example/rose.txt", "no server answers"),
    ModelNotFoundError("old"),
    ModelDamagedError(Path("/secret/place"), "it is gone"),
    ModelInUseError("new"),
    ModelInheritedError("shipped"),
    TrainingQueueFullError(8),
    TrainingPendingError("abcd"),
    TrainingNotFoundError("abcd"),
    CheckpointError(Path("checkpoint.npz"), "it is gone"),
    EngineBusyError(2.0),
    EngineLateError(2.0),
    EngineClosedError(),
]


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


def test_what_the_engine_calls_a_part_of_a_wish_has_a_text_of_its_own() -> None:
    """Each field of an InvalidRequestError that members can meet is in the table."""
    paths = [*Path("engine").glob("*.py"), *Path("bot").glob("*.py")]
    code = "".join(path.read_text("utf-8") for path in paths)
    raised = re.findall(r"InvalidRequestError\(\s*\"([^\"]+)\"", code)
    required = re.findall(r"_require\([^\"]+\"([^\"]+)\"", code)

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
