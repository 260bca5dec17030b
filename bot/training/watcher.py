"""Shows the trainings on Discord: one message each, edited now and then, and one for the result."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager, suppress
from typing import TypeVar

import discord

from bot.client.channel_permissions import formats_in, obstacle_in
from bot.client.checks import is_among
from bot.client.rendering import message_of
from bot.i18n.texts import locale_of, texts_in
from bot.observability.model_alerts import ModelAlert
from bot.replies import Reply
from bot.services import Services
from bot.storage.database import DatabaseError
from bot.storage.training_log import Entry
from bot.training.finish import ended, entry_of
from bot.training.message import TrainingMessage, UnreachableError
from bot.training.progress import TrainingStatus, shown_result, shown_status
from engine.jobs.events import Cancelled, Compared, Ending, Event, Paused, Queued, Started
from engine.jobs.handle import TrainingHandle

log = logging.getLogger(__name__)

EDIT_INTERVAL_SECONDS = 5.0
"""Between two edits, at least: Discord allows five in five seconds for a whole channel."""

FIRST_PAUSE_SECONDS = 1.0
"""How long to wait before the second try; each pause is twice the one before it."""

MOST_PAUSE_SECONDS = 60.0
"""How long to wait at most: by then Discord still knows a message by its nonce."""

Result = TypeVar("Result")


class TrainingWatcher:
    """Shows trainings as long as they go on; a task for each.

    Args:
        client: sends and edits the messages.
        services: what there is to show.
        pace_seconds: between two edits, at least.
    """

    def __init__(
        self,
        client: discord.Client,
        services: Services,
        edit_interval_seconds: float = EDIT_INTERVAL_SECONDS,
    ) -> None:
        self._client = client
        self._services = services
        self._edit_interval_seconds = edit_interval_seconds
        self._tasks: set[asyncio.Task[None]] = set()

    def follow(self, entry: Entry, question: discord.Message | None = None) -> None:
        """Show a training that was ordered just now, as an answer to a message."""
        message = TrainingMessage(self._client, entry)
        message.question = question and discord.MessageReference.from_message(
            question, fail_if_not_exists=False
        )
        self._begin(self._services.trainings.get(entry.id), message)

    async def resume(self) -> None:
        """Go on showing the trainings of an earlier run."""
        for training in self._services.trainings.all:
            message = TrainingMessage(
                self._client, await entry_of(self._services.training_log, training)
            )
            message.is_resumed = training.end is None
            self._begin(training, message)

    async def tell_damages(self) -> None:
        """Tell each server of its versions that do not answer any more, until cancelled."""
        while True:
            damage = await self._services.model_alerts.next()
            try:
                await self._tell(damage)
            except Exception:
                log.exception("A damaged version could not be told of")

    async def close(self) -> None:
        """Show nothing more; the trainings go on."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _tell(self, damage: ModelAlert) -> None:
        if damage.guild is None:
            return  # It is in the log, where whoever runs the bot finds it.
        guild = self._client.get_guild(damage.guild)
        if guild is None:
            return
        entries = await self._services.training_log.of_guild(damage.guild)
        shown = next((entry for entry in entries if entry.channel is not None), None)
        settings = await self._services.guild_settings.of(damage.guild)
        locale = shown.locale if shown else locale_of(settings.locale, str(guild.preferred_locale))
        texts = texts_in(locale, settings.prefix)
        reply = Reply(texts("models-damaged", version=damage.version))
        last = guild.get_channel_or_thread(shown.channel) if shown and shown.channel else None
        if shown and last and is_among(last, settings.channels):
            await TrainingMessage(self._client, shown).answer(reply)
        elif channel := _channel_in(guild, settings.channels):
            await channel.send(**message_of(reply, formats_in(channel)))

    def _begin(self, training: TrainingHandle, message: TrainingMessage) -> None:
        task = asyncio.create_task(self._watch(training, message), name=f"watch {training.id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _watch(self, training: TrainingHandle, message: TrainingMessage) -> None:
        try:
            await self._show(training, message)
        except Exception:
            log.exception("The training %s could not be shown", training.id)

    async def _show(self, training: TrainingHandle, message: TrainingMessage) -> None:
        status = TrainingStatus(message.entry)
        if await self._show_progress(training, message, status):
            await self._show_end(training, message, status)

    async def _show_progress(
        self, training: TrainingHandle, message: TrainingMessage, status: TrainingStatus
    ) -> bool:
        """Show how a training goes on; return whether it has ended, and does not pause."""
        texts = texts_in(message.entry.locale)
        if message.is_resumed:
            with _or_not():
                await message.answer(Reply(texts("training-resumed")))
        loop = asyncio.get_running_loop()
        due = loop.time()
        async for event in training.watch():
            status.take(event)
            if isinstance(event, Ending | Paused):
                return isinstance(event, Ending)
            is_due = loop.time() >= due or _is_rare(event)
            if is_due and not self._services.invalid_requests.is_exhausted:
                with _or_not():
                    await self._update(message, shown_status(status, texts))
                due = loop.time() + self._edit_interval_seconds
        return False

    async def _show_end(
        self, training: TrainingHandle, message: TrainingMessage, status: TrainingStatus
    ) -> None:
        """Enter the end of a training and show it, however long that takes; then forget both."""
        texts = texts_in(message.entry.locale)
        curves = await retry_until_done(lambda: ended(self._services, training, status))
        await retry_until_done(lambda: self._update(message, shown_status(status, texts)))
        if not isinstance(status.end, Cancelled):
            result = shown_result(status, curves, texts)
            # Told again, also after a kill, it is still the same message.
            nonce = int(training.id, 16)
            await retry_until_done(lambda: message.answer(result, nonce))
        # The picture goes with it, so not before there is nothing more to tell.
        await self._services.trainings.acknowledge(training.id)

    async def _update(self, message: TrainingMessage, reply: Reply) -> None:
        if await message.show(reply) and message.channel and message.message:
            with suppress(DatabaseError):
                await self._services.training_log.show(
                    message.entry.id, message.channel.id, message.message.id
                )


@contextmanager
def _or_not() -> Generator[None]:
    """Show something where that can be done: what comes after it tells the same or more."""
    try:
        yield
    except UnreachableError as error:
        log.warning("A training could not be shown: %s", error)


def _channel_in(guild: discord.Guild, allowed: frozenset[int]) -> discord.TextChannel | None:
    """Return a channel to tell a server something in, where there is one that may be used."""
    first = [guild.system_channel] if guild.system_channel else []
    # Where none is named, no other than Discord's own for such notices.
    others = guild.text_channels if allowed else []
    for channel in (*first, *others):
        if not obstacle_in(channel) and is_among(channel, allowed):
            return channel
    return None


def _is_rare(event: Event) -> bool:
    return isinstance(event, Queued | Started | Compared)


async def retry_until_done(attempt: Callable[[], Awaitable[Result]]) -> Result:
    """Repeat an idempotent call, with growing pauses, while the disk or Discord is unavailable."""
    pause = FIRST_PAUSE_SECONDS
    while True:
        try:
            return await attempt()
        except (DatabaseError, UnreachableError) as error:
            log.warning("Showing the end of a training again in %.0f s: %s", pause, error)
        await asyncio.sleep(pause)
        pause = min(2 * pause, MOST_PAUSE_SECONDS)
