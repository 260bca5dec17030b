"""What was answered to whom, kept for a while so that buttons work and answers can be had again."""

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
"""How long buttons work, and who asked, where, and what they typed is kept."""

KEPT_SECONDS = 7 * FRESH_SECONDS
"""How long it can be asked how an answer came about."""

MAX_ANSWERS = 5_000_000
"""How many are kept at most: those of a day at fifty a second, and some."""

SLICE = 1_000
"""How many are deleted at a time: whoever is to be answered waits until theirs is kept."""

log = logging.getLogger(__name__)

Request = NameRequest | PoemRequest

_COLUMNS = "id, user, server, network, request, model, typed, text, created"
_INSERT = (
    "INSERT INTO answers (user, server, channel, network, request, model, typed, text, created)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_SHOW = "UPDATE answers SET message = ? WHERE id = ?"
_ANY_OF = "IN (SELECT value FROM json_each(?))"
_TYPED: dict[type[Request], str] = {NameRequest: "prefix", PoemRequest: "prompt"}
# For other processes: SQLite lets them look now and then whether the file is free.
_GIVE_WAY_SECONDS = 0.02
_DELETE = "DELETE FROM answers WHERE id IN (SELECT id FROM answers WHERE {} LIMIT ?)"
# An answer's buttons themselves say whose it is. That nothing was typed stays known: then nothing
# is missing.
_FORGET = (
    "UPDATE answers SET user = NULL, channel = NULL, message = NULL, text = NULL,"
    " typed = iif(typed = '', '', NULL)"
    " WHERE id IN (SELECT id FROM answers WHERE created < ? AND user IS NOT NULL LIMIT ?)"
)

_Values = Sequence[Value]


@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """An answer that was given.

    Attributes:
        id: its number.
        user: whose it is, or None where that is no longer kept.
        guild: where it was asked for, or None in a direct message or a terminal.
        network: family of the model.
        request: what gives the same answer again, seed and all; without what the member typed
            where that is no longer kept.
        model: the version that answered.
        text: of a poem, as long as it is kept.
        is_fresh: whether its buttons work.
        is_complete: whether the request holds all that the member typed.
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
    """Keeps the latest answers.

    Args:
        database: where they last.
        clock: seconds since 1970.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock
        # Answers that come at once are written at once: a transaction costs the disk the same for
        # one as for fifty.
        self._waiting: list[tuple[_Values, asyncio.Future[int]]] = []
        # Numbers of answers by the messages that show them: those that wait, those on their way.
        self._shown: dict[int, int] = {}
        self._noting: dict[int, int] = {}
        self._writing: asyncio.Task[None] | None = None

    async def add(
        self,
        context: RequestContext,
        request: Request,
        model: str,
        text: str = "",
        network: FamilyName = "dino",
    ) -> int:
        """Keep an answer, and return its number.

        Args:
            context: who asked, and where.
            request: what gives the same answer again, seed and all.
            model: the version that answered.
            text: of a poem.
            network: family of the model, where it answers names.
        """
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
        """Note which message shows an answer, when the next ones are written."""
        self._shown[message] = number
        self._begin_writing()

    async def written(self) -> None:
        """Wait until all that was noted is written, or could not be."""
        if self._writing:
            await self._writing

    def _begin_writing(self) -> None:
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all())

    async def _write_all(self) -> None:
        while self._waiting or self._shown:
            taken, self._waiting = self._waiting, []
            self._noting, self._shown = self._shown, {}
            try:
                last = await self._write([row for row, _ in taken], list(self._noting.items()))
            except Exception as error:  # Whoever waits must hear of it, whatever it is.
                if self._noting:
                    log.error("It is not noted which messages show answers: %s", error)
                for _, number in taken:
                    if not number.done():
                        number.set_exception(error)
                continue
            for count, (_, number) in enumerate(reversed(taken)):
                if not number.done():
                    number.set_result(last - count)

    async def _write(self, rows: Sequence[_Values], shown: Sequence[_Values]) -> int:
        """Write answers together, and return the number of the last; theirs are in a row."""
        async with self._database.transaction() as connection:
            await connection.executemany(_INSERT, rows)
            await connection.executemany(_SHOW, shown)
            found = await connection.execute_fetchall("SELECT last_insert_rowid()")
            return cast(int, next(iter(found))[0])

    async def find(self, number: int) -> AnswerRecord | None:
        """Return an answer by its number, if it is still kept."""
        return await self._first("id = ?", number, KEPT_SECONDS)

    async def latest(self, channel: int) -> AnswerRecord | None:
        """Return the last answer in a channel, if one is fresh."""
        return await self._first("channel = ?", channel, FRESH_SECONDS)

    async def forget(self, number: int) -> None:
        """Delete an answer."""
        await self._database.erase("DELETE FROM answers WHERE id = ?", number)

    async def forget_shown(self, messages: Collection[int]) -> None:
        """Delete the answers that messages show, which are deleted."""
        unwritten = self._shown | self._noting
        numbers: list[Value] = [unwritten[message] for message in messages if message in unwritten]
        noted = await self._database.rows(
            f"SELECT id FROM answers WHERE message {_ANY_OF}",  # noqa: S608 - our own words
            json.dumps(list(messages)),
        )
        numbers += [number for (number,) in noted]
        # Most messages that are deleted are none of ours.
        if numbers:
            await self._database.erase(
                f"DELETE FROM answers WHERE id {_ANY_OF}",  # noqa: S608 - our own words
                json.dumps(numbers),
            )

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
        """Delete all answers on a server."""
        await self._in_slices(_DELETE.format("server = ?"), guild)
        await self._database.cut_log()

    async def prune(self) -> None:
        """Delete what is kept no longer; to be called now and then."""
        now = self._clock()
        await self._in_slices(_DELETE.format("created < ?"), now - KEPT_SECONDS)
        await self._in_slices(_FORGET, now - FRESH_SECONDS)
        # Numbers are given in turn: so many of them hold no more answers than that.
        last = await self._database.row("SELECT max(id) FROM answers")
        if last and last[0] is not None:
            await self._in_slices(_DELETE.format("id <= ?"), cast(int, last[0]) - MAX_ANSWERS)
        await self._database.cut_log()

    async def _in_slices(self, statement: str, value: Value) -> None:
        """Repeat what changes a slice until nothing is left to change; others write in between."""
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
