"""Whatever members write, press and fill in: the bot answers properly or not at all, and lives on.

FUZZ_REQUESTS says how many messages and interactions are made up; a thousand unless it is set.
They are the same in each run unless FUZZ_SEED says otherwise; where the test fails, it says which.
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
from pprint import pformat
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from bot.client.bot import Dinobard
from bot.cogs import COGS
from bot.services import open_services
from engine import LocalBackend, ModelRegistry
from tests.end_to_end.fuzz_requests import (
    BOT,
    CHANNEL,
    ME,
    NAMES,
    ROLE,
    Call,
    Filling,
    Press,
    Request,
    Setting,
    Words,
    requests,
)
from tests.end_to_end.talk import ask, names_in, without_bold_commands
from tests.loopback import LoopbackDiscord, Permission
from tests.loopback.clients import running
from tests.loopback.exchange import Exchange
from tests.loopback.records import InteractionKind, Message
from tests.loopback.world import Channel, Member

REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "1000"))
SEED = int(os.environ.get("FUZZ_SEED", "20261126"))
BATCH = 25
_AGAIN = f"Again: FUZZ_SEED={SEED} FUZZ_REQUESTS={REQUESTS} pytest tests/end_to_end/test_fuzz.py"
# What formats, links or mentions, with an even number of backslashes before it.
_UNESCAPED = re.compile(
    r"(?<!\\)(?:\\\\)*([*_~|`\[\]<>#]|^[ \t]*[-+]|^[ \t]*\d+[.)]\s|://|@everyone|@here)",
    re.MULTILINE,
)
# Where the bot may not speak it says where it may.
_ELSEWHERE = re.compile(
    r"(?<=channels of this server: )(?:<#\d+>(?:, )?)+|(?<=其他频道回答\uff1a)(?:<#\d+>、?)+"
)
# In emoji of several people; no other sign that cannot be seen is shown.
_JOINER = "\u200d"
_LOCALES = ("en-US", "zh-CN", "de", "ja")
_BUTTON = 2
_ALWAYS_ANSWERED = {"dino", "help", "ping", "about"}
# What the bot may not do in the first channels.
_DENIED = (
    Permission.SEND_MESSAGES,
    Permission.EMBED_LINKS,
    Permission.ATTACH_FILES,
    Permission.READ_MESSAGE_HISTORY,
    Permission.EMBED_LINKS | Permission.ATTACH_FILES | Permission.READ_MESSAGE_HISTORY,
)
_MUTED = 0


@dataclass(slots=True)
class Crowd:
    """Members, each of whom wants one thing at a time, and those who manage other servers."""

    server: LoopbackDiscord
    members: list[Member] = field(init=False)
    channels: list[Channel] = field(init=False)
    manager: Member = field(init=False)
    own: Channel = field(init=False)
    outsider: Member = field(init=False)
    abroad: Channel = field(init=False)
    others: dict[str, list[int]] = field(init=False)
    answer: Message = field(init=False)
    gone: Message = field(init=False)
    answers: int = 0

    def __post_init__(self) -> None:
        guild = self.server.guild
        self.members = [
            guild.add_member(f"member-{number}", nick=NAMES[number % len(NAMES)])
            for number in range(BATCH)
        ]
        for number, member in enumerate(self.members):
            member.user.locale = _LOCALES[number % len(_LOCALES)]
        self.channels = [guild.add_channel(f"room-{number}") for number in range(BATCH)]
        other = self.server.add_guild("other")
        self.manager = other.add_member("manager", Permission.MANAGE_GUILD, nick="*\u202eRex*")
        self.own = other.add_channel("own")
        foreign = self.server.add_foreign_guild()
        self.outsider = foreign.add_member("outsider", Permission.MANAGE_GUILD)
        self.abroad = foreign.add_channel("abroad")
        bot = guild.members[self.server.bot.id]
        for channel, denied in zip(self.channels, _DENIED, strict=False):
            channel.deny(bot, denied)
        self.others = {
            CHANNEL: [other.add_channel(name).id for name in NAMES],
            ROLE: [other.add_role(name).id for name in NAMES],
        }

    async def request(self, batch: list[Request]) -> None:
        """Do all of it at once, and look at what the bot answers."""
        self.answer = await ask(self.server, "!dino 2")
        self.gone = await self.server.say("Never mind.")
        await self.server.delete(self.gone)
        asked: list[tuple[Words | Setting, Message]] = []
        exchanges: list[Exchange] = []
        for number, request in enumerate(batch):
            match request:
                case Words() | Setting():
                    asked.append((request, await self._say(request, number)))
                case Call():
                    exchanges.append(await self._call(request, number))
                case Press() | Filling():
                    exchanges.append(await self._use(request, number))
        await self._delete_channel_in_use()
        await self.server.settled()
        refused = [call for call in self.server.calls if call.status in (401, 403)]
        assert not refused, refused
        for exchange in exchanges:
            record = exchange.record
            answers = [record.answer] if record.answer else []
            self._look_at(repr(record.arguments), answers + record.followups)
        for request, message in asked:
            self._look_at(repr(request), message.answers)
            if isinstance(request, Words) and request.command in _ALWAYS_ANSWERED:
                is_muted = message.channel is self.channels[_MUTED]
                assert message.is_deleted or bool(message.answers) != is_muted, request

    async def _delete_channel_in_use(self) -> None:
        guild = self.server.guild
        doomed = guild.add_channel("doomed")
        await self.server.announce(doomed)
        await self.server.say("!dino", author=guild.owner, channel=doomed)
        await self.server.delete_channel(doomed)

    def _look_at(self, request: str, answers: list[Message]) -> None:
        """Make sure that answers ping nobody and keep their form."""
        self.answers += len(answers)
        for answer in answers:
            assert not answer.pings, request
            for text in _shown(answer):
                assert not _UNESCAPED.search(_ELSEWHERE.sub("", without_bold_commands(text))), (
                    request,
                    text,
                )
                # What keeps an @ from mentioning is ours.
                rest = text.replace("@\u200b", "").replace("\n", "").replace(_JOINER, "")
                hidden = [c for c in rest if unicodedata.category(c) in {"Cc", "Cf", "Cs"}]
                assert not hidden, (request, text)

    async def _say(self, request: Words | Setting, number: int) -> Message:
        content, say = self._filled_in(request.content, number), self.server.say
        if isinstance(request, Setting):
            author, place = self.manager, self.own
            return await say(content, author=author, channel=place, attachments=request.files)
        author, place = self.members[number], self.channels[number]
        if request.is_direct:
            place = self.server.direct_message(author)
        referred = {"answer": self.answer, "deleted": self.gone}.get(request.replies_to)
        if request.replies_to == "nothing of ours":
            referred = await say("dino", author=author, channel=place)
        message = await say(
            content, author=author, channel=place, attachments=request.files, reply_to=referred
        )
        if request.then == "edited":
            await self.server.edit(message, content[::-1])
        elif request.then == "deleted":
            await self.server.delete(message)
        return message

    async def _call(self, call: Call, number: int) -> Exchange:
        name, *below = call.path.split()
        options: list[dict[str, Any]] = [
            {"name": option, "type": kind, "value": self._filled_in(value, number)}
            for option, kind, value in call.options
        ]
        if call.is_typing and options:
            options[-1]["focused"] = True
        for group in reversed(below):
            options = [{"name": group, "type": 1, "options": options}]
        kind = InteractionKind.AUTOCOMPLETE if call.is_typing else InteractionKind.COMMAND
        ids = {command["name"]: command["id"] for command in self.server.commands()}
        arguments = {"id": ids.get(name, "1"), "name": name, "type": 1, "options": options}
        place, author = self.channels[number], self.members[number]
        # Discord offers these to managers alone.
        if call.by_manager or name == "settings":
            place, author = self.own, self.manager
        elif name == "retrain":
            place, author = self.abroad, self.outsider
        arguments |= call.extra or {}
        return await self.server.interact(kind, arguments, author=author, channel=place)

    async def _use(self, request: Press | Filling, number: int) -> Exchange:
        author, custom_id = self.members[number], self._filled_in(request.custom_id, number)
        if isinstance(request, Filling):
            kind = InteractionKind.MODAL_SUBMIT
            text = {"type": 4, "id": 2, "custom_id": "text", "value": request.text}
            rows: list[dict[str, Any]] = [{"type": 1, "id": 1, "components": [text]}]
            arguments: dict[str, Any] = {"custom_id": custom_id, "components": rows}
        else:
            kind = InteractionKind.COMPONENT
            arguments = {"component_type": request.kind, "custom_id": custom_id, "id": 1}
            if request.kind != _BUTTON:
                arguments["values"] = ["1"]
        return await self.server.interact(kind, arguments, author=author, message=self.answer)

    def _filled_in(self, value: Any, number: int) -> Any:
        """Put numbers into a text where something else stands for them."""
        if not isinstance(value, str):
            return value
        value = value.replace(ME, str(self.members[number].id))
        value = value.replace(BOT, str(self.server.bot.id))
        for name, ids in self.others.items():
            value = value.replace(name, str(ids[number % len(ids)]))
        return value


def _is_failure(record: logging.LogRecord) -> bool:
    """Tell whether a line of the log says that something went wrong which nobody foresaw."""
    return record.levelno >= logging.ERROR


def _shown(message: Message) -> Iterator[str]:
    """Yield every text of a message that Discord formats."""
    yield message.content
    for embed in message.embeds:
        yield embed.get("title") or ""
        yield embed.get("description") or ""
        for part in embed.get("fields", []):
            yield part["name"]
            yield part["value"]


def _made_up() -> list[list[Request]]:
    """Make up all requests before there is a bot.

    Hypothesis minds when anything else takes random numbers while it makes up an example, as a
    thread does that loads the poem network.
    """
    batches: list[list[Request]] = []

    @seed(SEED)
    @settings(
        max_examples=REQUESTS // BATCH,
        phases=[Phase.generate],
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(st.lists(requests(), min_size=BATCH, max_size=BATCH))
    def make_up(batch: list[Request]) -> None:
        batches.append(batch)

    make_up()
    return batches


@pytest.mark.timeout(1_800)
def test_the_bot_survives_all_requests(
    registry: ModelRegistry, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    batches, batch = _made_up(), list[Request]()

    with asyncio.Runner() as runner:
        stack = AsyncExitStack()

        async def begin() -> tuple[LoopbackDiscord, Dinobard, Crowd]:
            server = await stack.enter_async_context(LoopbackDiscord())
            server.patience_seconds = 120
            server.faults.lift_limits()
            crowd = Crowd(server)
            services = await stack.enter_async_context(
                open_services(LocalBackend(registry), home / "state.sqlite3")
            )
            client = Dinobard(services, server.api_url, cogs=COGS, requests_per_second=100_000)
            await stack.enter_async_context(running(client, server))
            return server, client, crowd

        server, client, crowd = runner.run(begin())
        try:
            for batch in batches:
                runner.run(crowd.request(batch))
                worse = [record for record in caplog.records if _is_failure(record)]
                assert not worse, (worse[0].getMessage(), worse[0].exc_text)
                assert ": 400 " not in caplog.text, caplog.text
                caplog.clear()
            assert crowd.answers > BATCH * len(batches) // 3
            assert len(names_in(runner.run(ask(server, "!dino 3")))) == 3
            assert not client.is_closed()
        except BaseException as error:
            # The bot remembers what was before: the last batch alone may do no harm.
            error.add_note(f"{_AGAIN}\nThe last batch was {pformat(batch)}")
            raise
        finally:
            runner.run(stack.aclose())
