"""What the bot tells about itself."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Mapping

from bot.context import Asker
from bot.features.options import MAX_NAMES
from bot.i18n.texts import Texts
from bot.replies import Button, Field, Reply
from bot.services import House
from bot.version import program_version
from engine import ModelError, Store
from engine.models.registry import Network
from engine.models.version import Card

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

_NAMES: Mapping[Network, str] = {"dino": "about-names", "poem": "about-poems"}


async def list_commands(_house: House, asker: Asker, topic: str) -> Reply:
    """Say what can be asked, or more about one command; of a subcommand, about its group."""
    name = next(iter(topic.strip().removeprefix(asker.prefix).lower().split()), "")
    texts = asker.texts
    if name in HELP:
        line, more = HELP[name]
        return Reply(f"{texts(line, most=MAX_NAMES)}\n\n{texts(more)}")
    lines = [texts(line, most=MAX_NAMES) for line, _ in HELP.values()]
    if name:
        lines.insert(0, texts("no-such-topic") + "\n")
    return Reply("\n".join(lines))


async def about(house: House, asker: Asker, link: str = "") -> Reply:
    """Say which program this is, what it serves, and since when.

    Args:
        house: what it works with.
        asker: who asks.
        link: that adds the bot to a server; none in a terminal.
    """
    texts = asker.texts
    cards = await asyncio.to_thread(_cards, house.engine.store.of_server(asker.server))
    fields = [_field(texts, network, card) for network, card in cards.items()]
    seconds = time.monotonic() - house.opened_at
    fields.append(Field(texts("about-uptime"), duration(texts, seconds)))
    return Reply(
        texts("about", version=program_version()),
        title="Dinobard",
        fields=tuple(fields),
        buttons=(Button(texts("invite-me"), link, "link"),) if link else (),
    )


async def ping(asker: Asker, latency_seconds: float) -> Reply:
    """Say how long Discord takes to answer a heartbeat."""
    if not math.isfinite(latency_seconds):
        return Reply(asker.texts("ping-unknown"))
    return Reply(asker.texts("ping", milliseconds=round(1_000 * latency_seconds)))


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


def _cards(store: Store) -> dict[Network, Card | None]:
    """Return the cards of the versions that are served; None for one that cannot be read."""
    return {network: _card(store, network) for network in _NAMES}


def _card(store: Store, network: Network) -> Card | None:
    try:
        active = store.active(network)
    except ModelError:
        return None
    return next((card for card in store.versions(network) if card.id == active), None)


def _field(texts: Texts, network: Network, card: Card | None) -> Field:
    name = texts(_NAMES[network])
    if card is None:
        return Field(name, texts("about-no-model"))
    nats = f"{card.scores['held_out_nats_per_character']:.3f}"
    return Field(name, texts("about-model", id=card.id, nats=nats))
