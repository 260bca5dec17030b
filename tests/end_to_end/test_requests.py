"""Each request leaves one line in the log and one count, however it comes and ends."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.client.bot import Dinobard
from bot.cogs import COGS
from bot.context import RequestContext
from bot.cooldowns import MAX_CONCURRENT, MAX_CONCURRENT_PRESSES
from bot.observability import metrics
from bot.services import Services, open_services
from bot.storage.guild_settings import GuildSettings
from engine import LocalBackend, ModelRegistry, NameRequest, Names
from tests.loopback import LoopbackDiscord
from tests.loopback.clients import running
from tests.loopback.records import InteractionKind

Entry = tuple[str, str, str, str]
"""Command, way, outcome, and the reason of a refusal."""

Entries = Callable[[], list[Entry]]


class _Moody(LocalBackend):
    """Answers when the gate is open, and fails where names begin with an X."""

    def __init__(self, registry: ModelRegistry) -> None:
        super().__init__(registry, preloads_poems=False)
        self.gate = asyncio.Event()
        self.gate.set()

    async def names(self, request: NameRequest, **options: Any) -> Names:
        await self.gate.wait()
        if request.prefix == "x":
            raise RuntimeError("no such bones")
        return await super().names(request, **options)


@pytest.fixture
def engine(registry: ModelRegistry) -> _Moody:
    return _Moody(registry)


@pytest_asyncio.fixture
async def services(
    discord_server: LoopbackDiscord, engine: _Moody, home: Path
) -> AsyncGenerator[Services]:
    async with (
        open_services(engine, home / "state.sqlite3") as services,
        running(Dinobard(services, discord_server.api_url, cogs=COGS), discord_server),
    ):
        yield services


@pytest.fixture
def entries(caplog: pytest.LogCaptureFixture) -> Entries:
    """What the ledger has entered so far, sorted: an answer is seen before its entry is made."""
    caplog.set_level(logging.DEBUG, "bot.observability.requests")

    def read() -> list[Entry]:
        ended = [vars(record) for record in caplog.records if record.msg == "Request ended"]
        return sorted(
            (entry["command"], entry["way"], entry["outcome"], entry.get("reason", ""))
            for entry in ended
        )

    return read


def counts() -> Counter[tuple[str, ...]]:
    """Return what is counted of requests and refusals."""
    counted: Counter[tuple[str, ...]] = Counter()
    for counter in (metrics.REQUESTS, metrics.REFUSALS):
        for sample in next(iter(counter.collect())).samples:
            if sample.name.endswith("_total"):
                counted[tuple(sample.labels.values())] += int(sample.value)
    return counted


@pytest.mark.usefixtures("services")
async def test_commands_by_prefix_and_slash_and_buttons_are_logged_once(
    discord_server: LoopbackDiscord, entries: Entries
) -> None:
    answer = await discord_server.reply(to=await discord_server.say("!dino 2"))
    await (await discord_server.slash("dino")).response()
    await (await discord_server.slash("models list")).response()
    await discord_server.reply(to=await discord_server.say("!models log"))
    await (await discord_server.slash("models use", version="x")).response()
    await (await discord_server.click(answer, "How?")).response()
    stranger = discord_server.guild.add_member("Other")
    await (await discord_server.click(answer, "Another", author=stranger)).response()
    await discord_server.autocomplete("dino", "beginning", "tri")
    await discord_server.say("!nothing of ours")
    await discord_server.settled()

    assert entries() == sorted(
        [
            ("dino", "prefix", "answered", ""),
            ("dino", "slash", "answered", ""),
            ("models", "slash", "answered", ""),
            ("models log", "prefix", "answered", ""),
            ("models use", "slash", "refused", "training-refused"),
            ("how", "button", "answered", ""),
            ("another", "button", "refused", "not-yours"),
        ]
    )


@pytest.mark.usefixtures("services")
async def test_refusals_before_and_in_an_action_have_their_reasons(
    discord_server: LoopbackDiscord, entries: Entries
) -> None:
    for words in ("!dino 99", "!models rollback fish", "!settings", "!how", "!dnio"):
        await discord_server.reply(to=await discord_server.say(words))
    channel = discord_server.direct_message(discord_server.add_user())
    await discord_server.reply(to=await discord_server.say("!settings", channel=channel))
    await discord_server.settled()

    assert entries() == sorted(
        [
            ("dino", "prefix", "refused", "invalid-request"),
            ("models rollback", "prefix", "refused", "misunderstood"),
            ("settings", "prefix", "refused", "not-manager"),
            ("how", "prefix", "refused", "nothing-there"),
            ("unknown", "prefix", "refused", "unknown-command"),
            ("settings", "prefix", "refused", "only-on-servers"),
        ]
    )


@pytest.mark.usefixtures("services")
async def test_a_command_that_has_changed_is_entered_without_what_was_filled_in(
    discord_server: LoopbackDiscord, entries: Entries
) -> None:
    dino = next(c["id"] for c in discord_server.commands() if c["name"] == "dino")
    option = {"name": "colour", "type": 3, "value": "green"}
    for number, name in ((dino, "dino"), ("1", "fly")):
        call = {"id": number, "name": name, "type": 1, "options": [option]}
        await (await discord_server.interact(InteractionKind.COMMAND, call)).response()
    await discord_server.settled()

    assert entries() == [
        ("dino", "slash", "refused", "command-changed"),
        ("unknown", "slash", "refused", "command-changed"),
    ]


async def test_cooldowns_and_closed_channels_are_refusals_with_a_reply_or_without(
    discord_server: LoopbackDiscord, services: Services, entries: Entries
) -> None:
    server = discord_server.guild.id
    await services.guild_settings.change(server, GuildSettings(user_cooldown_seconds=100.0))
    await discord_server.reply(to=await discord_server.say("!dino"))
    await discord_server.reply(to=await discord_server.say("!dino"))
    await discord_server.say("!dino")
    await discord_server.settled()
    await services.guild_settings.change(server, GuildSettings(channels=frozenset({1})))
    await discord_server.say("!dino")
    await (await discord_server.slash("dino")).response()
    await discord_server.settled()

    assert entries() == sorted(
        [
            ("dino", "prefix", "answered", ""),
            ("dino", "prefix", "refused", "cooling-down"),
            ("dino", "prefix", "refused", "cooling-down"),
            ("dino", "prefix", "refused", "not-here"),
            ("dino", "slash", "refused", "not-here"),
        ]
    )


@pytest.mark.usefixtures("services")
async def test_too_many_requests_are_refused_and_cancelled_ones_are_no_answers(
    discord_server: LoopbackDiscord, engine: _Moody, entries: Entries
) -> None:
    engine.gate.clear()
    waiting = [await discord_server.say("!dino") for _ in range(MAX_CONCURRENT)]
    await (await discord_server.slash("dino")).response()
    await discord_server.delete(waiting[0])
    while len(entries()) < 2:  # noqa: ASYNC110 - the log wakes nobody
        await asyncio.sleep(0.01)
    engine.gate.set()
    for message in waiting[1:]:
        await discord_server.reply(to=message)
    await discord_server.settled()

    assert entries() == sorted(
        [
            ("dino", "slash", "refused", "too-many-requests"),
            ("dino", "prefix", "cancelled", ""),
            *[("dino", "prefix", "answered", "")] * (MAX_CONCURRENT - 1),
        ]
    )


@pytest.mark.usefixtures("services")
async def test_what_nobody_foresaw_and_what_cannot_be_sent_has_failed(
    discord_server: LoopbackDiscord, entries: Entries
) -> None:
    await discord_server.reply(to=await discord_server.say("!dino x"))
    await (await discord_server.slash("dino", beginning="x")).response()
    discord_server.faults.refuse(403, 50013, "Missing", "POST", "/channels/*/messages")
    await discord_server.say("!ping")
    await discord_server.settled()

    assert entries() == sorted(
        [
            ("dino", "prefix", "failed", ""),
            ("dino", "slash", "failed", ""),
            ("ping", "prefix", "failed", ""),
        ]
    )


@pytest.mark.usefixtures("services")
async def test_each_entry_is_one_request_and_each_refusal_one_more_count(
    discord_server: LoopbackDiscord, entries: Entries
) -> None:
    before = counts()
    for words in ("!dino", "!dino 99", "!models rollback fish", "!dino x"):
        await discord_server.reply(to=await discord_server.say(words))
    await discord_server.settled()

    requests = Counter((command, way, outcome) for command, way, outcome, _ in entries())
    refusals = Counter((reason,) for *_, reason in entries() if reason)
    assert len(entries()) == 4
    assert refusals.total() == 2
    assert counts() - before == requests + refusals


@pytest.mark.usefixtures("services")
async def test_arrivals_are_logged_at_debug_and_durations_at_info(
    discord_server: LoopbackDiscord, entries: Entries, caplog: pytest.LogCaptureFixture
) -> None:
    await discord_server.reply(to=await discord_server.say("!dino"))
    await (await discord_server.slash("ping")).response()
    await discord_server.settled()

    lines = [record for record in caplog.records if record.name == "bot.observability.requests"]
    for command in ("dino", "ping"):
        told = [(line.levelname, line.msg) for line in lines if vars(line)["command"] == command]
        assert told == [("DEBUG", "Request began"), ("INFO", "Request ended")]
    assert all(vars(line)["milliseconds"] >= 0 for line in lines if line.levelname == "INFO")
    assert len(entries()) == 2


async def test_few_buttons_of_a_member_are_answered_at_a_time(
    discord_server: LoopbackDiscord, services: Services, entries: Entries
) -> None:
    answer = await discord_server.reply(to=await discord_server.say("!dino"))
    context = RequestContext(user=discord_server.member.id)
    with ExitStack() as pressing:
        for _ in range(MAX_CONCURRENT_PRESSES):
            pressing.enter_context(services.cooldowns.button_slot(context))
        refusal = await (await discord_server.click(answer, "How?")).response()
    await (await discord_server.click(answer, "How?")).response()
    await discord_server.settled()

    assert f"{MAX_CONCURRENT_PRESSES} of your buttons" in refusal.content
    assert refusal.is_ephemeral
    assert entries()[1:] == [
        ("how", "button", "answered", ""),
        ("how", "button", "refused", "too-many-presses"),
    ]
