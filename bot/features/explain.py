"""Stored answers: their explanation, and what their buttons need."""

from __future__ import annotations

import logging
import shlex
from typing import TypeVar

from bot import program_name
from bot.context import RequestContext
from bot.features.buttons import ExpiredButtonError, May, NotYoursError, custom_id, labelled
from bot.replies import Button, Field, Reply
from bot.services import Services
from bot.storage.answers import AnswerRecord, Request
from bot.storage.database import DatabaseError
from engine import NameRequest, PoemRequest
from engine.families import FamilyName

Kind = TypeVar("Kind", NameRequest, PoemRequest)

_MAX_DIGITS = 18

log = logging.getLogger(__name__)


async def keep(
    services: Services,
    context: RequestContext,
    request: Request,
    model: str,
    text: str = "",
    network: FamilyName = "dino",
) -> int | None:
    """Store an answer, and return its number; None if the database fails."""
    try:
        return await services.answers.add(context, request, model, text, network)
    except DatabaseError as error:
        log.error("An answer is not kept: %s", error)
        return None


async def recall(
    services: Services, context: RequestContext, number: str, kind: type[Kind]
) -> tuple[Kind, str]:
    """Return the request of a fresh answer to the member, and its text if it is a poem."""
    request, record = await recall_record(services, context, number, kind)
    return request, record.text


async def recall_record(
    services: Services, context: RequestContext, number: str, kind: type[Kind]
) -> tuple[Kind, AnswerRecord]:
    """Return the request of a fresh answer to the member, and the record of the answer."""
    record = await _found(services, context, number)
    if not record.is_fresh or not isinstance(record.request, kind):
        raise ExpiredButtonError
    _require_owner(context, record, "owner")
    return record.request, record


def buttons(context: RequestContext, number: int | None, *labels: str) -> tuple[Button, ...]:
    """Return the buttons under an answer: those given, then "how" and "delete".

    The labels are names of texts, `button-VERB`. An answer that is not stored, without a number,
    can only be deleted.
    """
    names = ["button-delete"] if number is None else [*labels, "button-how", "button-delete"]
    return labelled(names, str(number or ""), context)


def how_button(context: RequestContext, number: str) -> Button:
    """Return the "how" button of an answer."""
    return labelled(["button-how"], number, context)[0]


async def explain_latest(services: Services, context: RequestContext, _arguments: str) -> Reply:
    """Say how the last answer in the channel came about."""
    record = await services.answers.latest(context.channel)
    if record is None:
        return Reply(context.texts("how-none"), is_refusal=True, is_private=True)
    return _explanation(context, record)


async def explain(services: Services, context: RequestContext, number: str) -> Reply:
    """Say how an answer came about."""
    return _explanation(context, await _found(services, context, number))


async def unknown(_services: Services, context: RequestContext, _arguments: str) -> Reply:
    """Reply that a message is not a stored answer."""
    return Reply(context.texts("how-unknown"), is_refusal=True, is_private=True)


async def complete(services: Services, context: RequestContext, number: str) -> AnswerRecord:
    """Return an answer that is stored completely, so that it can be generated again."""
    record = await _found(services, context, number)
    if not record.is_complete:
        raise ExpiredButtonError
    return record


async def delete(services: Services, context: RequestContext, number: str) -> Reply:
    """Forget an answer that is about to be deleted.

    Raises:
        ExpiredButtonError: it was not given here.
        NotYoursError: it is somebody else's, and the member does not moderate.
        DatabaseError: it cannot be deleted.
    """
    if not number:
        return Reply("")
    record = await services.answers.find(_number(number))
    if record is not None:
        if record.guild != context.guild:
            raise ExpiredButtonError
        if context.guild is None or not context.is_moderator:
            _require_owner(context, record, "owner-or-moderator")
        await services.answers.forget(record.id)
    return Reply("")


async def _found(services: Services, context: RequestContext, number: str) -> AnswerRecord:
    record = await services.answers.find(_number(number))
    if record is None or record.guild != context.guild:
        raise ExpiredButtonError
    # Everybody has direct messages of their own.
    if record.guild is None:
        _require_owner(context, record, "owner")
    return record


def _require_owner(context: RequestContext, record: AnswerRecord, may: May) -> None:
    # After a day nobody is kept: only the button says whose it is.
    if record.user is not None and record.user != context.user:
        raise NotYoursError(may)


def _number(text: str) -> int:
    # Only what `buttons` has written is the number of an answer, and SQLite takes no longer one.
    if not (text.isascii() and text.isdecimal() and len(text) <= _MAX_DIGITS):
        raise ExpiredButtonError
    return int(text)


def _explanation(context: RequestContext, record: AnswerRecord) -> Reply:
    texts, request = context.texts, record.request
    seed, temperature, model = str(request.seed), str(request.temperature), record.model
    if isinstance(request, PoemRequest):
        count = str(request.candidates)
        text = texts("how-poem", seed=seed, temperature=temperature, model=model, candidates=count)
    else:
        text = texts("how-dino", seed=seed, temperature=temperature, model=model)
    note = "" if record.is_complete else texts("how-incomplete")
    command = Field(texts("how-command"), command_of(record))
    # Whoever reads it may ask for it: what was typed is there to be read already.
    same = Button(texts("button-same"), custom_id("same", str(record.id)))
    return Reply(
        text,
        title=texts("how-title"),
        fields=(command,),
        footer=note,
        is_private=True,
        buttons=(same,) if record.is_complete else (),
    )


def command_of(record: AnswerRecord) -> str:
    """Return the command line that gives the same answer again, where the same model is.

    What the member typed is a word in capitals where it is no longer kept.
    """
    network, request = record.network, record.request
    options = ["--temperature", str(request.temperature), "--top-p", str(request.top_p)]
    if isinstance(request, NameRequest):
        typed = ["--prefix", request.prefix] if request.prefix else []
        options += ["-n", str(request.count)]
        typed = typed if record.is_complete else ["--prefix", "LETTERS"]
    else:
        # A first line that begins with a dash is no option.
        typed = ["--", request.prompt] if request.prompt else []
        typed = typed if record.is_complete else ["FIRST LINE"]
        options += ["--top-k", str(request.top_k), "--length", str(request.length)]
        options += ["--candidates", str(request.candidates)]
    options += ["--seed", str(request.seed), "--model", record.model]
    if record.guild is not None:
        options += ["--server", str(record.guild)]
    if not request.decent:
        options.append("--indecent")
    return shlex.join([program_name(), network, *options, *typed])
