"""Shows the trainings on Discord: one message each, edited now and then, and one for the result."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Generator
from contextlib import contextmanager, suppress

import discord

from bot.client.checks import is_among
from bot.client.responses import message_of
from bot.i18n.texts import locale_of, texts_in
from bot.observability.model_alerts import Damage
from bot.replies import Reply
from bot.services import House
from bot.storage.database import DatabaseError
from bot.storage.training_log import Entry
from bot.training.finish import ended, entry_of
from bot.training.message import AwayError, Board
from bot.training.progress import Status, shown_result, shown_status
from bot.training.retry import persistently
from engine.jobs.events import Cancelled, Compared, Ending, Event, Paused, Queued, Started
from engine.jobs.handle import Training

log = logging.getLogger(__name__)

PACE_SECONDS = 5.0
"""Between two edits, at least: Discord allows five in five seconds for a whole channel."""


class Watchers:
    """Shows trainings as long as they go on; a task for each.

    Args:
        client: sends and edits the messages.
        house: what there is to show.
        pace_seconds: between two edits, at least.
    """

    def __init__(
        self, client: discord.Client, house: House, pace_seconds: float = PACE_SECONDS
    ) -> None:
        self._client = client
        self._house = house
        self._pace_seconds = pace_seconds
        self._tasks: set[asyncio.Task[None]] = set()

    def follow(self, entry: Entry, question: discord.Message | None = None) -> None:
        """Show a training that was ordered just now, as an answer to a message."""
        board = Board(self._client, entry)
        board.question = question and discord.MessageReference.from_message(
            question, fail_if_not_exists=False
        )
        self._begin(self._house.trainings.get(entry.id), board)

    async def resume(self) -> None:
        """Go on showing the trainings of an earlier run.

        Raises:
            DatabaseError: the record cannot be used.
        """
        for training in self._house.trainings.all:
            board = Board(self._client, await entry_of(self._house.record, training))
            board.is_resumed = training.end is None
            self._begin(training, board)

    async def tell_damages(self) -> None:
        """Tell each server of its versions that do not answer any more, until cancelled."""
        while True:
            damage = await self._house.alarms.next()
            try:
                await self._tell(damage)
            except Exception:
                log.exception("A damaged version could not be told of")

    async def close(self) -> None:
        """Show nothing more; the trainings go on."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _tell(self, damage: Damage) -> None:
        if damage.server is None:
            return  # It is in the log, where whoever runs the bot finds it.
        guild = self._client.get_guild(damage.server)
        if guild is None:
            return
        entries = await self._house.record.of_server(damage.server)
        shown = next((entry for entry in entries if entry.channel is not None), None)
        settings = await self._house.servers.of(damage.server)
        locale = shown.locale if shown else locale_of(settings.locale, str(guild.preferred_locale))
        texts = texts_in(locale, settings.prefix)
        reply = Reply(texts("models-damaged", version=damage.version))
        last = guild.get_channel_or_thread(shown.channel) if shown and shown.channel else None
        if shown and last and is_among(last, settings.channels):
            await Board(self._client, shown).answer(reply)
        elif channel := _channel_in(guild, settings.channels):
            await channel.send(**message_of(reply))

    def _begin(self, training: Training, board: Board) -> None:
        task = asyncio.create_task(self._watch(training, board), name=f"watch {training.id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _watch(self, training: Training, board: Board) -> None:
        try:
            await self._show(training, board)
        except Exception:
            log.exception("The training %s could not be shown", training.id)

    async def _show(self, training: Training, board: Board) -> None:
        status = Status(board.entry)
        if await self._show_progress(training, board, status):
            await self._show_end(training, board, status)

    async def _show_progress(self, training: Training, board: Board, status: Status) -> bool:
        """Show how a training goes on; return whether it has ended, and does not pause."""
        texts = texts_in(board.entry.locale)
        if board.is_resumed:
            with _or_not():
                await board.answer(Reply(texts("training-resumed")))
        loop = asyncio.get_running_loop()
        due = loop.time()
        async for event in training.watch():
            status.take(event)
            if isinstance(event, Ending | Paused):
                return isinstance(event, Ending)
            if loop.time() >= due or _is_rare(event):
                with _or_not():
                    await self._update(board, shown_status(status, texts))
                due = loop.time() + self._pace_seconds
        return False

    async def _show_end(self, training: Training, board: Board, status: Status) -> None:
        """Enter the end of a training and show it, however long that takes; then forget both."""
        texts = texts_in(board.entry.locale)
        curves = await persistently(lambda: ended(self._house, training, status))
        await persistently(lambda: self._update(board, shown_status(status, texts)))
        if not isinstance(status.end, Cancelled):
            result = shown_result(status, curves, texts)
            # Told again, also after a kill, it is still the same message.
            nonce = int(training.id, 16)
            await persistently(lambda: board.answer(result, nonce))
        # The picture goes with it, so not before there is nothing more to tell.
        await self._house.trainings.acknowledge(training.id)

    async def _update(self, board: Board, reply: Reply) -> None:
        if await board.show(reply) and board.channel and board.message:
            with suppress(DatabaseError):
                await self._house.record.show(board.entry.id, board.channel.id, board.message.id)


@contextmanager
def _or_not() -> Generator[None]:
    """Show something where that can be done: what comes after it tells the same or more."""
    try:
        yield
    except AwayError as error:
        log.warning("A training could not be shown: %s", error)


def _channel_in(guild: discord.Guild, allowed: frozenset[int]) -> discord.TextChannel | None:
    """Return a channel to tell a server something in, where there is one that may be used."""
    first = [guild.system_channel] if guild.system_channel else []
    # Where none is named, no other than Discord's own for such notices.
    others = guild.text_channels if allowed else []
    for channel in (*first, *others):
        may_write = channel.permissions_for(guild.me).send_messages
        if may_write and is_among(channel, allowed):
            return channel
    return None


def _is_rare(event: Event) -> bool:
    return isinstance(event, Queued | Started | Compared)
