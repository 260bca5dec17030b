"""Whatever members write, press and fill in: the bot answers properly or not at all, and lives on.

FUZZ_WISHES says how many messages and interactions are made up; a thousand unless it is set.
"""

import asyncio
import logging
import os
import re
import unicodedata
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from discord import app_commands
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.client import Dinobard
from bot.house import open_house
from engine import Engine, Store
from tests.end_to_end.talk import ask, names_in
from tests.end_to_end.wishes import ME, Call, Press, Setting, Wish, Words, wishes
from tests.loopback import LoopbackDiscord, Permission
from tests.loopback.clients import running
from tests.loopback.exchange import Exchange
from tests.loopback.records import InteractionKind, Message
from tests.loopback.world import Channel, Member

WISHES = int(os.environ.get("FUZZ_WISHES", "1000"))
BATCH = 25
# What formats, links or mentions, with an even number of backslashes before it.
_UNESCAPED = re.compile(r"(?<!\\)(?:\\\\)*([*_~|`\[\]<>]|^#|@everyone|@here)", re.MULTILINE)


@dataclass(slots=True)
class Crowd:
    """Members, each of whom wants one thing at a time, and one who manages another server."""

    server: LoopbackDiscord
    members: list[Member] = field(init=False)
    channels: list[Channel] = field(init=False)
    manager: Member = field(init=False)
    own: Channel = field(init=False)
    sent: Message | None = None
    answers: int = 0

    def __post_init__(self) -> None:
        guild = self.server.guild
        self.members = [guild.add_member(f"Member {number}") for number in range(BATCH)]
        self.channels = [guild.add_channel(f"room-{number}") for number in range(BATCH)]
        other = self.server.add_guild("other")
        self.manager = other.add_member("Manager", Permission.MANAGE_GUILD)
        self.own = other.add_channel("own")

    async def wish(self, batch: list[Wish]) -> None:
        """Do all of it at once, and look at what the bot answers."""
        asked: list[tuple[Words | Setting, Message]] = []
        exchanges: list[Exchange] = []
        for number, wish in enumerate(batch):
            match wish:
                case Words() | Setting():
                    asked.append((wish, await self._say(wish, number)))
                case Call():
                    exchanges.append(await self._call(wish, number))
                case Press():
                    exchanges.append(await self._press(wish, number))
        await self.server.settled()
        for wish, message in asked:
            self.answers += len(message.answers)
            _look_at(repr(wish), message.answers)
            if isinstance(wish, Words) and wish.command in {"dino", "help", "ping", "about"}:
                assert message.answers, wish
        for exchange in exchanges:
            record = exchange.record
            answers = [record.answer] if record.answer else []
            answers += record.followups
            self.answers += len(answers)
            _look_at(repr(record.arguments), answers)

    async def _say(self, wish: Words | Setting, number: int) -> Message:
        if isinstance(wish, Setting):
            return await self.server.say(wish.content, author=self.manager, channel=self.own)
        place, author = self.channels[number], self.members[number]
        return await self.server.say(wish.content, author=author, channel=place)

    async def _call(self, call: Call, number: int) -> Exchange:
        name, *below = call.path.split()
        options: list[dict[str, Any]] = [
            {"name": option, "type": kind, "value": value} for option, kind, value in call.options
        ]
        if call.is_typing and options:
            options[0]["focused"] = True
        if below:
            options = [{"name": below[0], "type": 1, "options": options}]
        kind = InteractionKind.AUTOCOMPLETE if call.is_typing else InteractionKind.COMMAND
        ids = {command["name"]: command["id"] for command in self.server.commands()}
        arguments = {"id": ids.get(name, "1"), "name": name, "type": 1, "options": options}
        place, author = self.channels[number], self.members[number]
        return await self.server.interact(kind, arguments, author=author, channel=place)

    async def _press(self, press: Press, number: int) -> Exchange:
        if self.sent is None:
            self.sent = await ask(self.server, "!about")
        custom_id = press.custom_id.replace(ME, str(self.members[number].id))
        arguments: dict[str, Any] = {"component_type": press.kind, "custom_id": custom_id, "id": 1}
        if press.kind != InteractionKind.COMMAND:
            arguments["values"] = ["1"]
        kind, author = InteractionKind.COMPONENT, self.members[number]
        return await self.server.interact(kind, arguments, author=author, message=self.sent)


def _is_failure(record: logging.LogRecord) -> bool:
    """Tell whether a line of the log says that something went wrong which nobody foresaw."""
    # What is proposed for an option that there is not, discord.py itself refuses aloud.
    error = record.exc_info and record.exc_info[1]
    is_expected = isinstance(error, app_commands.CommandSignatureMismatch)
    return record.levelno >= logging.ERROR and not is_expected


def _look_at(wish: str, answers: list[Message]) -> None:
    """Make sure that answers ping nobody and keep their form."""
    for answer in answers:
        assert not answer.pings, wish
        for text in _shown(answer):
            assert not _UNESCAPED.search(text), (wish, text)
            # What keeps an @ from mentioning is ours.
            rest = text.replace("@\u200b", "").replace("\n", "")
            hidden = [c for c in rest if unicodedata.category(c) in {"Cc", "Cf"}]
            assert not hidden, (wish, text)


def _shown(message: Message) -> Iterator[str]:
    """Yield every text of a message that Discord formats."""
    yield message.content
    for embed in message.embeds:
        yield embed.get("title") or ""
        yield embed.get("description") or ""
        for part in embed.get("fields", []):
            yield part["name"]
            yield part["value"]


@pytest.mark.timeout(1_800)
def test_whatever_is_wished_for_the_bot_lives_on(
    store: Store, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)

    with asyncio.Runner() as runner:
        stack = AsyncExitStack()

        async def begin() -> tuple[LoopbackDiscord, Dinobard, Crowd]:
            server = await stack.enter_async_context(LoopbackDiscord())
            server.patience_seconds = 120
            crowd = Crowd(server)
            house = await stack.enter_async_context(
                open_house(Engine(store), home / "state.sqlite3")
            )
            client = Dinobard(house, server.api_url)
            await stack.enter_async_context(running(client, server))
            return server, client, crowd

        server, client, crowd = runner.run(begin())
        try:

            @settings(
                max_examples=WISHES // BATCH,
                phases=[Phase.generate],
                database=None,
                suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
            )
            @given(st.lists(wishes(), min_size=BATCH, max_size=BATCH))
            def wish(batch: list[Wish]) -> None:
                runner.run(crowd.wish(batch))
                worse = [record for record in caplog.records if _is_failure(record)]
                assert not worse, (worse[0].getMessage(), worse[0].exc_text, batch)
                assert ": 400 " not in caplog.text, batch
                caplog.clear()

            wish()
            assert crowd.answers > WISHES // 3
            assert len(names_in(runner.run(ask(server, "!dino 3")))) == 3
            assert not client.is_closed()
        finally:
            runner.run(stack.aclose())
