"""The losses of a training as a picture; loads Matplotlib."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from engine.events import Event, Scored, Stepped
from engine.files import replace_file

_WINDOW = 9
_INK, _ACCENT, _OLD = "#8a9ba8", "#2f6f4f", "#b3541e"


def draw(path: Path, events: Sequence[Event], old_score: float | None) -> None:
    """Draw training loss and held-out loss over time, and the old network's score as a line.

    Args:
        path: the PNG that is written.
        events: of the training, in order.
        old_score: nats per character of the network that was served, on text held out.

    Raises:
        OSError: it could not be written.
    """
    steps = [event for event in events if isinstance(event, Stepped)]
    scored = [event for event in events if isinstance(event, Scored)]
    figure = Figure(figsize=(8, 4.5), dpi=120, layout="constrained")
    # Matplotlib's own types leave the kinds of its options open.
    axes: Any = figure.add_subplot()
    losses = smoothed([event.loss for event in steps])
    axes.plot([e.seconds / 60 for e in steps], losses, color=_INK, label="training")
    minutes = [event.seconds / 60 for event in scored]
    axes.plot(minutes, [e.score for e in scored], "o-", color=_ACCENT, ms=3, label="held out")
    if old_score is not None:
        axes.axhline(old_score, color=_OLD, linestyle="--", label="the old network")
    axes.set(xlabel="minutes", ylabel="nats per character")
    axes.grid(alpha=0.3)
    axes.legend()
    content = io.BytesIO()
    canvas: Any = FigureCanvasAgg(figure)
    canvas.print_png(content)
    replace_file(path, content.getvalue())


def smoothed(values: Sequence[float]) -> list[float]:
    """Return the means of each value and those before it, nine at most.

    >>> smoothed([3.0, 1.0, 2.0])
    [3.0, 2.0, 2.0]
    """
    windows = (values[max(0, n - _WINDOW) : n] for n in range(1, len(values) + 1))
    return [sum(window) / len(window) for window in windows]
