"""Retraining: submit and cancel trainings; keep, discard or delete their versions."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.context import RequestContext
from bot.features.buttons import ButtonAction, custom_id
from bot.features.models import delete_version, use_version
from bot.features.options import RetrainOptions
from bot.features.permissions import TrainingRefusedError, disk_errors_refused, require_trainer
from bot.replies import Button, Reply
from bot.services import Services
from bot.storage.database import DatabaseError
from bot.storage.training_log import Entry
from engine import ModelError, ModelRegistry
from engine.corpora.validation import fingerprint
from engine.errors import TrainingNotFoundError
from engine.families import FAMILIES, FamilyName
from engine.jobs.events import Saved
from engine.jobs.spec import LABELS, TrainingRequest

_TEMPERATURE = 0.8


@dataclass(frozen=True, slots=True)
class Upload:
    """A text file that a member has uploaded."""

    name: str
    content: bytes


async def order(
    services: Services,
    context: RequestContext,
    member: str,
    options: RetrainOptions,
    upload: Upload | None,
) -> Entry:
    """Submit a training, and log it; without an upload, on the default text."""
    await require_trainer(services, context)
    wanted = TrainingRequest(
        network=options.network,
        guild=context.guild,
        corpus=upload.content if upload else None,
        source=upload.name if upload else "",
        passes=options.passes,
        minutes=options.minutes,
        temperature=_first(options.temperature, context.settings.temperature, _TEMPERATURE),
        is_fresh=options.is_fresh,
        seed=secrets.randbelow(2**31),
        labels={name: context.texts(f"curve-{name}") for name in LABELS},
        user=context.user or None,
    )
    with disk_errors_refused():
        training = await services.trainings.submit(wanted)
    entry = Entry(
        id=training.id,
        guild=context.guild,
        user=context.user or None,
        member=member,
        network=options.network,
        source=upload.name if upload else "",
        corpus=fingerprint(upload.content) if upload else None,
        locale=context.locale,
        channel=context.channel or None,
        began=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    try:
        await services.training_log.write(entry)
    except DatabaseError:
        # A training without an entry could not be shown.
        await services.trainings.cancel(training.id)
        await services.trainings.acknowledge(training.id)
        raise
    return entry


def _first(*values: float | None) -> float:
    return next(value for value in values if value is not None)


async def cancel(services: Services, context: RequestContext, training: str) -> Reply:
    """Cancel a training, at whatever stage it is."""
    entry = await services.training_log.get(training)
    # Whoever started it need not be a trainer: Discord may have let them use `/retrain`.
    if entry is None or entry.user != context.user or entry.guild != context.guild:
        await require_trainer(services, context)
    try:
        cancelled = services.trainings.get(training)
        if cancelled.request.guild != context.guild:
            raise TrainingRefusedError("training-unknown")
        await services.trainings.cancel(training)
    except TrainingNotFoundError as error:
        raise TrainingRefusedError("training-ended-before") from error
    text = "training-ended-before" if isinstance(cancelled.end, Saved) else "training-cancelled"
    return Reply(context.texts(text), is_private=True)


async def keep(
    services: Services, context: RequestContext, training: str, *, is_sure: bool = False
) -> Reply:
    """Activate the version of a training; a worse one only after a confirmation."""
    entry, version = await _saved(services, context, training)
    if entry.is_worse and not is_sure and entry.result != "kept":
        text = context.texts("training-confirm-worse", version=version)
        confirm = Button(
            context.texts("training-keep-worse"), custom_id("train_keep_worse", training), "bad"
        )
        return Reply(text, is_private=True, buttons=(confirm,))
    if entry.result == "kept":
        raise TrainingRefusedError("training-kept-already", version=version)
    await use_version(services, entry.guild, version)
    return _decided(context, context.texts("training-kept", version=version))


async def discard(services: Services, context: RequestContext, training: str) -> Reply:
    """Delete the version of a training."""
    entry, version = await _saved(services, context, training)
    await delete_version(services, entry.guild, version)
    return _decided(context, context.texts("training-discarded", version=version))


async def keep_worse(services: Services, context: RequestContext, training: str) -> Reply:
    """Activate a version that scores worse."""
    return await keep(services, context, training, is_sure=True)


async def ask_to_forget(services: Services, context: RequestContext) -> Reply:
    """Ask for confirmation before all uploads of a guild are deleted."""
    await require_trainer(services, context)
    button = Button(context.texts("training-forget"), custom_id("train_forget"), "bad")
    return Reply(context.texts("training-confirm-forget"), is_private=True, buttons=(button,))


async def forget(services: Services, context: RequestContext, _arguments: str) -> Reply:
    """Delete all uploads of a guild and versions trained on them; cancel its trainings."""
    await require_trainer(services, context)
    guild = context.guild
    if guild is None:
        raise TrainingRefusedError("training-only-in-server")
    # All of them: a training without an upload may fine-tune a version that is deleted now.
    await services.trainings.cancel_guild(guild)
    deleted: list[tuple[FamilyName, str]] = []
    try:
        with disk_errors_refused():
            registry = services.registry.of_guild(guild)
            await services.tasks.run(guild, delete_uploads, registry, deleted)
    finally:
        # Also where the disk failed half way: what is gone is served and named no longer.
        for network, version in deleted:
            await services.backend.refresh(guild, network)
            await services.training_log.decide(version, guild, "forgotten")
    await services.training_log.forget_uploads(guild)
    return _decided(context, context.texts("training-forgotten", count=len(deleted)))


def _decided(context: RequestContext, text: str) -> Reply:
    by = context.texts("decided-by", member=context.member)
    return Reply(context.texts("sentence-separator").join([text, by]))


async def _saved(services: Services, context: RequestContext, training: str) -> tuple[Entry, str]:
    """Return the entry of a training in the member's guild, and the version that it saved."""
    await require_trainer(services, context)
    entry = await services.training_log.get(training)
    if entry is None or entry.guild != context.guild:
        raise TrainingRefusedError("training-unknown")
    if entry.version is None or entry.result in {"discarded", "forgotten"}:
        raise TrainingRefusedError("training-gone")
    return entry, entry.version


def delete_uploads(registry: ModelRegistry, deleted: list[tuple[FamilyName, str]]) -> None:
    """Delete a guild's versions trained on uploaded texts, with the texts.

    That includes versions fine-tuned from them. Where one is active, the guild rolls back to the
    version before. Each that is gone is added to `deleted`, also where a later one cannot be.
    """
    for network in FAMILIES:
        tainted = registry.made_of_uploads(network)
        if tainted:
            _leave(registry, network, tainted)
        for version in tainted:
            registry.delete(version)
            deleted.append((network, version))


def _leave(registry: ModelRegistry, network: FamilyName, tainted: list[str]) -> None:
    """Roll back to a version that is not one of these."""
    try:
        while registry.active(network) in tainted:
            registry.roll_back(network)
    except ModelError:
        # The version before is damaged: use the operator's.
        registry.activate(registry.of_guild(None).active(network))


BUTTON_ACTIONS: Mapping[str, ButtonAction] = {
    "train_cancel": ButtonAction(cancel, may="anyone", shows="private", anywhere=True),
    "train_keep": ButtonAction(keep, may="anyone", shows="decision"),
    "train_keep_worse": ButtonAction(keep_worse, may="anyone", shows="decision"),
    "train_discard": ButtonAction(discard, may="anyone", shows="decision"),
    "train_forget": ButtonAction(forget, may="anyone", shows="decision"),
}
"""What buttons do, by the verb of their custom ids; each action looks who may."""
