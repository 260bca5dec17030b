"""`python -m engine.jobs.worker FOLDER`: the process of one training.

FOLDER is a `JobDirectory`. The first line of stdin is a `WorkerInput`. Each line of stdout is an
event of `engine.jobs.events`, the last one Saved, Failed or Paused. SIGTERM, and the end of the
parent process, pause the training; its checkpoint stays. It may be killed at any time.
"""

from __future__ import annotations

import math
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import psutil
from threadpoolctl import threadpool_limits

from engine.errors import CheckpointError, EngineError, details_of
from engine.families import family, register
from engine.files import lock_at
from engine.jobs.directory import JobDirectory
from engine.jobs.events import (
    Compared,
    Evaluated,
    Event,
    Failed,
    Notice,
    Paused,
    Progress,
    Sampled,
    Saved,
    Started,
    to_line,
)
from engine.jobs.spec import Limits, WorkerInput, worker_input_from_line
from engine.jobs.task import JobContext, TrainingTask
from engine.training.events import (
    NetworkScored,
    NetworkTrained,
    PartlyLearned,
    StageStarted,
    StartUnfit,
    Stepped,
    VersionSaved,
)

_OVERTIME = 1.1
"""Times the limit that a training may take if it is complete by then."""

_SCORING_SHARE = 0.1
_SECONDS_BETWEEN_STEPS = 0.25
_SECONDS_BETWEEN_SAMPLES = 5.0


class Stopped(BaseException):
    """The training must pause."""


class StopSignal:
    """Raises `Stopped` after SIGTERM or the end of the parent process."""

    def __init__(self, parent: int) -> None:
        self._parent = parent
        self._is_set = False

    def listen(self) -> None:
        """Handle SIGTERM from now on; before, it ends the process."""
        signal.signal(signal.SIGTERM, self._set)

    def check(self) -> None:
        """Raise `Stopped` if the training must pause."""
        # Windows keeps the id of a parent that has ended; there the broken pipe shows it.
        if self._is_set or (os.name != "nt" and os.getppid() != self._parent):
            raise Stopped

    def _set(self, _signal: int, _frame: FrameType | None) -> None:
        self._is_set = True


class ProgressReporter:
    """Reports events on stdout and in the directory of the training."""

    def __init__(self, files: JobDirectory, clock: Callable[[], float] = time.monotonic) -> None:
        self._files = files
        self._clock = clock
        self._began = clock()
        self._earlier = max(
            (e.seconds for e in files.events() if isinstance(e, Progress | Evaluated)), default=0.0
        )
        self._is_resumed = self._earlier > 0
        self._seconds_left = math.inf
        self._scoring = 0.0
        self._step: Progress | None = None
        self._resumed_at = 0
        self._stage_began = self._began
        self._next_step = self._next_sample = self._began

    @property
    def seconds(self) -> float:
        """Duration of the training, earlier runs included."""
        return self._earlier + self._clock() - self._began

    def begin_again(self, reason: str) -> None:
        """Report that what was learned earlier is lost; the time for it counts no more."""
        if self._is_resumed:
            self._is_resumed = False
            self._earlier, self._began = 0.0, self._clock()
            self.emit(Notice("checkpoint-lost", reason=reason))

    def ends_by(self, seconds: float) -> bool:
        """Tell whether the stage ends before the training has run so long, as far as is known."""
        return self._seconds_left == 0 or self.seconds + self._seconds_left <= seconds

    @property
    def wants_sample(self) -> bool:
        """Whether a sample is due; True starts the next interval."""
        if self._clock() < self._next_sample:
            return False
        self._next_sample = self._clock() + _SECONDS_BETWEEN_SAMPLES
        return True

    def emit(self, event: Event) -> None:
        """Report an event; raises `Stopped` where the parent process has ended."""
        self._files.append(event)
        try:
            _write(event)
        except (BrokenPipeError, ValueError) as error:  # The parent process has ended.
            raise Stopped from error

    def step(self, stage: str, event: Stepped, minutes: float) -> None:
        """Report a step, at most four a second; raises what `emit` raises."""
        now = self._clock()
        if self._step is None or self._step.stage != stage:
            self._resumed_at, self._stage_began = event.step - 1, now
        done, left = event.step - self._resumed_at, event.steps - event.step
        pace = (now - self._stage_began) / done
        self._seconds_left = pace * left
        seconds_left = min(self._seconds_left, max(0.0, minutes * 60 - self.seconds))
        self._step = Progress(
            stage=stage,
            step=event.step,
            steps=event.steps,
            passes=event.epoch,
            loss=event.loss,
            seconds=self.seconds,
            seconds_left=seconds_left if done > 1 else None,
        )
        if now >= self._next_step or event.step == event.steps:
            self._next_step = now + _SECONDS_BETWEEN_STEPS
            self.emit(self._step)

    def score(self, stage: str, score: NetworkScored, held_out: Callable[[], float]) -> None:
        """Report a score; raises what `emit` raises.

        The score on the held-out text, for the plot alone, takes a tenth of the time at most.
        """
        began = self._clock()
        nats: float | None = None
        if self._scoring <= _SCORING_SHARE * (began - self._began):
            nats = held_out()
            self._scoring += self._clock() - began
        step = self._step.step if self._step else 0
        self.emit(Evaluated(stage, step, score.score, score.best_score, self.seconds, nats))


