"""Discord is away for a while, or for longer than the bot tries: nothing escapes, all goes on."""

import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from bot.client.bot import Dinobard
from bot.client.retries import LONG_RETRY_SECONDS
from bot.cogs import COGS
from bot.observability.metrics import REGISTRY
from bot.services import open_services
from engine import LocalBackend, ModelRegistry
from tests.end_to_end.talk import ask, names_in
from tests.loopback import LoopbackDiscord
from tests.loopback.clients import running
from tests.loopback.records import InteractionKind

MESSAGES = ("POST", "/channels/*/messages")
CALLBACKS = ("POST", "/interactions/*/*/callback")
FOR_LONGER = 1_000
UNEXPECTED = "dinobard_unexpected_errors_total"

Inflict = Callable[[LoopbackDiscord, tuple[str, str], int], None]
Ask = Callable[[LoopbackDiscord], Awaitable[object]]


def cut(server: LoopbackDiscord, request: tuple[str, str], times: int) -> None:
    server.faults.reset_connections(*request, times=times)


def be_unavailable(server: LoopbackDiscord, request: tuple[str, str], times: int) -> None:
    server.faults.fail(503, *request, times=times)


HOW = pytest.mark.parametrize("inflict", [cut, be_unavailable])


def say(words: str) -> Ask:
    return lambda server: server.say(words)


def call(command: str) -> Ask:
    # Whoever owns the guild is offered every command.
    return lambda server: server.slash(command, author=server.guild.members[server.guild.owner.id])


async def call_what_was_changed(server: LoopbackDiscord) -> object:
    ids = {command["name"]: command["id"] for command in server.commands()}
    arguments = {"id": ids["dino"], "name": "dino", "type": 1, "options": None}
    return await server.interact(InteractionKind.COMMAND, arguments)


ASKED: dict[str, Ask] = {
    "a command": say("!dino"),
    "a command that is misunderstood": say("!models use"),
    "a command that there is not": say("!dnio"),
    "a slash command": call("dino"),
    "a slash command that has no prefix": call("retrain forget"),
    "a slash command that has changed": call_what_was_changed,
}


@pytest_asyncio.fixture(autouse=True)
async def bot(
    discord_server: LoopbackDiscord,
    registry: ModelRegistry,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncGenerator[None]:
    """The bot, which tries as often as it does otherwise, without the pauses."""
    monkeypatch.setattr("bot.client.retries.LONG_RETRY_SECONDS", (0.0,) * len(LONG_RETRY_SECONDS))
    async with (
        open_services(
            LocalBackend(registry, preloads_poems=False), home / "state.sqlite3"
        ) as services,
        running(Dinobard(services, discord_server.api_url, cogs=COGS), discord_server),
    ):
        yield


def test_the_tries_take_as_long_as_is_documented() -> None:
    assert 23 < sum(LONG_RETRY_SECONDS) < 24


@HOW
async def test_an_outage_of_seconds_loses_no_answer(
    discord_server: LoopbackDiscord, inflict: Inflict
) -> None:
    for request in (MESSAGES, CALLBACKS):
        inflict(discord_server, request, len(LONG_RETRY_SECONDS))

    interaction = await discord_server.slash("dino")

    assert names_in(await interaction.response())
    assert names_in(await ask(discord_server, "!dino"))


@HOW
@pytest.mark.parametrize("name", ASKED)
async def test_an_outage_that_lasts_loses_the_answer_and_is_no_unexpected_error(
    discord_server: LoopbackDiscord, caplog: pytest.LogCaptureFixture, inflict: Inflict, name: str
) -> None:
    unexpected = REGISTRY.get_sample_value(UNEXPECTED)
    for request in (MESSAGES, CALLBACKS):
        inflict(discord_server, request, FOR_LONGER)

    await ASKED[name](discord_server)
    await discord_server.settled()

    assert "A reply could not be sent" in caplog.text
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert REGISTRY.get_sample_value(UNEXPECTED) == unexpected
    discord_server.faults.clear()
    assert await ask(discord_server, "!ping")
