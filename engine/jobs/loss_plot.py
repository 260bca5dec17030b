"""The loss plot of a training; loads Matplotlib."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from engine.files import replace_file
from engine.jobs.events import Compared, Evaluated, Event, Notice, Progress, Started
from engine.jobs.spec import LABELS
from engine.text.fonts import bundled, first_with

_ACCENT, _OLD = "#2f6f4f", "#b3541e"
_UNITS = (("seconds", 1, 120), ("minutes", 60, 7_200), ("hours", 3_600, math.inf))


def plot(
    path: Path,
    events: Sequence[Event],
    compared: Compared,
    labels: Mapping[str, str] = LABELS,
) -> None:
    """Plot the score of the new network over time, and the final scores as lines.

    All are on the text that both are compared on. Labels are English where some are missing or no
    font has their symbols.
    """
    points = curve(events)
    unit, size = unit_of(max((seconds for seconds, _ in points), default=0))
    figure = Figure(figsize=(8, 4.5), dpi=120, layout="constrained")
    words, font = _written(labels)
    # Matplotlib's own types leave the kinds of its options open.
    axes: Any = figure.add_subplot()
    times, scores = [seconds / size for seconds, _ in points], [score for _, score in points]
    axes.plot(times, scores, "o-", color=_ACCENT, ms=3, label=words["held-out"])
    for side, color, label in ((compared.new, _ACCENT, "new"), (compared.old, _OLD, "old")):
        if side and side.nats_per_character is not None:
            nats = side.nats_per_character
            axes.axhline(nats, color=color, linestyle="--", label=words[label])
    axes.set_title(words["title"], font=font)
    axes.set_xlabel(words[unit], font=font)
    axes.set_ylabel(words["nats"], font=font)
    axes.grid(alpha=0.3)
    axes.legend(prop=font)
    content = io.BytesIO()
    canvas: Any = FigureCanvasAgg(figure)
    canvas.print_png(content)
    replace_file(path, content.getvalue())


def curve(events: Sequence[Event]) -> list[tuple[float, float]]:
    """Return the seconds of learning and the held-out scores, without pauses and restarts.

    What was learned before a lost checkpoint is left out.
    """
    points: list[tuple[float, float]] = []
    learned = 0.0
    before: float | None = None
    for event in events:
        match event:
            case Started():
                before = None
            case Notice(kind="checkpoint-lost"):
                points, learned, before = [], 0.0, None
            case Progress() | Evaluated():
                learned += max(0.0, event.seconds - before) if before is not None else 0.0
                before = event.seconds
                if isinstance(event, Evaluated) and event.held_out is not None:
                    points.append((learned, event.held_out))
            case _:
                pass
    return points


def unit_of(seconds: float) -> tuple[str, int]:
    """Return the unit for an axis of so many seconds, and its size in seconds.

    >>> unit_of(90), unit_of(1_800)
    (('seconds', 1), ('minutes', 60))
    """
    return next((name, size) for name, size, end in _UNITS if seconds < end)


def _written(labels: Mapping[str, str]) -> tuple[Mapping[str, str], FontProperties]:
    """Return the labels, or the English ones, with a font that has their symbols."""
    own = bundled("DejaVuSans")
    symbols = "".join(labels.values())
    face = first_with(symbols, [own]) if labels.keys() >= LABELS.keys() else None
    if face is None:
        return LABELS, FontProperties(fname=own)
    return labels, FontProperties(fname=face.path)
