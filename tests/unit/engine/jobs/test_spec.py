"""Jobs and events as JSON, those of earlier versions too."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from engine.families import FAMILIES
from engine.jobs.events import (
    Compared,
    Evaluated,
    Event,
    Failed,
    Progress,
    Side,
    from_line,
    to_line,
)
from engine.jobs.spec import (
    Limits,
    Places,
    TrainingJob,
    TrainingRequest,
    WorkerInput,
    job_from_json,
    worker_input_from_line,
)

REQUEST = TrainingRequest("dino", 7, b"Rex\n", "rex.txt", 3, options={"members": 2, "dropout": 0.5})
JOB = TrainingJob("0a1b2c3d", REQUEST, "2026-01-02T03:04:05+00:00", "2026-01-01-abcdef01", True)


def test_a_job_is_read_as_it_was_written_but_for_its_text() -> None:
    read = job_from_json(JOB.to_json())

    assert read == replace(JOB, request=replace(REQUEST, corpus=None))
    assert type(read.request.options["members"]) is int


def test_a_job_of_version_0_1_is_read() -> None:
    fields = asdict(JOB)
    order = fields.pop("request")
    del order["corpus"]
    order["server"] = order.pop("guild")
    written = json.dumps(fields | {"order": order}, indent=2).encode()

    assert job_from_json(written) == job_from_json(JOB.to_json())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b'{"request": 1}',
        b"null",
        b'{"request": null}',
        b'{"request": "server"}',
        b'{"request": ["server"]}',
        JOB.to_json().replace(b'"format":1', b'"format":2'),
        JOB.to_json().replace(b'"format":1', b'"format":null'),
        JOB.to_json().replace(b'"dino"', b'"haiku"'),
        JOB.to_json().replace(b'"seed":1', b'"seed":"1"'),
        JOB.to_json().replace(b'"seed":1', b'"seed":-1'),
        JOB.to_json()[:-1],
    ],
)
def test_a_damaged_job_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="a training job"):
        job_from_json(content)


@pytest.mark.parametrize("texts", [None, Path("texts")])
def test_the_input_of_a_worker_is_read_as_it_was_written(texts: Path | None) -> None:
    places = Places(Path("models"), Path("shipped"), Path("corpora"), texts)
    given = WorkerInput(places, Limits(), 42, tuple(FAMILIES.values()))

    assert worker_input_from_line(given.to_line()) == given
    with pytest.raises(ValueError, match="not the input"):
        worker_input_from_line(given.to_line()[:-3])


@pytest.mark.parametrize(
    "event",
    [
        Progress("training", 1, 2, 0, 1.5, 2.5, None),
        Failed("CorpusError", "Too small.", {"needed": 50}),
        Compared(Side("new", 1.5, ("Rex",)), None, 10, is_worse=False),
        Compared(Side("new", 1.5, ("Rex",)), Side("old", None, ()), 10, is_worse=True),
    ],
)
def test_an_event_is_read_as_it_was_written(event: Event) -> None:
    assert from_line(to_line(event)) == event


def test_the_events_of_version_0_1_are_read() -> None:
    stepped = '{"event": "Stepped", "stage": "training", "step": 3, "steps": 9, "passes": 1, '
    stepped += '"loss": 2.5, "seconds": 1.0, "seconds_left": null}\n'
    scored = '{"event": "Scored", "stage": "training", "step": 3, "score": 2.0, '
    scored += '"best_score": 2, "seconds": 1.0}\n'

    assert from_line(stepped) == Progress("training", 3, 9, 1, 2.5, 1.0, None)
    assert from_line(scored) == Evaluated("training", 3, 2.0, 2.0, 1.0)


@pytest.mark.parametrize("line", ["", "{}", "[]", '{"event": "Saved"}', '{"event": "Won"}'])
def test_a_damaged_event_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="not the line"):
        from_line(line)
