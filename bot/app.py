"""Opens the parts in order and closes them in reverse; the only module that knows all of them."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import suppress

import aiohttp
import discord

import data
from bot.client import Dinobard
from bot.house import open_house
from bot.settings import Settings
from engine import Engine, Store

_SWITCH_SECONDS = 0.001


class StartError(Exception):
    """The bot cannot be started; the message says what to do."""


async def serve(settings: Settings, token: str) -> None:
    """Answer on Discord until SIGINT or SIGTERM.

    Args:
        settings: what the host has set.
        token: of the bot's application.

    Raises:
        StartError: Discord cannot be reached or does not let the bot in.
        ModelError: there is no model to serve.
        DatabaseError: the database cannot be used.
    """
    # Else the event loop waits up to 5 ms for a thread that draws names, each time that it wakes.
    sys.setswitchinterval(_SWITCH_SECONDS)
    store = Store(settings.models, data.MODELS)
    limit = settings.queue_limit
    # A poem takes longer than names: fewer are let in, so that none of them waits for a second.
    poems = max(1, limit * 3 // 4)
    engine = Engine(store, workers=settings.workers, queue_limit=limit, poem_limit=poems)
    stop = _on_signal()
    async with (
        open_house(engine, settings.database) as house,
        Dinobard(house, settings.api_url) as bot,
    ):
        connection = asyncio.create_task(_connect(bot, token, settings))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({connection, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        await bot.close()
        await connection


async def _connect(bot: Dinobard, token: str, settings: Settings) -> None:
    address = settings.api_url or "discord.com"
    try:
        await bot.start(token)
    except discord.LoginFailure as error:
        raise StartError(
            "Discord does not know this token. Reset it in the developer portal "
            "(Bot, Reset Token) and put it into DISCORD_TOKEN."
        ) from error
    except discord.PrivilegedIntentsRequired as error:
        raise StartError(
            "The bot may not read messages. Turn on Message Content Intent in the developer "
            "portal (Bot, Privileged Gateway Intents) and start again."
        ) from error
    except (aiohttp.ClientError, discord.HTTPException, discord.GatewayNotFound, OSError) as error:
        raise StartError(
            f"{address} cannot be reached. Check the network, a proxy or firewall, "
            "and DISCORD_API_URL if it is set; then start again."
        ) from error


def _on_signal() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows: Ctrl-C raises KeyboardInterrupt instead.
            loop.add_signal_handler(number, stop.set)
    return stop
