"""Recent answers, stored so that buttons work and an answer can be generated again."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, cast

from bot.storage.database import Database, Row, Value
from engine import NameRequest, PoemRequest
from engine.families import FamilyName

if TYPE_CHECKING:  # The context holds the settings, which this package keeps.
    from bot.context import RequestContext

FRESH_SECONDS = 24 * 3600.0
"""How long buttons work, and user, channel and typed text are stored."""

KEPT_SECONDS = 7 * FRESH_SECONDS
"""How long the rest of an answer is stored, for `how`."""

MAX_ANSWERS = 5_000_000
"""Stored answers, at most: more than those of a day at fifty a second."""

SLICE = 1_000
"""Rows that are deleted at a time: new answers are written between two slices."""

log = logging.getLogger(__name__)

Request = NameRequest | PoemRequest

_COLUMNS = "id, user, server, network, request, model, typed, text, created"
_INSERT = (
    "INSERT INTO answers (user, server, channel, network, request, model, typed, text, created)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_SHOW = "UPDATE answers SET message = ? WHERE id = ?"
_SHOWN_IN = "SELECT id FROM answers WHERE message IN (SELECT value FROM json_each(?))"
_DELETE_THESE = "DELETE FROM answers WHERE id IN (SELECT value FROM json_each(?))"
_TYPED: dict[type[Request], str] = {NameRequest: "prefix", PoemRequest: "prompt"}
# Lets other processes write: SQLite polls for the lock.
_GIVE_WAY_SECONDS = 0.02
# What message shows an answer is written with the next answer, or after so long.
_NOTED_SECONDS = 1.0
_DELETE = "DELETE FROM answers WHERE id IN (SELECT id FROM answers WHERE {} LIMIT ?)"
# Buttons contain the id of their owner. An empty `typed` stays: such a request is complete.
_FORGET = (
    "UPDATE answers SET user = NULL, channel = NULL, message = NULL, text = NULL,"
    " typed = iif(typed = '', '', NULL)"
    " WHERE id IN (SELECT id FROM answers WHERE created < ? AND user IS NOT NULL LIMIT ?)"
)

_Values = Sequence[Value]


@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """A stored answer.

    Attributes:
        id: its number.
        user: who requested it, or None where that was deleted.
        guild: of the request, or None in a direct message or a terminal.
        network: family of the model.
        request: generates the same answer again; without the typed text where that was deleted.
        model: version that generated it.
        text: of a poem, while it is stored.
        is_fresh: whether its buttons work.
        is_complete: whether the request still has the typed text.
    """

    id: int
    user: int | None
    guild: int | None
    network: FamilyName
    request: Request
    model: str
    text: str
    is_fresh: bool
    is_complete: bool


class AnswerStore:
    """Stores recent answers."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock
        # Written in batches: a transaction of fifty rows takes as long as one of a single row.
        self._waiting: list[tuple[_Values, asyncio.Future[int]]] = []
        # Numbers of answers by the messages that show them: not yet written, being written.
        self._shown: dict[int, int] = {}
        self._noting: dict[int, int] = {}
        self._writing: asyncio.Task[None] | None = None
        self._noting_later: asyncio.TimerHandle | None = None

    async def add(
        self,
        context: RequestContext,
        request: Request,
        model: str,
        text: str = "",
        network: FamilyName = "dino",
    ) -> int:
        """Store an answer with the request that generates it again, and return its number."""
        network = "poem" if isinstance(request, PoemRequest) else network
        values = asdict(request)
        typed = str(values.pop(_TYPED[type(request)]))
        place = context.user, context.guild, context.channel
        row = *place, network, json.dumps(values), model, typed, text, self._clock()
        number = asyncio.get_running_loop().create_future()
        self._waiting.append((row, number))
        self._begin_writing()
        return await number

    def shown(self, number: int, message: int) -> None:
        """Record which message shows an answer, with the next batch."""
        self._shown[message] = number
        if self._noting_later is None:
            loop = asyncio.get_running_loop()
            self._noting_later = loop.call_later(_NOTED_SECONDS, self._begin_writing)

    async def written(self) -> None:
        """Wait until every pending write has succeeded or failed."""
        self._begin_writing()
        if self._writing:
            await self._writing

    def _begin_writing(self) -> None:
        if self._noting_later:
            self._noting_later.cancel()
            self._noting_later = None
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all())

    async def _write_all(self) -> None:
        while self._waiting or self._shown:
            taken, self._waiting = self._waiting, []
            self._noting, self._shown = self._shown, {}
            try:
                last = await self._write([row for row, _ in taken], list(self._noting.items()))
            except Exception as error:  # Passed on to the tasks that wait.
                if self._noting:
                    log.error("The messages of answers are not stored: %s", error)
                for _, number in taken:
                    if not number.done():
                        number.set_exception(error)
                continue
            for count, (_, number) in enumerate(reversed(taken)):
                if not number.done():
                    number.set_result(last - count)

    async def _write(self, rows: Sequence[_Values], shown: Sequence[_Values]) -> int:
        """Write a batch, and return the last of its consecutive numbers."""
        async with self._database.transaction() as connection:
            if shown:
                await connection.executemany(_SHOW, shown)
            if not rows:
                return 0
            await connection.executemany(_INSERT, rows)
            found = await connection.execute_fetchall("SELECT last_insert_rowid()")
            return cast(int, next(iter(found))[0])

    async def find(self, number: int) -> AnswerRecord | None:
        """Return an answer by its number, if it is still stored."""
        return await self._first("id = ?", number, KEPT_SECONDS)

    async def latest(self, channel: int) -> AnswerRecord | None:
        """Return the last answer in a channel, if one is fresh."""
        return await self._first("channel = ?", channel, FRESH_SECONDS)

    async def forget(self, number: int) -> None:
        """Delete an answer."""
        await self._database.erase("DELETE FROM answers WHERE id = ?", number)

    async def forget_shown(self, messages: Collection[int]) -> None:
        """Delete the answers that were shown by deleted messages."""
        unwritten = self._shown | self._noting
        numbers: list[Value] = [unwritten[message] for message in messages if message in unwritten]
        noted = await self._database.rows(_SHOWN_IN, json.dumps(list(messages)))
        numbers += [number for (number,) in noted]
        # Most deleted messages are not the bot's.
        if numbers:
            await self._database.erase(_DELETE_THESE, json.dumps(numbers))

    async def forget_channel(self, channel: int) -> None:
        """Delete all answers in a channel or thread, which is deleted."""
        await self.written()  # Those on their way come from there, too.
        await self._in_slices(_DELETE.format("channel = ?"), channel)
        await self._database.cut_log()

    async def forget_user(self, user: int) -> None:
        """Delete all answers to a user."""
        await self._in_slices(_DELETE.format("user = ?"), user)
        await self._database.cut_log()

    async def forget_guild(self, guild: int) -> None:
        """Delete all answers in a guild."""
        await self._in_slices(_DELETE.format("server = ?"), guild)
        await self._database.cut_log()

    async def prune(self) -> None:
        """Delete expired data; to be called regularly."""
        now = self._clock()
        await self._in_slices(_DELETE.format("created < ?"), now - KEPT_SECONDS)
        await self._in_slices(_FORGET, now - FRESH_SECONDS)
        # Numbers are consecutive: that many of them are at most that many answers.
        last = await self._database.row("SELECT max(id) FROM answers")
        if last and last[0] is not None:
            await self._in_slices(_DELETE.format("id <= ?"), cast(int, last[0]) - MAX_ANSWERS)
        await self._database.cut_log()

    async def _in_slices(self, statement: str, value: Value) -> None:
        """Repeat a statement that changes a slice of rows until none is left."""
        changed = SLICE
        while changed == SLICE:
            changed = await self._database.write(statement, value, SLICE)
            await asyncio.sleep(_GIVE_WAY_SECONDS)

    async def _first(self, condition: str, value: int, seconds: float) -> AnswerRecord | None:
        row = await self._database.row(
            f"SELECT {_COLUMNS} FROM answers"  # noqa: S608 - our own words
            f" WHERE {condition} AND created >= ? ORDER BY id DESC LIMIT 1",
            value,
            self._clock() - seconds,
        )
        return _read(row, self._clock()) if row else None


def _read(row: Row, now: float) -> AnswerRecord:
    number, user, guild, network, request, model, typed, text, created = row
    is_fresh = cast(float, created) >= now - FRESH_SECONDS
    kind = PoemRequest if network == "poem" else NameRequest
    values = json.loads(str(request)) | {_TYPED[kind]: typed if is_fresh else ""}
    return AnswerRecord(
        id=cast(int, number),
        user=cast("int | None", user) if is_fresh else None,
        guild=cast("int | None", guild),
        network=str(network),
        request=kind(**values),
        model=str(model),
        text=str(text) if is_fresh else "",
        is_fresh=is_fresh,
        is_complete=is_fresh or typed == "",
    )
