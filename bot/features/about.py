"""Help, and what the bot says about itself."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Iterable, Mapping

from bot import program_version
from bot.context import RequestContext
from bot.features.options import MAX_NAMES
from bot.i18n.texts import Texts
from bot.replies import Button, Field, Reply
from bot.services import Services
from engine import ModelError, ModelRegistry
from engine.families import FAMILIES, FamilyName
from engine.models.version import ModelCard

SECTIONS: Mapping[str, tuple[str, ...]] = {
    "help-create": ("dino", "poem", "how"),
    "help-train": ("retrain", "models"),
    "help-guild": ("settings",),
    "help-you": ("privacy",),
    "help-me": ("about", "ping", "help"),
}
"""The commands of each section of the overview, by the text of its title."""

_NOT_IN_TERMINAL = frozenset({"settings", "ping"})
_OTHERWISE_IN_TERMINAL = frozenset(
    {"dino", "dino-more", "poem", "how-more", "retrain", "retrain-more", "help-more"}
)

HELP = tuple(name for names in SECTIONS.values() for name in names)
"""Commands with help: the text `help-NAME` in the overview, and `help-NAME-more` on request."""


async def show_help(_services: Services, context: RequestContext, topic: str) -> Reply:
    """Show all commands, or more about one; a subcommand stands for its group."""
    name = next(iter(topic.strip().removeprefix(context.settings.prefix).lower().split()), "")
    texts = context.texts
    sections = {title: _available(context, names) for title, names in SECTIONS.items()}
    if name in _available(context, HELP):
        return Reply(f"{_help(context, name)}\n\n{_help(context, f'{name}-more')}")
    fields = (
        Field(texts(title), "\n".join(_help(context, name) for name in names))
        for title, names in sections.items()
        if names
    )
    text = texts("no-such-topic") if name else ""
    return Reply(text, title=texts("help-title"), fields=tuple(fields))


async def show_about(services: Services, context: RequestContext, link: str = "") -> Reply:
    """Show the program's version, the models in use and the uptime, and link to an invitation."""
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
    """Report the latency of the gateway."""
    if not math.isfinite(latency_seconds):
        return Reply(context.texts("ping-unknown"))
    return Reply(context.texts("ping", milliseconds=round(1_000 * latency_seconds)))


def duration(texts: Texts, seconds: float) -> str:
    """Return a time in its two largest units.

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
    """Return the card of each active version; None if unreadable."""
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
    score = f"{card.scores['held_out_nats_per_character']:.2f}"
    return Field(name, texts("about-model", id=card.id, score=score))


def _available(context: RequestContext, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name in names if not (context.in_terminal and name in _NOT_IN_TERMINAL))


def _help(context: RequestContext, name: str) -> str:
    values = {"most": MAX_NAMES} if name == "dino" else {}
    if context.in_terminal and name in _OTHERWISE_IN_TERMINAL:
        return context.texts(f"help-{name}-here", **values)
    return context.texts(f"help-{name}", **values)
