"""The loss plot of a training; loads Matplotlib."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from engine.files import replace_file
from engine.jobs.events import Compared, Evaluated, Event, Progress
from engine.jobs.spec import LABELS
from engine.text.fonts import bundled, first_with

_WINDOW = 9
_INK, _ACCENT, _OLD = "#8a9ba8", "#2f6f4f", "#b3541e"


def plot(
    path: Path,
    events: Sequence[Event],
    compared: Compared,
    labels: Mapping[str, str] = LABELS,
) -> None:
    """Plot training loss and held-out loss over time, and the final scores as lines.

    The final scores are on other text than the held-out loss, and compare only with each other.
    Labels are English where some are missing or no font has their symbols.
    """
    steps = [event for event in events if isinstance(event, Progress)]
    scored = [event for event in events if isinstance(event, Evaluated)]
    figure = Figure(figsize=(8, 4.5), dpi=120, layout="constrained")
    words, font = _written(labels)
    # Matplotlib's own types leave the kinds of its options open.
    axes: Any = figure.add_subplot()
    losses = smoothed([event.loss for event in steps])
    axes.plot([e.seconds / 60 for e in steps], losses, color=_INK, label=words["training"])
    minutes = [event.seconds / 60 for event in scored]
    axes.plot(
        minutes, [e.score for e in scored], "o-", color=_ACCENT, ms=3, label=words["held-out"]
    )
    for side, color, label in ((compared.new, _ACCENT, "new"), (compared.old, _OLD, "old")):
        if side and side.nats_per_character is not None:
            nats = side.nats_per_character
            axes.axhline(nats, color=color, linestyle="--", label=words[label])
    axes.set_xlabel(words["minutes"], font=font)
    axes.set_ylabel(words["nats"], font=font)
    axes.grid(alpha=0.3)
    axes.legend(prop=font)
    content = io.BytesIO()
    canvas: Any = FigureCanvasAgg(figure)
    canvas.print_png(content)
    replace_file(path, content.getvalue())


def _written(labels: Mapping[str, str]) -> tuple[Mapping[str, str], FontProperties]:
    """Return the labels, or the English ones, with a font that has their symbols."""
    own = bundled("DejaVuSans")
    symbols = "".join(labels.values())
    face = first_with(symbols, [own]) if labels.keys() >= LABELS.keys() else None
    if face is None:
        return LABELS, FontProperties(fname=own)
    return labels, FontProperties(fname=face.path)


def smoothed(values: Sequence[float]) -> list[float]:
    """Return the means of each value and those before it, nine at most.

    >>> smoothed([3.0, 1.0, 2.0])
    [3.0, 2.0, 2.0]
    """
    windows = (values[max(0, n - _WINDOW) : n] for n in range(1, len(values) + 1))
    return [sum(window) / len(window) for window in windows]
