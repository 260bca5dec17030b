"""The versions of a guild: list, use, roll back, delete; the training log."""

from __future__ import annotations

from bot.context import RequestContext
from bot.features.permissions import TrainingRefusedError, disk_errors_refused, require_trainer
from bot.i18n.texts import Texts
from bot.replies import Reply
from bot.services import Services
from bot.storage.training_log import Entry
from engine import ModelError, ModelRegistry
from engine.families import FAMILIES, FamilyName
from engine.models.version import ModelCard

_SHOWN_ENTRIES = 20


async def manage_from_text(services: Services, context: RequestContext, arguments: str) -> Reply:
    """Run the subcommand of `!models` that is typed in a terminal."""
    match arguments.split():
        case []:
            return await list_versions(services, context)
        case ["log"]:
            return await read_log(services, context)
        case ["use", version]:
            return await use(services, context, version)
        case ["delete", version]:
            return await delete(services, context, version)
        case ["rollback", network] if network in FAMILIES:
            return await roll_back(services, context, network)
        case _:
            return Reply(context.texts("models-usage"), is_refusal=True)


async def list_versions(services: Services, context: RequestContext) -> Reply:
    """List the versions of a guild with scores, who trained them and when."""
    entries = await services.training_log.of_guild(context.guild)
    trained = {entry.version: entry for entry in entries if entry.version}
    registry = services.registry.of_guild(context.guild)
    sections = [
        await services.tasks.run(context.group, _section, registry, network, trained, context.texts)
        for network in FAMILIES
    ]
    return Reply("\n\n".join(sections), title=context.texts("models-title"))


async def use(services: Services, context: RequestContext, version: str) -> Reply:
    """Activate a version."""
    await require_trainer(services, context)
    await use_version(services, context.guild, version)
    return Reply(context.texts("models-using", version=version))


async def roll_back(services: Services, context: RequestContext, network: FamilyName) -> Reply:
    """Activate the version that was active before."""
    await require_trainer(services, context)
    registry = services.registry.of_guild(context.guild)
    with disk_errors_refused():
        version = await services.tasks.run(context.guild, registry.roll_back, network)
    await services.backend.refresh(context.guild, network)
    return Reply(context.texts("models-rolled-back", version=version))


async def delete(services: Services, context: RequestContext, version: str) -> Reply:
    """Delete a version that the guild owns."""
    await require_trainer(services, context)
    await delete_version(services, context.guild, version)
    return Reply(context.texts("models-deleted", version=version))


async def read_log(services: Services, context: RequestContext) -> Reply:
    """Show the training log."""
    if context.guild is None and not context.is_owner:
        raise TrainingRefusedError("training-only-in-server")
    entries = await services.training_log.of_guild(context.guild, _SHOWN_ENTRIES)
    lines = [_log_line(entry, context.texts) for entry in entries]
    title = context.texts("log-title")
    return Reply("\n".join(lines) or context.texts("log-empty"), title=title)


async def use_version(services: Services, guild: int | None, version: str) -> None:
    """Activate a version in a guild without downtime."""
    registry = services.registry.of_guild(guild)
    with disk_errors_refused():
        await services.tasks.run(guild, registry.activate, version)
    network = await services.tasks.run(guild, registry.network_of, version)
    await services.backend.refresh(guild, network)
    await services.training_log.decide(version, guild, "kept")


async def delete_version(services: Services, guild: int | None, version: str) -> None:
    """Delete a version of a guild, and the text that was uploaded for it."""
    with disk_errors_refused():
        await services.tasks.run(guild, services.registry.of_guild(guild).delete, version)
    await services.training_log.decide(version, guild, "discarded")


async def known_versions(services: Services, guild: int | None) -> list[str]:
    """Return the ids of all versions that a guild can use, the latest first."""
    return await services.tasks.run(guild, _known, services.registry.of_guild(guild))


async def deletable_versions(services: Services, guild: int | None) -> list[str]:
    """Return the ids of the versions that a guild can delete, the latest first."""
    return await services.tasks.run(guild, _deletable, services.registry.of_guild(guild))


def _known(registry: ModelRegistry) -> list[str]:
    return [card.id for network in FAMILIES for card in reversed(registry.versions(network))]


def _deletable(registry: ModelRegistry) -> list[str]:
    active = {_active(registry, network) for network in FAMILIES}
    known = _known(registry)
    return [version for version in known if registry.is_own(version) and version not in active]


def _active(registry: ModelRegistry, network: FamilyName) -> str | None:
    try:
        return registry.active(network)
    except ModelError:
        return None


def _section(
    registry: ModelRegistry, network: FamilyName, trained: dict[str, Entry], texts: Texts
) -> str:
    active = _active(registry, network)
    lines = [texts("models-family", family=network)]
    for card in registry.versions(network):
        is_own = registry.is_own(card.id)
        line = _version_line(card, trained.get(card.id), texts, is_own=is_own)
        lines.append(texts("models-active", line=line) if card.id == active else line)
    return "\n".join(lines)


def _version_line(card: ModelCard, entry: Entry | None, texts: Texts, *, is_own: bool) -> str:
    score = card.scores.get("held_out_nats_per_character")
    if entry and entry.member:
        origin = texts("models-trained-by", member=entry.member, day=card.created[:10])
    elif is_own:
        origin = texts("models-trained", day=card.created[:10])
    else:
        origin = texts("models-from-host")
    shown = texts("models-unscored") if score is None else _scored(score, card, texts)
    return texts("models-line", version=card.id, score=shown, origin=origin)


def _scored(score: float, card: ModelCard, texts: Texts) -> str:
    """Return a score with the text that it is on: scores on others cannot be compared with it."""
    return texts(
        "models-score",
        score=_score(score),
        source=str(card.corpus.get("source", "?")),
        hash=str(card.corpus.get("sha256", ""))[:8],
    )


def _log_line(entry: Entry, texts: Texts) -> str:
    return texts(
        "log-line",
        day=entry.began[:10],
        member=entry.member or texts("log-nobody"),
        network=texts("models-family", family=entry.network),
        corpus=_corpus(entry, texts),
        result=_result(entry, texts),
    )


def _corpus(entry: Entry, texts: Texts) -> str:
    digest = (entry.corpus or "")[:8]
    if entry.source:
        return texts("log-upload", source=entry.source, hash=digest)
    return texts("log-default", hash=digest)


def _result(entry: Entry, texts: Texts) -> str:
    if entry.version is None:
        return texts(f"log-{entry.result}")
    scores = ""
    if entry.new_score is not None:
        old = "?" if entry.old_score is None else _score(entry.old_score)
        scores = texts("log-scores", old=old, new=_score(entry.new_score))
    return texts(f"log-{entry.result}", version=entry.version, scores=scores)


def _score(score: float) -> str:
    return f"{score:.2f}"
