"""What the bot relies on in discord.py beyond its documented interface."""

import asyncio
import inspect
from collections.abc import AsyncGenerator
from typing import Any

import discord
import pytest
import pytest_asyncio
import yarl
from discord import app_commands
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.http import HTTPClient

from bot.client import internals
from bot.client.internals import AsyncWebhookAdapter, CallableTree, Route
from tests.loopback import LoopbackDiscord
from tests.loopback.clients import running


async def _if_known(kind: str) -> list[str]:
    """Return the kind of handler that this task runs, if it is among the known ones."""
    current = asyncio.current_task()
    known = await asyncio.create_task(_event_tasks())
    return [kind] if current in known else []


async def _event_tasks() -> set[asyncio.Task[Any]]:
    return internals.event_tasks()


class _Adapter(AsyncWebhookAdapter):
    def __init__(self) -> None:
        super().__init__()
        self.requests: list[tuple[str, str]] = []

    async def request(self, route: Route, session: Any, **details: Any) -> Any:
        self.requests.append((route.method, route.path))
        return await super().request(route, session, **details)


class _Tree(CallableTree):
    async def call(self, interaction: discord.Interaction[Any]) -> None:
        client = interaction.client
        client.calls.append(self.command_and_options(interaction))
        client.tasks += await _if_known("command")
        if interaction.type is discord.InteractionType.autocomplete:
            command, _ = self.command_and_options(interaction)
            await internals.autocomplete(command, interaction, "word")
        else:
            await super().call(interaction)


class _Button(discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template="some:thing"):
    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: Any, _match: Any, /) -> "_Button":
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        interaction.client.tasks += await _if_known("button")
        await interaction.response.send_message("pressed")


class _Client(commands.AutoShardedBot):
    """Patched as the bot patches itself, and noting what happens."""

    def __init__(self) -> None:
        super().__init__("!", intents=discord.Intents.all(), tree_cls=_Tree, help_command=None)
        self.parsed: list[Any] = []
        self.sent: list[tuple[str, str, Any]] = []
        self.calls: list[tuple[Any, list[dict[str, Any]]]] = []
        self.tasks: list[str] = []
        self.adapter = _Adapter()
        parsers = internals.parsers_of(self)
        parse = parsers["MESSAGE_CREATE"]

        def parse_and_note(payload: Any) -> None:
            self.parsed.append(payload["content"])
            parse(payload)

        parsers["MESSAGE_CREATE"] = parse_and_note
        internals.send_through(self, self._noting)

    def _noting(self, send: internals.Send) -> internals.Send:
        async def request(route: Route, *, files: Any = None, **details: Any) -> Any:
            self.sent.append((route.method, route.path, files))
            return await send(route, files=files, **details)

        return request

    async def setup_hook(self) -> None:
        internals.answer_through(self.adapter)

        @commands.hybrid_command(name="echo")
        async def echo(ctx: commands.Context[Any], word: str = "") -> None:
            """Say it."""
            view = discord.ui.View(timeout=None)
            view.add_item(discord.ui.Button(label="Press", custom_id="some:thing"))
            await ctx.send(word, view=view)

        @echo.autocomplete("word")
        async def suggest(_: Any, typed: str) -> list[app_commands.Choice[str]]:
            return [app_commands.Choice(name=typed, value=typed)]

        self.add_command(echo)  # pyright: ignore[reportUnknownArgumentType] - any cog will do
        self.add_dynamic_items(_Button)
        await self.tree.sync()

    async def on_message(self, message: discord.Message, /) -> None:
        if not message.author.bot:
            self.tasks += await _if_known("listener")
        await self.process_commands(message)


@pytest_asyncio.fixture
async def client(discord_server: LoopbackDiscord) -> AsyncGenerator[_Client]:
    client = _Client()
    async with running(client, discord_server):
        yield client


def test_the_pinned_minor_version_is_installed() -> None:
    assert discord.__version__.startswith("2.7.")


async def test_a_replaced_parser_gets_the_payload(
    discord_server: LoopbackDiscord, client: _Client
) -> None:
    await discord_server.say("hello")
    await discord_server.settled()

    assert client.parsed == ["hello"]
    assert {"READY", "INTERACTION_CREATE"} <= internals.parsers_of(client).keys()


async def test_replaced_requests_send_messages_with_their_files(
    discord_server: LoopbackDiscord, client: _Client
) -> None:
    await discord_server.reply(to=await discord_server.say("!echo hello"))

    assert ("POST", "/channels/{channel_id}/messages") in [sent[:2] for sent in client.sent]
    signature = inspect.signature(HTTPClient.request)
    assert list(signature.parameters)[:3] == ["self", "route", "files"]
    assert signature.parameters["files"].kind is inspect.Parameter.KEYWORD_ONLY


async def test_interactions_are_answered_through_the_adapter(
    discord_server: LoopbackDiscord, client: _Client
) -> None:
    await (await discord_server.slash("echo", word="hello")).response()

    path = "/interactions/{webhook_id}/{webhook_token}/callback"
    assert ("POST", path) in client.adapter.requests
    names = list(inspect.signature(AsyncWebhookAdapter.request).parameters)
    assert names[:3] == ["self", "route", "session"]


async def test_every_interaction_goes_through_the_hook_of_the_tree(
    discord_server: LoopbackDiscord, client: _Client
) -> None:
    await (await discord_server.slash("echo", word="hello")).response()

    ((command, (option,)),) = client.calls
    assert command.name == "echo"
    assert (option["name"], option["value"]) == ("word", "hello")
    assert internals.wrapped_command(command) is client.get_command("echo")
    assert internals.wrapped_command(client.get_command("echo")) is client.get_command("echo")


async def test_autocomplete_is_answered_for_an_option(
    discord_server: LoopbackDiscord, client: _Client
) -> None:
    (choice,) = await discord_server.autocomplete("echo", "word", "hel")

    assert choice["value"] == "hel"


async def test_tasks_that_handle_events_are_known_by_their_names(
    discord_server: LoopbackDiscord, client: _Client
) -> None:
    answer = await discord_server.reply(to=await discord_server.say("!echo hello"))
    await (await discord_server.slash("echo", word="hello")).response()
    await (await discord_server.click(answer, "Press")).response()

    assert client.tasks == ["listener", "command", "button"]


async def test_another_server_stands_for_discord(
    discord_server: LoopbackDiscord, client: _Client
) -> None:
    internals.use_api(discord_server.api_url)
    await internals.find_gateway(client)

    assert Route("GET", "/gateway").url == f"{discord_server.api_url}/gateway"
    assert yarl.URL(discord_server.gateway_url).host == DiscordWebSocket.DEFAULT_GATEWAY.host
    assert "DEFAULT_GATEWAY" in inspect.getsource(DiscordWebSocket.from_client)


def test_warnings_about_voice_can_be_silenced(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("warn_nacl", "warn_dave"):
        assert isinstance(vars(discord.VoiceClient)[name], bool)
        monkeypatch.setattr(discord.VoiceClient, name, True)
    internals.silence_voice()
    _Client()

    assert not caplog.records
    assert "warn_nacl" in inspect.getsource(discord.Client.__init__)
    assert "warn_dave" in inspect.getsource(discord.Client.__init__)


def test_the_backoff_gives_seconds() -> None:
    assert 0 <= internals.ExponentialBackoff().delay() <= 2
