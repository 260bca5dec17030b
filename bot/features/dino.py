"""Dinosaurs: generated, explained, and more of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.context import RequestContext
from bot.features.etymology import meaning, pronunciation
from bot.features.explain import buttons, keep, recall_record
from bot.features.options import NameOptions, letters_of, parse_dino
from bot.replies import Reply
from bot.services import Services
from engine import NameRequest, Names, NoNamesError
from engine.families import FamilyName
from engine.text.profanity import is_decent_prefix

MORE = 5
"""Names that the button for more of them asks for."""

# A beginning of more letters than this may be too much to ask for.
_FEW_LETTERS = 3
_TEMPERATURE = NameRequest().temperature


async def generate_from_text(services: Services, context: RequestContext, arguments: str) -> Reply:
    """Generate dinosaur names as they are requested in words."""
    return await generate(services, context, parse_dino(arguments))


async def generate(
    services: Services, context: RequestContext, options: NameOptions, family: FamilyName = "dino"
) -> Reply:
    """Generate names with a family of models."""
    usual = context.settings.temperature or _TEMPERATURE
    request = NameRequest(
        count=options.count,
        prefix=options.beginning,
        temperature=usual if options.temperature is None else options.temperature,
        seed=options.seed,
        decent=not context.allows_indecent,
    )
    if options.person is None:
        prefixes = (request.prefix, request.prefix[:_FEW_LETTERS])
        return await _answer(services, context, request, family, prefixes)
    letters = letters_of(options.person)
    note = "" if letters else context.texts("no-letters")
    lengths = range(_FEW_LETTERS, -1, -1)
    prefixes = [letters, *(letters[:length] for length in lengths)]
    if request.decent:
        prefixes = [*filter(is_decent_prefix, prefixes)]
    return await _answer(services, context, request, family, prefixes, note)


async def another(services: Services, context: RequestContext, number: str) -> Reply:
    """Generate one more name, as it was requested in an answer."""
    return await _more(services, context, number, 1)


async def five_more(services: Services, context: RequestContext, number: str) -> Reply:
    """Generate five more names, as they were requested in an answer."""
    return await _more(services, context, number, MORE)


async def repeat(
    services: Services,
    context: RequestContext,
    request: NameRequest,
    model: str,
    family: FamilyName,
) -> Reply:
    """Generate names once more as they were generated."""
    request = replace(request, decent=not context.allows_indecent)
    found = await services.backend.names(request, guild=context.guild, version=model, family=family)
    return await _reply(services, context, request, family, found)


async def _more(services: Services, context: RequestContext, number: str, count: int) -> Reply:
    old, record = await recall_record(services, context, number, NameRequest)
    request = replace(old, count=count, seed=None, decent=not context.allows_indecent)
    return await _answer(services, context, request, record.network, (request.prefix,))


async def _answer(
    services: Services,
    context: RequestContext,
    request: NameRequest,
    family: FamilyName,
    prefixes: Iterable[str],
    note: str = "",
) -> Reply:
    wanted = request.prefix
    request, found = await _first(services, context, request, family, prefixes)
    if wanted != request.prefix and request.prefix in wanted:
        note = context.texts("begins-shorter")
    return await _reply(services, context, request, family, found, note)


async def _reply(
    services: Services,
    context: RequestContext,
    request: NameRequest,
    family: FamilyName,
    found: Names,
    note: str = "",
) -> Reply:
    number = await keep(
        services, context, replace(request, seed=found.seed), found.model, network=family
    )
    if len(found.names) < request.count:
        note = context.texts("few-names", count=len(found.names))
    reply = _shown(context, found.names)
    below = buttons(context, number, "button-another", "button-more")
    return replace(reply, footer=note, buttons=below, number=number)


async def _first(
    services: Services,
    context: RequestContext,
    request: NameRequest,
    family: FamilyName,
    prefixes: Iterable[str],
) -> tuple[NameRequest, Names]:
    """Return the names for the first of several prefixes that there are any for."""
    failure: NoNamesError | None = None
    for prefix in dict.fromkeys(prefixes):
        tried = replace(request, prefix=prefix)
        try:
            return tried, await services.backend.names(tried, guild=context.guild, family=family)
        except NoNamesError as error:
            failure = failure or error
    raise failure or NoNamesError(request.prefix)


def _shown(context: RequestContext, names: Sequence[str]) -> Reply:
    if len(names) == 1:
        return Reply(_explained(context, names[0]), title=names[0], bare=names[0])
    lines = (_line(context, name) for name in names)
    title = context.texts("dino-title", count=len(names))
    return Reply("\n".join(lines), title=title, bare="\n".join(names))


def _line(context: RequestContext, name: str) -> str:
    explained = _explained(context, name)
    return context.texts("dino-line", name=name, explained=explained) if explained else name


def _explained(context: RequestContext, name: str) -> str:
    """Return how a name is said and what it means, as far as that can be told."""
    said = pronunciation(name)
    parts = context.texts("list-separator").join(meaning(name, context.locale))
    if said and parts:
        return context.texts("dino-meaning", said=said, meaning=parts)
    return said or parts
