"""Gateway events: malformed ones are skipped, running handlers awaited before a stop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from typing import Any, cast

from bot.client.internals import Parser, event_tasks
from bot.observability import logs, metrics

log = logging.getLogger(__name__)

_REQUESTS = ("MESSAGE_CREATE", "INTERACTION_CREATE")
# A session cannot go on without its READY: it has to reconnect.
_INDISPENSABLE = ("READY",)


def skip_bad_events(parsers: dict[str, Parser]) -> None:
    """Skip events that cannot be read, where discord.py would end the client.

    The handlers of a message or an interaction log under one reference from here on.
    """
    for event, parse in parsers.items():
        if event not in _INDISPENSABLE:
            parsers[event] = _guarded(event, parse)


def announce_guilds(parsers: dict[str, Parser], dispatch: Callable[..., None]) -> None:
    """Dispatch `guild_list` with the guilds that Discord lists when a session begins.

    Its arguments are the number of the shard, the number of all shards, and the guilds' ids. The
    client's own list keeps guilds that were lost between two sessions.
    """
    parse = parsers["READY"]

    def parse_and_announce(payload: Any) -> None:
        parse(payload)
        number, count = payload["shard"]
        dispatch("guild_list", number, count, [int(guild["id"]) for guild in payload["guilds"]])

    parsers["READY"] = parse_and_announce


def _guarded(event: str, parse: Parser) -> Parser:
    def parse_or_skip(payload: Any) -> None:
        try:
            if event not in _REQUESTS:
                parse(payload)
                return
            with logs.request(list(_written(payload))):
                parse(payload)
        except Exception as error:
            metrics.MALFORMED_EVENTS.inc()
            # Neither the error's text nor its traceback: they may hold what a member wrote.
            log.error("Skipped a malformed %s: %s", event, type(error).__name__)

    return parse_or_skip


def _written(payload: dict[str, Any]) -> Iterator[str]:
    """Yield what a member wrote in a message, filled into a command or a modal, or attached."""
    if content := payload.get("content"):
        yield content
        yield content.strip().partition(" ")[2].strip()
        yield from content.splitlines()
    yield from _values(payload.get("data"))
    yield from _values(payload.get("attachments"))


def _values(part: Any, name: str = "") -> Iterator[str]:
    if isinstance(part, dict):
        for inner, value in cast(dict[str, Any], part).items():
            yield from _values(value, inner)
    elif isinstance(part, list):
        for value in cast(list[Any], part):
            yield from _values(value, name)
    elif isinstance(part, str) and name in {"value", "values", "filename"}:
        yield part


async def finish_handlers(grace_seconds: float) -> None:
    """Wait until all events are handled; cancel handlers that take longer."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + grace_seconds
    while (left := event_tasks()) and loop.time() < deadline:
        await asyncio.wait(left, timeout=deadline - loop.time())
    for task in left:
        task.cancel()
    if left:
        log.warning("%d requests were not finished in %.0f s", len(left), grace_seconds)
        await asyncio.wait(left, timeout=1)
