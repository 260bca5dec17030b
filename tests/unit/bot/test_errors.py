"""Every error of the engine has a reply of its own; anything else has a reference number."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.errors import REPLIES, reply_to
from bot.texts import texts_in
from engine import (
    CheckpointError,
    CorpusTooLargeError,
    CorpusTooSmallError,
    EngineBusyError,
    EngineClosedError,
    EngineError,
    EngineLateError,
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
    assert {type(error) for error in ERRORS} == set(_leaves(EngineError))


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_every_error_of_the_engine_has_a_reply(error: EngineError) -> None:
    reply = reply_to(error, texts_in("en"))

    assert any(kind in REPLIES for kind in type(error).__mro__)
    assert reply.is_refusal
    assert reply.text.endswith(".")
    assert "Something went wrong" not in reply.text
    assert "/secret" not in reply.text


def test_anything_else_is_logged_under_a_reference_number(
    caplog: pytest.LogCaptureFixture,
) -> None:
    reply = reply_to(RuntimeError("a member's words"), texts_in("en"))

    assert "a member's words" not in reply.text
    reference = reply.text.rstrip(".").rpartition(" ")[2]
    assert f"reference {reference}" in caplog.text
