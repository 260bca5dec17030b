"""Opens the parts in order and closes them in reverse; the only module that knows all."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import aiohttp
import discord

import data
from bot import program_version, signals
from bot.client.bot import GRACE_SECONDS, Dinobard
from bot.client.internals import ExponentialBackoff
from bot.cogs import COGS
from bot.config import Config
from bot.features import etymology
from bot.health import HealthServer, serving
from bot.observability import metrics
from bot.observability.resources import shortage
from bot.services import Services, open_services
from bot.storage.guild_settings import GuildSettings
from engine import LocalBackend, ModelError, ModelRegistry
from engine.families import FAMILIES
from engine.jobs.spec import Limits
from engine.serving.local_backend import Timeouts

log = logging.getLogger(__name__)

# Kept of the time that a stop may take, for sending the last answers.
_SENDING_SECONDS = 2.0
_UNKNOWN_TOKEN = 4004
_WRONG_SHARDS = (4010, 4011)
_INTENTS_REFUSED = 4014
_UNREACHABLE = (aiohttp.ClientError, discord.HTTPException, discord.GatewayNotFound, OSError)

_SWITCH_SECONDS = 0.001


class StartError(Exception):
    """The bot cannot be started; the message says what to do."""


class _BrokenError(Exception):
    """The connection to Discord broke in a way that discord.py does not repair."""


async def serve(settings: Config, token: str) -> None:
    """Answer on Discord until SIGINT or SIGTERM.

    Raises:
        StartError: Discord cannot be reached or refuses the bot, or the port for metrics is taken.
        ModelError: there is no model to serve.
        DatabaseError: the database cannot be used.
    """
    stop = signals.heed_signals()
    # By default the event loop waits up to 5 ms for a worker thread each time that it wakes.
    sys.setswitchinterval(_SWITCH_SECONDS)
    registry = ModelRegistry(settings.models, data.MODELS)
    hooks = metrics.MetricsHooks()
    limit = settings.queue_limit
    engine = LocalBackend(
        registry,
        workers=settings.workers,
        queue_limit=limit,
        # A poem takes longer than names: admit fewer, so that none of them waits for a second.
        poem_limit=max(1, limit * 3 // 4),
        timeouts=Timeouts(grace_seconds=GRACE_SECONDS - _SENDING_SECONDS),
        hooks=hooks,
    )
    async with open_services(
        engine,
        settings.database,
        settings.corpus,
        limits=Limits(models_bytes=settings.models_bytes),
        defaults=GuildSettings(user_cooldown_seconds=settings.cooldown_seconds),
        is_own=settings.serves,
        hooks=[hooks],
    ) as services:
        await asyncio.to_thread(etymology.preload)
        monitor = HealthServer(engine, services.trainings)
        async with _watched(monitor, settings):
            log.info(await asyncio.to_thread(_start_line, settings, registry))
            if lacking := await asyncio.to_thread(shortage, settings.home):
                log.warning(lacking)
            await _Connection(settings, token, services, monitor, stop).keep()


def _start_line(settings: Config, registry: ModelRegistry) -> str:
    """Name the version, the home, the models and the port."""
    models: list[str] = []
    for network in FAMILIES:
        with suppress(ModelError):
            models.append(f"{network} {registry.active(network)}")
    port = settings.metrics_port
    metrics_at = f"{settings.metrics_host}:{port}" if port else "no port"
    return (
        f"Dinobard {program_version()}: home {settings.home}, models {', '.join(models)}, "
        f"metrics on {metrics_at}"
    )


@asynccontextmanager
async def _watched(monitor: HealthServer, settings: Config) -> AsyncGenerator[None]:
    if settings.metrics_port is None:
        yield
        return
    watching = asyncio.create_task(metrics.watch_loop())
    try:
        async with serving(monitor, settings.metrics_host, settings.metrics_port):
            yield
    except OSError as error:
        raise StartError(
            f"Port {settings.metrics_port} of {settings.metrics_host} cannot be used for metrics: "
            f"{error.strerror}. Give DINOBARD_METRICS_PORT another."
        ) from error
    finally:
        watching.cancel()


@dataclass(slots=True)
class _Connection:
    """The connection to Discord, from start to stop, over several clients.

    Attributes:
        was_up: whether a client was connected once; then failures are not the configuration's.
        reads_messages: whether to request the content of all messages.
    """

    settings: Config
    token: str
    services: Services
    monitor: HealthServer
    stop: asyncio.Event
    was_up: bool = False
    reads_messages: bool = True

    async def keep(self) -> None:
        """Stay connected until `stop` is set, with a new client after a failure.

        Raises:
            StartError: Discord cannot be reached or refuses the bot.
        """
        pauses = ExponentialBackoff()
        while not self.stop.is_set():
            try:
                await self._connect_once()
            except _BrokenError as error:
                metrics.RECONNECTS.inc()
                log.error("%s. Reconnecting.", error)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.stop.wait(), pauses.delay())

    async def _connect_once(self) -> None:
        settings = self.settings
        self.monitor.bot = bot = Dinobard(
            self.services,
            settings.api_url,
            cogs=COGS,
            shard_count=settings.shard_count,
            shard_ids=settings.shard_ids,
            requests_per_second=settings.requests_per_second,
            reads_messages=self.reads_messages,
        )
        async with bot:
            connection = asyncio.create_task(self._run(bot))
            stopping = asyncio.create_task(self.stop.wait())
            await asyncio.wait({connection, stopping}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            if not connection.done():
                await self._finish(bot)
                # While waiting to reconnect it does not notice that the client is closed.
                connection.cancel()
            await asyncio.wait({connection})
        if not connection.cancelled():
            connection.result()

    async def _finish(self, bot: Dinobard) -> None:
        """Finish running requests within the grace period, accepting no new ones."""
        log.info("Stopping: finishing running requests first")
        deadline = asyncio.get_running_loop().time() + GRACE_SECONDS
        await self.services.backend.close()
        bot.grace_seconds = max(_SENDING_SECONDS, deadline - asyncio.get_running_loop().time())
        await bot.close()

    async def _run(self, bot: Dinobard) -> None:
        try:
            await bot.start(self.token)
        except discord.LoginFailure as error:
            raise _unknown_token() from error
        except discord.PrivilegedIntentsRequired as error:
            if not self.reads_messages:
                raise _closed(_INTENTS_REFUSED) from error
            self.reads_messages = False
            log.warning(
                "The bot may not read messages, so commands with a prefix are not heard on "
                "servers; slash commands, mentions and direct messages work. Turn on Message "
                "Content Intent in the developer portal (Bot, Privileged Gateway Intents) and "
                "start again."
            )
        except discord.ConnectionClosed as error:
            raise _closed(error.code) from error
        except Exception as error:
            self.was_up |= bool(bot.shards)
            if self.was_up:
                # Not the error's text, which may hold what a member wrote.
                raise _BrokenError(
                    f"The connection to Discord broke with {type(error).__name__}"
                ) from error
            if not isinstance(error, _UNREACHABLE):
                raise
            raise StartError(
                f"{self.settings.api_url or 'discord.com'} cannot be reached. Check the network, "
                "a proxy or firewall, and DISCORD_API_URL if it is set; then start again."
            ) from error


def _unknown_token() -> StartError:
    return StartError(
        "Discord does not know this token. Reset it in the developer portal "
        "(Bot, Reset Token) and put it into DISCORD_TOKEN."
    )


def _closed(code: int) -> Exception:
    """Return the error for a gateway close code that forbids resuming."""
    if code == _UNKNOWN_TOKEN:
        return _unknown_token()
    if code in _WRONG_SHARDS:
        return StartError(
            "Discord does not accept these shards. Leave DISCORD_SHARD_COUNT and DISCORD_SHARD_IDS "
            "out, or raise the count and start every process again."
        )
    return _BrokenError(f"Discord closed the connection with {code}")
