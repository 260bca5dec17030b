"""Two ways of doing the same thing, timed turn about in one process, and the ratio printed."""

from __future__ import annotations

import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import click
import numpy as np


@dataclass(frozen=True, slots=True)
class Row:
    """An answer.

    Attributes:
        question: what is compared.
        baseline: median of the baseline's measures.
        ours: median of ours.
        ratio: how many times better ours is.
        target: the least ratio wanted, or None where the row is for information.
        unit: of both medians.
    """

    question: str
    baseline: float
    ours: float
    ratio: float
    target: float | None = None
    unit: str = "s"


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def compare(
    question: str,
    baseline: Callable[[], object],
    ours: Callable[[], object],
    *,
    runs: int,
    target: float | None = None,
) -> Row:
    """Time both turn about and compare their times."""
    times = turn_about(baseline, ours, runs)
    return row(question, [b for b, _ in times], [o for _, o in times], target=target)


def turn_about(
    baseline: Callable[[], object], ours: Callable[[], object], runs: int
) -> list[tuple[float, float]]:
    """Time both turn about, after a run of each that does not count."""
    return [(seconds(baseline), seconds(ours)) for _ in range(runs + 1)][1:]


def row(
    question: str,
    baseline: Sequence[float],
    ours: Sequence[float],
    *,
    target: float | None = None,
    unit: str = "s",
) -> Row:
    """Compare measures of which less is better, taken turn about; the ratio is the median one."""
    ratios = [b / o for b, o in zip(baseline, ours, strict=True)]
    medians = statistics.median(baseline), statistics.median(ours)
    return Row(question, *medians, statistics.median(ratios), target, unit)


def report(rows: Sequence[Row], *, seed: int, as_json: bool) -> None:
    """Print the machine and the seed, then a line for each row."""
    machine = {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "seed": seed,
    }
    if as_json:
        click.echo(json.dumps({**machine, "rows": [asdict(row) for row in rows]}))
        return
    click.echo(", ".join(f"{name} {value}" for name, value in machine.items()))
    for answer in rows:
        wanted = "" if answer.target is None else f"  (wanted: {answer.target:g})"
        click.echo(
            f"{answer.question:56} {answer.baseline:9.4f} {answer.unit:2} "
            f"{answer.ours:9.4f} {answer.unit:2} {answer.ratio:8.1f} x{wanted}"
        )
