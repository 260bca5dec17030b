"""Answers to slash commands and buttons that Discord took although it said that it failed.

Discord has no nonce for them; each must appear once all the same.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.client.bot import Dinobard
from bot.cogs import COGS
from bot.features import BUTTON_ACTIONS
from bot.services import open_services
from engine import LocalBackend, ModelRegistry, NameRequest, Names, NoNamesError, PoemRequest
from engine.requests import Poem
from tests.end_to_end.talk import ask, names_in, said_in
from tests.loopback import LoopbackDiscord
from tests.loopback.clients import running
from tests.loopback.exchange import Exchange, ResponseKind
from tests.loopback.records import Message

CALLBACK = ("POST", "/interactions/*/*/callback")
EDIT = ("PATCH", "/webhooks/*/*/messages/*")
DELETION = ("DELETE", "/webhooks/*/*/messages/*")
FOLLOW_UP = ("POST", "/webhooks/*/*")

LONG_POEM = "O rose, thou art sick of the worm\n" * 100


class _Gated(LocalBackend):
    """An engine that answers when it is let, with poems that fit no message."""

    def __init__(self, registry: ModelRegistry) -> None:
        super().__init__(registry, preloads_poems=False)
        self.gate = asyncio.Event()
        self.gate.set()
        self.fails = False
        self.is_awake = True

    @property
    def is_ready(self) -> bool:
        return self.is_awake

    async def names(self, request: NameRequest, **options: Any) -> Names:
        await self.gate.wait()
        if self.fails:
            raise NoNamesError("")
        return await super().names(request, **options)

    async def poem(
        self, request: PoemRequest, *, guild: int | None = None, version: str | None = None
    ) -> Poem:
        await self.gate.wait()
        return Poem(LONG_POEM, "", 1, "2026-01-02-0badcafe", 1)


@pytest.fixture
def engine(registry: ModelRegistry) -> _Gated:
    return _Gated(registry)


@pytest_asyncio.fixture
async def bot(
    discord_server: LoopbackDiscord, engine: _Gated, home: Path
) -> AsyncGenerator[Dinobard]:
    discord_server.patience_seconds = 30
    async with open_services(engine, home / "state.sqlite3") as services:
        client = Dinobard(services, discord_server.api_url, cogs=COGS)
        async with running(client, discord_server):
            yield client


Inflict = Callable[[LoopbackDiscord, tuple[str, str]], None]


def report(status: int) -> Inflict:
    def inflict(server: LoopbackDiscord, request: tuple[str, str]) -> None:
        server.faults.fail(status, *request, is_applied=True)

    return inflict


def cut(server: LoopbackDiscord, request: tuple[str, str]) -> None:
    server.faults.reset_connections(*request, is_applied=True)


AFTER_ALL = pytest.mark.parametrize(
    "inflict", [report(500), report(503), cut], ids=["500", "503", "cut"]
)


@dataclass(frozen=True, slots=True)
class Case:
    """Something that is answered with a message of its own.

    Attributes:
        name: of the test.
        make: asks for it, below a message with buttons.
        fits: whether a message is the answer.
        fails: whether the engine can invent nothing.
    """

    name: str
    make: Callable[[LoopbackDiscord, Message], Awaitable[Exchange]]
    fits: Callable[[Message], bool]
    fails: bool = False


def _is_whole_poem(message: Message) -> bool:
    (file,) = message.attachments
    return file.filename == "answer.txt" and LONG_POEM.strip() in file.content.decode()


CASES = (
    Case(
        "slash answer",
        lambda server, _: server.slash("dino", number=2),
        lambda message: len(names_in(message)) == 2,
    ),
    Case("slash answer with a file", lambda server, _: server.slash("poem"), _is_whole_poem),
    Case(
        "slash error",
        lambda server, _: server.slash("dino"),
        lambda message: "could not find a new name" in said_in(message),
        fails=True,
    ),
    Case(
        "press",
        lambda server, message: server.click(message, "Five more"),
        lambda message: len(names_in(message)) == 5,
    ),
    Case(
        "press that fails",
        lambda server, message: server.click(message, "Five more"),
        lambda message: "could not find a new name" in said_in(message),
        fails=True,
    ),
)
EACH = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def seen(server: LoopbackDiscord, exchange: Exchange) -> list[Message]:
    """Return all that a member sees in answer: messages for all, and those for them alone."""
    record = exchange.record
    own = [message for message in (record.original, *record.followups) if message]
    public = [
        message
        for message in server.channel.messages.values()
        if message.author is server.bot and message.id > record.id
    ]
    hidden = [message for message in own if message.is_ephemeral and not message.is_deleted]
    return public + hidden


def tries(server: LoopbackDiscord, request: tuple[str, str]) -> int:
    method, path = request
    parts = path.split("/")
    return sum(
        call.method == method
        and len(call.path.split("/")) == len(parts)
        and call.path.split("/")[1] == parts[1]
        for call in server.calls
    )


@pytest.mark.usefixtures("bot")
@AFTER_ALL
@EACH
async def test_a_first_response_that_arrived_after_all_appears_once(
    discord_server: LoopbackDiscord, engine: _Gated, case: Case, inflict: Inflict
) -> None:
    buttons = await ask(discord_server, "!dino")
    engine.fails = case.fails
    inflict(discord_server, CALLBACK)

    exchange = await case.make(discord_server, buttons)
    await exchange.response()
    await discord_server.settled()

    assert await exchange.acknowledged() is ResponseKind.MESSAGE
    (answer,) = seen(discord_server, exchange)
    assert case.fits(answer)
    assert answer.is_ephemeral is case.fails
    assert tries(discord_server, CALLBACK) == 2


@pytest.mark.usefixtures("bot")
@AFTER_ALL
@pytest.mark.parametrize("request_", [CALLBACK, EDIT], ids=["deferral", "answer"])
@EACH
async def test_a_deferred_answer_that_arrived_after_all_appears_once(
    discord_server: LoopbackDiscord,
    engine: _Gated,
    monkeypatch: pytest.MonkeyPatch,
    case: Case,
    inflict: Inflict,
    request_: tuple[str, str],
) -> None:
    monkeypatch.setattr("bot.client.responses._DEFER_SECONDS", 0.0)
    buttons = await ask(discord_server, "!dino")
    engine.fails = case.fails
    engine.gate.clear()
    inflict(discord_server, request_)

    exchange = await case.make(discord_server, buttons)
    assert await exchange.acknowledged() is ResponseKind.DEFERRED_MESSAGE
    engine.gate.set()
    await exchange.response()
    await discord_server.settled()

    (answer,) = seen(discord_server, exchange)
    assert case.fits(answer)
    assert not answer.is_ephemeral
    assert not answer.is_thinking
    assert tries(discord_server, request_) == 2


@pytest.mark.usefixtures("bot")
@AFTER_ALL
async def test_a_private_answer_to_a_button_appears_once(
    discord_server: LoopbackDiscord, inflict: Inflict
) -> None:
    buttons = await ask(discord_server, "!dino")
    inflict(discord_server, CALLBACK)

    exchange = await discord_server.click(buttons, "How?")
    await exchange.response()
    await discord_server.settled()

    (answer,) = seen(discord_server, exchange)
    assert answer.is_ephemeral
    assert "seed" in said_in(answer)


@pytest.mark.usefixtures("bot")
@AFTER_ALL
@pytest.mark.parametrize("request_", [CALLBACK, EDIT], ids=["acknowledgement", "edit"])
async def test_a_button_that_changed_its_message_after_all_adds_no_message(
    discord_server: LoopbackDiscord,
    monkeypatch: pytest.MonkeyPatch,
    inflict: Inflict,
    request_: tuple[str, str],
) -> None:
    monkeypatch.setitem(BUTTON_ACTIONS, "more", replace(BUTTON_ACTIONS["more"], shows="decision"))
    buttons = await ask(discord_server, "!dino")
    inflict(discord_server, request_)

    exchange = await discord_server.click(buttons, "Five more")
    assert await exchange.response() is buttons
    await discord_server.settled()

    assert len(buttons.content.splitlines()) == 5
    assert not buttons.buttons
    assert seen(discord_server, exchange) == []
    assert tries(discord_server, request_) == 2


@pytest.mark.usefixtures("bot")
@AFTER_ALL
async def test_an_answer_that_was_deleted_after_all_is_not_missed(
    discord_server: LoopbackDiscord, inflict: Inflict, caplog: pytest.LogCaptureFixture
) -> None:
    buttons = await ask(discord_server, "!dino")
    inflict(discord_server, DELETION)

    exchange = await discord_server.click(buttons, "🗑 Delete")
    await discord_server.until(lambda: buttons.is_deleted, "the answer to be deleted")
    await discord_server.settled()

    assert tries(discord_server, DELETION) == 2
    assert seen(discord_server, exchange) == []
    assert "could not be sent" not in caplog.text


@pytest.mark.usefixtures("bot")
@AFTER_ALL
@pytest.mark.parametrize("request_", [CALLBACK, EDIT], ids=["notice", "poem"])
async def test_a_notice_that_becomes_the_poem_stays_one_message(
    discord_server: LoopbackDiscord,
    engine: _Gated,
    inflict: Inflict,
    request_: tuple[str, str],
) -> None:
    engine.is_awake = False
    engine.gate.clear()
    inflict(discord_server, request_)

    exchange = await discord_server.slash("poem")
    notice = await exchange.response()
    assert "One moment" in notice.content
    engine.gate.set()
    await discord_server.until(lambda: notice.attachments, "the poem")
    await discord_server.settled()

    assert seen(discord_server, exchange) == [notice]
    assert _is_whole_poem(notice)


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("is_applied", [True, False])
@pytest.mark.parametrize("is_cut", [True, False])
async def test_a_follow_up_that_may_have_arrived_is_not_sent_again(
    discord_server: LoopbackDiscord,
    engine: _Gated,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    is_applied: bool,
    is_cut: bool,
) -> None:
    # A change in place that took its time and was then refused: no first response is left for that.
    monkeypatch.setattr("bot.client.responses._DEFER_SECONDS", 0.0)
    monkeypatch.setitem(BUTTON_ACTIONS, "more", replace(BUTTON_ACTIONS["more"], shows="decision"))
    buttons = await ask(discord_server, "!dino")
    engine.fails = True
    engine.gate.clear()
    if is_cut:
        discord_server.faults.reset_connections(*FOLLOW_UP, is_applied=is_applied)
    else:
        discord_server.faults.fail(500, *FOLLOW_UP, is_applied=is_applied)

    exchange = await discord_server.click(buttons, "Five more")
    await exchange.acknowledged()
    engine.gate.set()
    await discord_server.until(lambda: tries(discord_server, FOLLOW_UP), "the refusal")
    await discord_server.settled()

    assert len(seen(discord_server, exchange)) == is_applied
    assert tries(discord_server, FOLLOW_UP) == 1
    assert "could not be sent" in caplog.text
