"""Shows trainings on Discord: a progress message each, which is edited, and one for the result."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Generator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any, TypeVar

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
from engine.jobs.events import Cancelled, Compared, Ending, Notice, Paused, Queued, Started
from engine.jobs.handle import TrainingHandle

log = logging.getLogger(__name__)

EDIT_INTERVAL_SECONDS = 5.0
"""Between two edits, at least: Discord allows five in five seconds in a channel."""

FIRST_PAUSE_SECONDS = 1.0
"""Pause before the first retry; each further one is twice as long."""

MOST_PAUSE_SECONDS = 60.0
"""The longest pause: Discord still recognises the nonce of a message after it."""

Result = TypeVar("Result")


class TrainingWatcher:
    """Shows running trainings, each in a task."""

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
        """Show a new training, in reply to a message."""
        message = TrainingMessage(self._client, entry)
        message.question = question and discord.MessageReference.from_message(
            question, fail_if_not_exists=False
        )
        self._begin(self._services.trainings.get(entry.id), message)

    async def resume(self) -> None:
        """Show the trainings of an earlier run of the program again."""
        for training in self._services.trainings.all:
            entry = await entry_of(self._services.training_log, training)
            training.user = entry.user
            message = TrainingMessage(self._client, entry)
            message.is_resumed = training.end is None
            self._begin(training, message)
        for training_id in self._services.trainings.set_aside:
            entry = await self._services.training_log.get(training_id)
            # It is told once: then the log has its end.
            if entry is not None and entry.result == "running":
                self._spawn(self._tell_set_aside(entry), f"set aside {training_id}")

    async def tell_damages(self) -> None:
        """Report versions that cannot be loaded to their guilds, until cancelled."""
        while True:
            damage = await self._services.model_alerts.next()
            try:
                await self._tell(damage)
            except Exception:
                log.exception("A damaged version could not be told of")

    async def close(self) -> None:
        """Stop the tasks; the trainings run on."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _tell(self, damage: ModelAlert) -> None:
        if damage.guild is None:
            return  # The operator finds it in the log.
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
        self._spawn(self._watch(training, message), f"watch {training.id}")

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell_set_aside(self, entry: Entry) -> None:
        """Report a training whose directory cannot be read, and log its end."""
        texts = texts_in(entry.locale)
        title = texts("training-title", family=entry.network)
        reply = Reply(texts("training-set-aside"), title=title)
        message = TrainingMessage(self._client, entry)
        try:
            await retry_until_done(lambda: self._update(message, reply))
            await retry_until_done(lambda: message.answer(reply, nonce=int(entry.id, 16)))
            ended = replace(entry, result="failed")
            await retry_until_done(lambda: self._services.training_log.end(ended))
        except Exception:
            log.exception("The end of the training %s could not be told", entry.id)

    async def _watch(self, training: TrainingHandle, message: TrainingMessage) -> None:
        status = TrainingStatus(message.entry)
        try:
            if await self._show_progress(training, message, status):
                await self._show_end(training, message, status)
        except Exception:
            log.exception("The training %s could not be shown", training.id)

    async def _show_progress(
        self, training: TrainingHandle, message: TrainingMessage, status: TrainingStatus
    ) -> bool:
        """Show the progress of a training; return whether it has ended, not paused."""
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
            is_due = loop.time() >= due or isinstance(event, Queued | Started | Notice | Compared)
            if is_due and not self._services.invalid_requests.is_exhausted:
                with _or_not():
                    await self._update(message, shown_status(status, texts))
                due = loop.time() + self._edit_interval_seconds
        return False

    async def _show_end(
        self, training: TrainingHandle, message: TrainingMessage, status: TrainingStatus
    ) -> None:
        """Log and show the end of a training, with retries; then delete its files."""
        texts = texts_in(message.entry.locale)
        curves = await retry_until_done(lambda: ended(self._services, training, status))
        await retry_until_done(lambda: self._update(message, shown_status(status, texts)))
        if not isinstance(status.end, Cancelled):
            result = shown_result(status, curves, texts)
            # The same nonce in each attempt, also after a kill: Discord shows one message.
            nonce = int(training.id, 16)
            await retry_until_done(lambda: message.answer(result, nonce))
        # Last: this deletes the plot.
        await self._services.trainings.acknowledge(training.id)

    async def _update(self, message: TrainingMessage, reply: Reply) -> None:
        if await message.show(reply) and message.channel and message.message:
            with suppress(DatabaseError):
                await self._services.training_log.show(
                    message.entry.id, message.channel.id, message.message.id
                )


@contextmanager
def _or_not() -> Generator[None]:
    """Skip an update that cannot be shown: a later one contains it."""
    try:
        yield
    except UnreachableError as error:
        log.warning("A training could not be shown: %s", error)


def _channel_in(guild: discord.Guild, allowed: frozenset[int]) -> discord.TextChannel | None:
    """Return a channel for a notice to a guild, if there is one that may be used."""
    first = [guild.system_channel] if guild.system_channel else []
    # If the settings name no channels, only Discord's own for notices.
    others = guild.text_channels if allowed else []
    for channel in (*first, *others):
        if not obstacle_in(channel) and is_among(channel, allowed):
            return channel
    return None


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
