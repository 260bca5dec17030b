"""Poems: written, gone on with, written anew, drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.context import RequestContext
from bot.features.explain import buttons, how_button, keep, recall
from bot.features.options import PoemOptions
from bot.features.poem_image import draw
from bot.replies import Attachment, Reply
from bot.services import Services
from engine import IndecentLineError, PoemRequest
from engine.generation.poems import is_decent_poem
from engine.requests import MAX_TEMPERATURE, MIN_TEMPERATURE
from engine.text.normalize import MAX_PROMPT

STEP = 0.15
"""How much wilder or calmer a poem gets."""

_MAX_DESCRIPTION = 1_024
_USUAL = PoemRequest()


async def write_from_text(services: Services, context: RequestContext, arguments: str) -> Reply:
    """Continue a first line into a poem."""
    return await write(services, context, PoemOptions(arguments))


async def write(services: Services, context: RequestContext, options: PoemOptions) -> Reply:
    """Write a poem."""
    usual = context.settings.temperature or _USUAL.temperature
    request = PoemRequest(
        prompt=options.first_line,
        length=_USUAL.length if options.length is None else options.length,
        temperature=usual if options.temperature is None else options.temperature,
        seed=options.seed,
        decent=not context.allows_indecent,
    )
    return await _answer(services, context, request)


async def go_on(services: Services, context: RequestContext, number: str) -> Reply:
    """Go on from the last line of a poem."""
    request, text = await recall(services, context, number, PoemRequest)
    last_line = text.rstrip().rpartition("\n")[2]
    return await _answer(services, context, _anew(request, prompt=last_line[-MAX_PROMPT:]))


async def again(services: Services, context: RequestContext, number: str) -> Reply:
    """Write another poem on the same line."""
    request, _ = await recall(services, context, number, PoemRequest)
    return await _answer(services, context, _anew(request))


async def wilder(services: Services, context: RequestContext, number: str) -> Reply:
    """Write another poem on the same line, more daring."""
    return await _tempered(services, context, number, STEP)


async def calmer(services: Services, context: RequestContext, number: str) -> Reply:
    """Write another poem on the same line, more usual."""
    return await _tempered(services, context, number, -STEP)


async def picture(services: Services, context: RequestContext, number: str) -> Reply:
    """Draw a poem, to be shared."""
    request, text = await recall(services, context, number, PoemRequest)
    is_checked = request.decent or context.allows_indecent
    if not (
        is_checked or await services.tasks.run(context.group, is_decent_poem, request.prompt, text)
    ):
        raise IndecentLineError
    content = await services.images.run(context.group, draw, text)
    drawn = Attachment("poem.png", content, text[:_MAX_DESCRIPTION])
    # Deleting the picture leaves its poem be.
    return Reply(
        "", attachments=(drawn,), buttons=(how_button(context, number), *buttons(context, None))
    )


async def repeat(
    services: Services, context: RequestContext, request: PoemRequest, model: str
) -> Reply:
    """Write a poem once more as it was written."""
    return await _answer(services, context, request, model)


def notice(name: str, services: Services, context: RequestContext) -> Reply | None:
    """Return what to say at once where the answer to a command will take its time."""
    if name != "poem" or services.backend.is_ready:
        return None
    return Reply(context.texts("waking"))


async def _tempered(services: Services, context: RequestContext, number: str, step: float) -> Reply:
    request, _ = await recall(services, context, number, PoemRequest)
    wanted = min(max(request.temperature + step, MIN_TEMPERATURE), MAX_TEMPERATURE)
    temperature = round(wanted, 2)
    return await _answer(services, context, _anew(request, temperature=temperature))


def _anew(
    request: PoemRequest, *, prompt: str | None = None, temperature: float | None = None
) -> PoemRequest:
    return replace(
        request,
        prompt=request.prompt if prompt is None else prompt,
        temperature=request.temperature if temperature is None else temperature,
        candidates=None,
        seed=None,
    )


async def _answer(
    services: Services, context: RequestContext, request: PoemRequest, model: str | None = None
) -> Reply:
    if request.decent == context.allows_indecent:
        request = replace(request, decent=not context.allows_indecent)
    written = await services.backend.poem(request, guild=context.guild, version=model)
    given = replace(request, seed=written.seed, candidates=written.candidates)
    number = await keep(services, context, given, written.model, written.text)
    below = buttons(context, number, *_labels(request.temperature))
    return Reply(written.text, buttons=below, number=number)


def _labels(temperature: float) -> Iterator[str]:
    """Return the texts of the buttons under a poem, but for those that lead no further."""
    yield from ("button-continue", "button-again")
    if temperature < MAX_TEMPERATURE:
        yield "button-wilder"
    if temperature > MIN_TEMPERATURE:
        yield "button-calmer"
    yield "button-picture"
