"""Help, and what the bot says about itself."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping

from bot import program_version
from bot.context import RequestContext
from bot.features.options import MAX_NAMES
from bot.features.setting_types import LIMITS
from bot.i18n.texts import Texts, Value
from bot.replies import Button, Field, Reply
from bot.services import Services
from engine import ModelError, ModelRegistry
from engine.families import FAMILIES, FamilyName
from engine.jobs.spec import MAX_PASSES
from engine.models.version import ModelCard
from engine.requests import MAX_LENGTH, MAX_PREFIX_LETTERS, MIN_LENGTH
from engine.text.normalize import MAX_PROMPT

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
    {
        "dino-more",
        "how-about",
        "retrain",
        "retrain-more",
        "retrain-about",
        "help-about",
        "models-about",
        "about-about",
    }
)

HELP = tuple(name for names in SECTIONS.values() for name in names)
"""Commands with help: the texts that begin with `help-NAME`."""

_WITH_MORE_EXAMPLES = {"dino", "retrain", "models", "settings", "privacy"}
_WITH_OPTIONS = {"dino", "poem", "retrain", "models", "settings"}
_WITH_OPTIONS_IN_OVERVIEW = {"dino", "poem", "retrain"}

_LIMITS: Mapping[str, Value] = {
    **LIMITS,
    "most_names": MAX_NAMES,
    "most_letters": MAX_PREFIX_LETTERS,
    "most_line": MAX_PROMPT,
    "least_length": MIN_LENGTH,
    "most_length": MAX_LENGTH,
    "most_passes": MAX_PASSES,
}
"""The ranges of options, for the texts."""


async def show_help(services: Services, context: RequestContext, topic: str) -> Reply:
    """Show all commands, or more about one; a subcommand stands for its group."""
    name = next(iter(topic.strip().removeprefix(context.settings.prefix).lower().split()), "")
    texts = context.texts
    if name in _available(context, HELP):
        return _help_on(name, context, services.trainings.limits.minutes)
    sections = {title: _available(context, names) for title, names in SECTIONS.items()}
    fields = (
        Field(texts(title), "\n".join(_overview(context, name) for name in names))
        for title, names in sections.items()
        if names
    )
    text = texts("no-such-topic") if name else ""
    return Reply(text, title=texts("help-title"), fields=tuple(fields))


async def show_about(services: Services, context: RequestContext, link: str = "") -> Reply:
    """Show the program's version, the models in use and the uptime, and link to an invitation."""
    texts = context.texts
    cards = await services.tasks.run(
        context.group, _cards, services.registry.of_guild(context.guild)
    )
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


def _overview(context: RequestContext, name: str) -> str:
    has_options = name in _WITH_OPTIONS_IN_OVERVIEW and not context.in_terminal
    parts = ["", "-slash"] if has_options else [""]
    return "\n".join(_text(context, f"{name}{part}") for part in parts)


def _help_on(name: str, context: RequestContext, most_minutes: float) -> Reply:
    """Explain one command: what it does, examples, options with their ranges, slash form."""

    def text(part: str) -> str:
        return _text(context, f"{name}{part}", most_minutes=most_minutes)

    texts = context.texts
    examples = [text("")]
    if name in _WITH_MORE_EXAMPLES:
        examples.append(text("-more"))
    fields = [Field(texts("help-examples"), "\n".join(examples))]
    if name in _WITH_OPTIONS:
        fields.append(Field(texts("help-options"), text("-options")))
    if not context.in_terminal:
        fields.append(Field(texts("help-slash"), text("-slash")))
    title = texts("help-command", command=name)
    return Reply(text("-about"), title=title, fields=tuple(fields))


def _text(context: RequestContext, name: str, **values: Value) -> str:
    is_other = context.in_terminal and name in _OTHERWISE_IN_TERMINAL
    return context.texts(f"help-{name}{'-here' if is_other else ''}", **_LIMITS, **values)
