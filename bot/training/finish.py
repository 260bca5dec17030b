"""The end of a training: log entry, and pruning of old versions."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace

from bot.i18n.texts import locale_of
from bot.services import Services
from bot.storage.training_log import Entry, Result, TrainingLog
from bot.training.progress import TrainingStatus, is_worse
from engine.jobs.events import Cancelled, Crashed, Failed, Saved
from engine.jobs.handle import TrainingHandle
from engine.models.registry import Quota

_RESULTS: Mapping[type, Result] = {Saved: "saved", Cancelled: "cancelled"}

log = logging.getLogger(__name__)


async def entry_of(record: TrainingLog, training: TrainingHandle) -> Entry:
    """Return the log entry of a training; a new one if a crash came before it was written."""
    entry = await record.get(training.id)
    if entry is None:
        order = training.request
        entry = Entry(
            id=training.id,
            guild=order.guild,
            network=order.network,
            source=order.source if training.job.has_upload else "",
            locale=locale_of(),
            began=training.job.submitted[:19],
        )
        await record.write(entry)
    return entry


async def ended(
    services: Services, training: TrainingHandle, status: TrainingStatus
) -> bytes | None:
    """Log the end of a training, prune versions, and return the plot of the losses, if any."""
    result = _RESULTS.get(type(status.end), "failed")
    entry = replace(status.entry, result=result)
    if isinstance(status.end, Saved):
        entry = replace(entry, version=status.end.version)
        if compared := status.compared:
            entry = replace(
                entry,
                new_score=compared.new.nats_per_character,
                old_score=compared.old.nats_per_character if compared.old else None,
                is_worse=is_worse(compared),
            )
        entry = replace(entry, corpus=await asyncio.to_thread(_tidied, services, entry))
    await services.training_log.end(entry)
    _log_failure(status)  # Last: this function may be retried.
    return await asyncio.to_thread(_picture, training)


def _log_failure(status: TrainingStatus) -> None:
    """Log the reason of a failure for the operator."""
    match status.end:
        case Failed(kind=kind, message=message):
            log.error("The training %s has failed: %s: %s", status.entry.id, kind, message)
        case Crashed(exit_code=code, last_event=event):
            log.error("The training %s has crashed: %d after %s", status.entry.id, code, event)
        case _:
            pass


def _tidied(services: Services, entry: Entry) -> str | None:
    """Prune the versions of a guild; return the SHA-256 of the training text."""
    version = str(entry.version)
    registry = services.registry.of_guild(entry.guild)
    try:
        pruned = registry.prune(entry.network, Quota(), spared=[version])
        if pruned:
            log.info("Deleted %d versions over the quota", len(pruned))
        return entry.corpus or str(registry.card(version).corpus["sha256"])
    except Exception:  # Whatever it is, the result is shown.
        log.exception("The versions could not be pruned")
        return entry.corpus


def _picture(training: TrainingHandle) -> bytes | None:
    try:
        return training.loss_plot.read_bytes()
    except OSError:
        return None