def main() -> int:
    """Run the training; returns the exit code."""
    given = worker_input_from_line(sys.stdin.readline())
    for row in given.families:
        register(row)
    _limit_resources(given.limits)
    files = JobDirectory(Path(sys.argv[1]))
    stop = StopSignal(given.parent)
    # Held until the process ends: one training at a time on a machine.
    with lock_at(files.folder.parent / ".machine.lock"):
        try:
            _train(JobContext(files.job(), files, given.places), given.limits, stop)
        except Stopped:
            _emit_last(Paused())
        except (EngineError, OSError, MemoryError) as error:
            _emit_last(_failure(error, given))
        except Exception as error:
            # TensorFlow's class exists only where TensorFlow is loaded.
            if type(error).__name__ != "ResourceExhaustedError":
                raise
            _emit_last(_failure(MemoryError(), given))
    return 0


def _train(job_context: JobContext, limits: Limits, stop: StopSignal) -> None:
    stop.check()
    job_context.directory.sweep()
    report = ProgressReporter(job_context.directory)
    report.emit(Started(os.getpid(), job_context.directory.checkpoint.exists()))
    task: TrainingTask = family(job_context.job.request.network).make_task(job_context)
    stop.listen()
    version = job_context.written or _learn(task, job_context, limits, report, stop)
    is_whole = "interrupted" not in job_context.registry.card(version).settings
    compared = task.compare(version)
    _plot(job_context, compared)
    report.emit(compared)
    stop.check()
    report.emit(Saved(version, is_whole))


def _learn(
    task: TrainingTask,
    job_context: JobContext,
    limits: Limits,
    report: ProgressReporter,
    stop: StopSignal,
) -> str:
    minutes = job_context.job.request.minutes or limits.minutes
    if not job_context.directory.checkpoint.exists():
        report.begin_again("there was none yet")
    try:
        return _follow(task, minutes, report, stop)
    except CheckpointError as error:
        job_context.directory.checkpoint.unlink()
        report.begin_again(error.reason)
        return _follow(task, minutes, report, stop)


def _follow(task: TrainingTask, minutes: float, report: ProgressReporter, stop: StopSignal) -> str:
    events = task.train()
    stage, is_last, has_best = "training", True, False
    pending: Any = next(events)
    while True:
        match pending:
            case StageStarted():
                stage, is_last, has_best = pending.name, pending.is_last, False
            case Stepped():
                report.step(stage, pending, minutes)
            case NetworkScored():
                has_best = True
                task.observe(pending)
                report.score(stage, pending, task.held_out_score)
                if report.wants_sample and (text := task.sample()):
                    report.emit(Sampled(text))
            case StartUnfit():
                report.emit(Notice("start-unfit", pending.version, pending.spelled_share))
            case PartlyLearned():
                report.emit(Notice("partly-learned", share=pending.share))
            case NetworkTrained():
                # The last stage is complete: what follows is its version.
                has_best = not is_last
            case VersionSaved():
                events.close()
                return pending.card.id
            case _:
                pass
        stop.check()
        # Before the first score there is nothing to save.
        is_over = has_best and report.seconds > minutes * 60
        if is_over and not (is_last and report.ends_by(minutes * 60 * _OVERTIME)):
            pending = events.throw(KeyboardInterrupt())
        else:
            pending = next(events)


def _plot(job_context: JobContext, compared: Compared) -> None:
    from engine.jobs.loss_plot import plot  # loads Matplotlib

    files = job_context.directory
    plot(files.loss_plot, files.events(), compared, job_context.job.request.labels)


def _limit_resources(limits: Limits) -> None:
    """Lower the priority of this process and limit its memory and files."""
    threadpool_limits(1, user_api="blas")
    if sys.platform == "win32":
        psutil.Process().nice(psutil.IDLE_PRIORITY_CLASS)
        return
    import resource

    os.nice(limits.niceness)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.file_bytes, limits.file_bytes))
    # Data, not address space, of which TensorFlow reserves plenty.
    resource.setrlimit(resource.RLIMIT_DATA, (limits.memory_bytes, limits.memory_bytes))


def _failure(error: EngineError | OSError | MemoryError, given: WorkerInput) -> Failed:
    kind = type(error).__name__
    if isinstance(error, MemoryError):
        size = given.limits.memory_bytes // 1024**2
        return Failed(kind, f"The training needs more than {size:,} MiB. Give it a smaller text.")
    if isinstance(error, OSError):
        reason = (error.strerror or "it could not be read or written").lower()
        return Failed(kind, f"The disk of my machine fails: {reason}. Tell whoever runs me.")
    text = str(error)
    for place in (given.places.texts, given.places.models, given.places.shipped):
        text = text.replace(str(place), "my machine") if place else text
    return Failed(kind, text, details_of(error))


def _emit_last(event: Event) -> None:
    try:
        _write(event)
    except (BrokenPipeError, ValueError):
        # The parent has ended; its next process reads the files.
        sys.stdout = None


def _write(event: Event) -> None:
    sys.stdout.write(to_line(event))
    sys.stdout.flush()


if __name__ == "__main__":
    code = main()
    # Exit without waiting for threads of libraries; all files are written.
    os._exit(code)
