"""What comes in over Discord's gateway: numbered, checked for form, and waited for at the end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from typing import Any, cast

from bot.observability import logs, metrics

log = logging.getLogger(__name__)

Parser = Callable[[Any], None]

_REQUESTS = ("MESSAGE_CREATE", "INTERACTION_CREATE")
# Without what READY tells no session can go on: the connection has to be made anew.
_INDISPENSABLE = ("READY",)
# The tasks in which discord.py runs what listens to events, commands, buttons and modals.
_HANDLERS = ("discord.py: ", "CommandTree-", "discord-ui-")


def skip_bad_events(parsers: dict[str, Parser]) -> None:
    """Let an event that cannot be read be left out, where discord.py would end the client.

    What handles a message or an interaction belongs to one request of the log from here on.

    Args:
        parsers: of the client's state, by the name of the event; changed in place.
    """
    for event, parse in parsers.items():
        if event not in _INDISPENSABLE:
            parsers[event] = _guarded(event, parse)


def announce_guilds(parsers: dict[str, Parser], dispatch: Callable[..., None]) -> None:
    """Let the event `guild_list` tell of the servers that Discord lists when a session begins.

    It has the number of the shard, the number of all shards, and the servers' ids. The client's own
    list is another: it keeps servers that were lost between two sessions.

    Args:
        parsers: of the client's state, by the name of the event; changed in place.
        dispatch: calls who listens to an event.
    """
    parse = parsers["READY"]

    def parse_and_announce(payload: Any) -> None:
        parse(payload)
        number, count = payload["shard"]
        dispatch("guild_list", number, count, [int(guild["id"]) for guild in payload["guilds"]])

    parsers["READY"] = parse_and_announce


def _guarded(event: str, parse: Parser) -> Parser:
    def parse_or_leave_out(payload: Any) -> None:
        try:
            if event not in _REQUESTS:
                parse(payload)
                return
            with logs.request(list(_written(payload))):
                parse(payload)
        except Exception as error:
            metrics.MALFORMED_EVENTS.inc()
            # Neither the error's text nor its traceback: they may hold what a member wrote.
            log.error("A malformed %s was left out: %s", event, type(error).__name__)

    return parse_or_leave_out


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


def handlers() -> set[asyncio.Task[Any]]:
    """Return the tasks that deal with events, but for the current one."""
    return {
        task
        for task in asyncio.all_tasks()
        if task.get_name().startswith(_HANDLERS) and task is not asyncio.current_task()
    }


async def finish_handlers(grace_seconds: float) -> None:
    """Wait until every event that came in is dealt with; what takes longer is cancelled."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + grace_seconds
    while (left := handlers()) and loop.time() < deadline:
        await asyncio.wait(left, timeout=deadline - loop.time())
    for task in left:
        task.cancel()
    if left:
        log.warning("%d requests were not finished in %.0f s", len(left), grace_seconds)
        await asyncio.wait(left, timeout=1)
