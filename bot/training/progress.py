"""Replies that show the progress and the result of a training."""

from __future__ import annotations

import builtins
import math
from dataclasses import dataclass, field

from bot.features.buttons import custom_id
from bot.features.error_replies import text_of
from bot.i18n.texts import Texts
from bot.replies import Attachment, Button, Field, Reply
from bot.storage.training_log import Entry
from engine.errors import error_of
from engine.jobs.events import (
    Cancelled,
    Compared,
    Crashed,
    Ending,
    Evaluated,
    Event,
    Failed,
    Notice,
    NoticeKind,
    Progress,
    Queued,
    Sampled,
    Saved,
    Side,
    Started,
)

_BAR_WIDTH = 20
_MAX_SAMPLE = 300


@dataclass(slots=True)
class TrainingStatus:
    """The state of a training: its entry in the log, and the latest event of each kind."""

    entry: Entry
    notices: dict[NoticeKind, Notice] = field(default_factory=dict[NoticeKind, Notice])
    queued: Queued | None = None
    is_started: bool = False
    stepped: Progress | None = None
    scored: Evaluated | None = None
    sample: str = ""
    compared: Compared | None = None
    end: Ending | None = None

    def take(self, event: Event) -> None:
        """Record an event."""
        match event:
            case Queued():
                self.queued = event
                self.is_started = False
            case Started():
                self.is_started = True
            case Progress():
                self.is_started = True
                self.stepped = event
            case Evaluated():
                self.scored = event
            case Notice():
                self.notices[event.kind] = event
            case Sampled():
                self.sample = event.text
            case Compared():
                self.compared = event
            case Saved() | Failed() | Cancelled() | Crashed():
                self.end = event
            case _:
                pass


def shown_status(status: TrainingStatus, texts: Texts) -> Reply:
    """Return the state of a training, with a button that cancels it while it runs."""
    entry = status.entry
    title = texts("training-title", family=entry.network)
    if status.end:
        return Reply(ending_of(status, texts), title=title)
    cancel = Button(texts("training-cancel"), custom_id("train_cancel", entry.id), "bad")
    sample = Field(texts("training-sample"), status.sample[:_MAX_SAMPLE])
    return Reply(
        _progress(status, texts),
        title=title,
        fields=(sample,) if status.sample else (),
        footer=texts("training-ordered-by", member=entry.member) if entry.member else "",
        buttons=(cancel,),
    )


def shown_result(status: TrainingStatus, curves: bytes | None, texts: Texts) -> Reply:
    """Return the result of a training, with the scores and samples of both versions."""
    entry = status.entry
    title = texts("training-title", family=entry.network)
    text = ending_of(status, texts)
    if not isinstance(status.end, Saved):
        return Reply(text, title=title)
    compared = status.compared
    keep = Button(texts("training-keep"), custom_id("train_keep", entry.id), "good")
    discard = Button(texts("training-discard"), custom_id("train_discard", entry.id), "bad")
    return Reply(
        text,
        title=title,
        fields=_sides(compared, texts) if compared else (),
        footer=texts("training-compared", characters=compared.characters) if compared else "",
        buttons=(keep, discard) if may_keep(status) else (discard,),
        attachments=(Attachment("curves.png", curves),) if curves else (),
    )


def ending_of(status: TrainingStatus, texts: Texts) -> str:
    """Return the text that says how a training ended."""
    match status.end:
        case Saved(version=version, is_whole=is_whole):
            said = [
                texts("training-saved" if is_whole else "training-saved-early", version=version)
            ]
            said += _notices(status, texts)
            if not may_keep(status):
                said.append(texts("training-no-samples"))
            elif status.compared and status.compared.old:
                said.append(_verdict(status.compared, texts))
            return texts("sentence-separator").join(said)
        case Failed() as failed:
            return _failure(failed, texts)
        case Crashed():
            return texts("training-crashed")
        case _:
            return texts("training-cancelled")


def may_keep(status: TrainingStatus) -> bool:
    """Tell whether a version can be kept: one without a sample to show has nothing to say."""
    return status.compared is not None and bool(status.compared.new.samples)


def _notices(status: TrainingStatus, texts: Texts) -> list[str]:
    """Return what differs from the request."""
    return [
        texts(f"training-{kind}", version=notice.version, share=_percent(notice.share))
        for kind, notice in status.notices.items()
    ]


def _percent(share: float) -> str:
    """Return a share in percent, rounded down: less than the whole is never shown as 100.

    >>> _percent(0.99999), _percent(0.5), _percent(1.0)
    ('99.9', '50', '100')
    """
    return f"{math.floor(share * 1000) / 10:g}"


def is_worse(compared: Compared) -> bool:
    """Tell whether the new network scores worse by what members are shown of the scores."""
    new, old = _scores(compared)
    return compared.is_worse and new != old


def _verdict(compared: Compared, texts: Texts) -> str:
    new, old = _scores(compared)
    if new is None or old is None:
        return texts("training-incomparable")
    if is_worse(compared):
        return texts("training-worse", new=new, old=old)
    return texts("training-equal" if new == old else "training-better", new=new, old=old)


def _scores(compared: Compared) -> tuple[str | None, str | None]:
    """Return the scores of the new and of the old network as they are shown."""
    return _score(compared.new), _score(compared.old) if compared.old else None


def _score(side: Side) -> str | None:
    score = side.nats_per_character
    return None if score is None else f"{score:.2f}"


def _failure(failed: Failed, texts: Texts) -> str:
    kind = getattr(builtins, failed.kind, Exception)
    if issubclass(kind, MemoryError):
        return texts("training-failed-memory")
    if issubclass(kind, OSError):
        return texts("training-failed-disk")
    error = error_of(failed.kind, failed.details)
    reason = text_of(error, texts) if error else None
    return texts("training-failed", reason=reason) if reason else texts("training-failed-unknown")


def bar(done: int, total: int) -> str:
    """Return a progress bar.

    >>> bar(5, 20)
    '█████░░░░░░░░░░░░░░░'
    """
    filled = min(_BAR_WIDTH, _BAR_WIDTH * done // total) if total else 0
    return "█" * filled + "░" * (_BAR_WIDTH - filled)


def _progress(status: TrainingStatus, texts: Texts) -> str:
    if status.queued and not status.is_started:
        return texts("training-queued", position=status.queued.position)
    stepped = status.stepped
    if stepped is None:
        return texts("training-starting")
    share = min(100, 100 * stepped.step // stepped.steps) if stepped.steps else 0
    lines = [
        f"{bar(stepped.step, stepped.steps)} {share} %",
        texts("training-stage", stage=stepped.stage, number=stepped.passes + 1),
        texts("training-loss", loss=f"{stepped.loss:.2f}"),
        *_notices(status, texts),
    ]
    if status.scored:
        lines.append(texts("training-held-out", loss=f"{status.scored.score:.2f}"))
    if stepped.seconds_left is not None:
        lines.append(texts("training-time-left", minutes=round(stepped.seconds_left / 60)))
    return "\n".join(lines)


def _sides(compared: Compared, texts: Texts) -> tuple[Field, ...]:
    sides = [Field(texts("training-new"), _side(compared.new, texts))]
    if compared.old:
        sides.insert(0, Field(texts("training-old"), _side(compared.old, texts)))
    return tuple(sides)


def _side(side: Side, texts: Texts) -> str:
    score = _score(side)
    said = texts("training-score", score=score) if score else texts("training-no-score")
    samples = [sample[:_MAX_SAMPLE] for sample in side.samples]
    is_verse = any("\n" in sample for sample in samples)
    return ("\n\n" if is_verse else "\n").join([said, *samples])
