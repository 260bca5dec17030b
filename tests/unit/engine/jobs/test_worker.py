"""What the process of a training reports of time."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from engine.jobs.directory import JobDirectory
from engine.jobs.events import Evaluated, Notice, Progress
from engine.jobs.worker import ProgressReporter
from engine.training.events import NetworkScored, Stepped

MINUTES = 100.0


@dataclass
class Clock:
    """A clock that is set by hand."""

    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("steps", "limit", "ends"),
    [(40, 36.1, True), (40, 35.9, False), (10, 0.1, True), (11, 10.0, True), (11, 9.8, False)],
)
def test_the_end_of_a_stage_is_estimated_from_its_pace(
    tmp_path: Path, steps: int, limit: float, ends: bool
) -> None:
    clock = Clock()
    report = ProgressReporter(JobDirectory(tmp_path), clock)
    assert not report.ends_by(limit)

    for step in range(1, 11):
        report.step("training", Stepped(0, step, steps, 2.0), MINUTES)
        clock.now += 1

    # Ten steps have taken nine seconds.
    clock.now -= 1
    report.step("training", Stepped(0, 10, steps, 2.0), MINUTES)
    assert report.ends_by(limit) == ends


def test_a_stage_that_is_complete_ends_by_any_time(tmp_path: Path) -> None:
    clock = Clock()
    report = ProgressReporter(JobDirectory(tmp_path), clock)
    clock.now += 50

    report.step("training", Stepped(1, 5, 5, 2.0), MINUTES)

    assert report.ends_by(0.1)


def test_the_time_of_what_is_lost_does_not_count(tmp_path: Path) -> None:
    files = JobDirectory(tmp_path)
    files.append(Progress("training", 5, 10, 0, 2.0, 300.0, None))
    clock = Clock()
    report = ProgressReporter(files, clock)
    clock.now += 7
    assert report.seconds == 307

    report.begin_again("it cannot be read")
    clock.now += 2
    report.begin_again("it cannot be read")

    assert report.seconds == 2
    notices = [event for event in files.events() if isinstance(event, Notice)]
    assert notices == [Notice("checkpoint-lost", reason="it cannot be read")]


def test_a_first_run_loses_nothing(tmp_path: Path) -> None:
    files = JobDirectory(tmp_path)

    ProgressReporter(files, Clock()).begin_again("there was none yet")

    assert files.events() == []


def test_scores_for_the_plot_take_a_tenth_of_the_time(tmp_path: Path) -> None:
    files = JobDirectory(tmp_path)
    clock = Clock()
    report = ProgressReporter(files, clock)

    def held_out() -> float:
        clock.now += 5
        return 1.5

    for _ in range(10):
        clock.now += 20
        report.score("training", NetworkScored(2.0, 2.0, None), held_out)

    scores = [event.held_out for event in files.events() if isinstance(event, Evaluated)]
    # After 25 seconds the next may follow at 50, after 75 at 100 and so on.
    assert scores[0] == 1.5
    assert 0.3 <= scores.count(1.5) / len(scores) <= 0.6
    assert set(scores) == {1.5, None}
