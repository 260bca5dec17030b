"""Private and patched parts of discord.py, each with the reason; nothing else touches any.

The library has no hooks for these. It is pinned to the minor version whose internals
`tests/unit/bot/client/test_internals.py` checks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import CoroutineType
from typing import Any, TypeAlias

import discord
import yarl
from discord import app_commands
from discord.backoff import ExponentialBackoff as ExponentialBackoff
from discord.gateway import DiscordWebSocket
from discord.http import Route
from discord.webhook.async_ import AsyncWebhookAdapter, async_context

Parser = Callable[[Any], None]
"""Handles the payload of one kind of gateway event."""

# CoroutineType cannot be subscripted at run time.
Send: TypeAlias = "Callable[..., CoroutineType[Any, Any, Any]]"
"""`HTTPClient.request(route, *, files=None, **details)`."""

# Tasks in which discord.py runs listeners, commands, buttons and modals.
_EVENT_TASKS = ("discord.py: ", "CommandTree-", "discord-ui-")


def silence_voice() -> None:
    """Turn off the warnings about libraries that only voice needs."""
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False


def parsers_of(client: discord.Client) -> dict[str, Parser]:
    """Return the parsers of gateway events by name, which may be replaced.

    An exception in one ends the client: a malformed event must be skipped before that.
    """
    return client._connection.parsers  # pyright: ignore[reportPrivateUsage] - no public hook


def send_through(client: discord.Client, wrap: Callable[[Send], Send]) -> None:
    """Wrap the client's REST requests: the library does not repeat all that it could."""
    client.http.request = wrap(client.http.request)


def answer_through(adapter: AsyncWebhookAdapter) -> None:
    """Send the answers to interactions of this task and its children through an adapter.

    They bypass the client's REST requests, and the library might send one twice.
    """
    async_context.set(adapter)


def use_api(url: str) -> None:
    """Send REST requests to another server than Discord."""
    Route.BASE = url


def api_url() -> str:
    """Return the REST address that requests go to."""
    return Route.BASE


async def find_gateway(client: discord.Client) -> None:
    """Use the gateway of that server for new sessions too; the library would use Discord's."""
    _, address, _ = await client.http.get_bot_gateway()
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(address)


def event_tasks() -> set[asyncio.Task[Any]]:
    """Return the tasks that handle events, except the current one; the library keeps no list."""
    return {
        task
        for task in asyncio.all_tasks()
        if task.get_name().startswith(_EVENT_TASKS) and task is not asyncio.current_task()
    }


class CallableTree(app_commands.CommandTree[Any]):
    """A command tree with a hook around each interaction, malformed ones included.

    The library's own `interaction_check` comes after the options were read.
    """

    async def _call(self, interaction: discord.Interaction[Any]) -> None:
        await self.call(interaction)

    async def call(self, interaction: discord.Interaction[Any]) -> None:
        """Find the command and invoke it."""
        await super()._call(interaction)

    def command_and_options(
        self, interaction: discord.Interaction[Any]
    ) -> tuple[app_commands.Command[Any, ..., Any], list[dict[str, Any]]]:
        """Return the command of an interaction, and its options as Discord sent them.

        Raises:
            AppCommandError: there is no such command.
        """
        content: Any = interaction.data
        command, options = self._get_app_command_options(content)
        return command, list[dict[str, Any]](options)  # pyright: ignore[reportArgumentType] - typed dictionaries


async def autocomplete(
    command: app_commands.Command[Any, ..., Any], interaction: discord.Interaction[Any], option: str
) -> None:
    """Send the choices for an option; the library would log each failure as an error."""
    await command._invoke_autocomplete(  # pyright: ignore[reportPrivateUsage] - no public hook
        interaction, option, interaction.namespace
    )


def wrapped_command(command: Any) -> Any:
    """Return the hybrid command of its slash command: only that has the full name."""
    return getattr(command, "wrapped", command)
