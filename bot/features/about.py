"""What the bot tells about itself."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Mapping

from bot import program_version
from bot.context import RequestContext
from bot.features.options import MAX_NAMES
from bot.i18n.texts import Texts
from bot.replies import Button, Field, Reply
from bot.services import Services
from engine import ModelError, ModelRegistry
from engine.families import FAMILIES, FamilyName
from engine.models.version import ModelCard

HELP: Mapping[str, tuple[str, str]] = {
    "dino": ("help-dino", "help-dino-more"),
    "poem": ("help-poem", "help-poem-more"),
    "how": ("help-how", "help-how-more"),
    "retrain": ("help-retrain", "help-retrain-more"),
    "models": ("help-models", "help-models-more"),
    "settings": ("help-settings", "help-settings-more"),
    "privacy": ("help-privacy", "help-privacy-more"),
    "about": ("help-about", "help-about-more"),
    "ping": ("help-ping", "help-ping-more"),
    "help": ("help-help", "help-help-more"),
}
"""The texts on each command: its line in the overview, and what follows when it is asked for."""


async def list_commands(_services: Services, context: RequestContext, topic: str) -> Reply:
    """Say what can be asked, or more about one command; of a subcommand, about its group."""
    name = next(iter(topic.strip().removeprefix(context.settings.prefix).lower().split()), "")
    texts = context.texts
    if name in HELP:
        line, more = HELP[name]
        return Reply(f"{texts(line, most=MAX_NAMES)}\n\n{texts(more)}")
    lines = [texts(line, most=MAX_NAMES) for line, _ in HELP.values()]
    if name:
        lines.insert(0, texts("no-such-topic") + "\n")
    return Reply("\n".join(lines))


async def about(services: Services, context: RequestContext, link: str = "") -> Reply:
    """Say which program this is, what it serves, and since when.

    Args:
        services: what it works with.
        context: who asks.
        link: that adds the bot to a server; none in a terminal.
    """
    texts = context.texts
    cards = await asyncio.to_thread(_cards, services.backend.registry.of_guild(context.guild))
    fields = [_field(texts, network, card) for network, card in cards.items()]
    seconds = time.monotonic() - services.opened_at
    fields.append(Field(texts("about-uptime"), duration(texts, seconds)))
    return Reply(
        texts("about", version=program_version()),
        title="Dinobard",
        fields=tuple(fields),
        buttons=(Button(texts("invite-me"), link, "link"),) if link else (),
    )


async def ping(context: RequestContext, latency_seconds: float) -> Reply:
    """Say how long Discord takes to answer a heartbeat."""
    if not math.isfinite(latency_seconds):
        return Reply(context.texts("ping-unknown"))
    return Reply(context.texts("ping", milliseconds=round(1_000 * latency_seconds)))


def duration(texts: Texts, seconds: float) -> str:
    """Return a time in the two units that say most.

    >>> from bot.i18n.texts import texts_in
    >>> duration(texts_in("en"), 90_000)
    '1 d 1 h'
    """
    minutes = int(seconds / 60)
    hours, days = minutes // 60, minutes // 1440
    if days:
        return texts("days-and-hours", days=days, hours=hours % 24)
    return texts("hours-and-minutes", hours=hours, minutes=minutes % 60)


def _cards(registry: ModelRegistry) -> dict[FamilyName, ModelCard | None]:
    """Return the cards of the versions that are served; None for one that cannot be read."""
    return {network: _card(registry, network) for network in FAMILIES}


def _card(registry: ModelRegistry, network: FamilyName) -> ModelCard | None:
    try:
        active = registry.active(network)
    except ModelError:
        return None
    return next((card for card in registry.versions(network) if card.id == active), None)


def _field(texts: Texts, network: FamilyName, card: ModelCard | None) -> Field:
    name = texts("about-family", family=network)
    if card is None:
        return Field(name, texts("about-no-model"))
    nats = f"{card.scores['held_out_nats_per_character']:.3f}"
    return Field(name, texts("about-model", id=card.id, nats=nats))
