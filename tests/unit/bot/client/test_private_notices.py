"""How often members are told privately; how they are told is tested over the loopback Discord."""

from dataclasses import dataclass, field
from typing import Any, cast

import discord
import pytest

from bot.client.private_notices import GUILD_SECONDS, MEMBER_SECONDS, PrivateNotices
from bot.observability.invalid_requests import MAX_INVALID_REQUESTS, InvalidRequests
from bot.replies import Reply

REPLY = Reply("I need Send Messages there.")


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Mailbox:
    """A member who counts direct messages."""

    id: int
    received: list[str] = field(default_factory=list[str])

    async def send(self, content: str, **_: Any) -> None:
        self.received.append(content)

    @property
    def member(self) -> discord.User:
        return cast(discord.User, self)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def invalid_requests(clock: Clock) -> InvalidRequests:
    return InvalidRequests(clock)


@pytest.fixture
def notices(clock: Clock, invalid_requests: InvalidRequests) -> PrivateNotices:
    return PrivateNotices(invalid_requests, clock)


async def test_a_member_is_told_once_an_hour(notices: PrivateNotices, clock: Clock) -> None:
    box = Mailbox(1)
    for seconds in (0.0, GUILD_SECONDS, MEMBER_SECONDS - GUILD_SECONDS - 1):
        clock.now += seconds
        await notices.send(box.member, 8, REPLY)
    assert box.received == [REPLY.text]

    clock.now += 1
    await notices.send(box.member, 8, REPLY)

    assert len(box.received) == 2


async def test_of_a_crowd_in_a_guild_one_is_told_in_a_while(
    notices: PrivateNotices, clock: Clock
) -> None:
    boxes = [Mailbox(number) for number in range(1, 51)]
    for box in boxes:
        await notices.send(box.member, 800, REPLY)
    other = Mailbox(60)
    await notices.send(other.member, 900, REPLY)
    clock.now += GUILD_SECONDS
    await notices.send(boxes[-1].member, 800, REPLY)

    told = [box.id for box in (*boxes, other) if box.received]
    assert told == [1, 50, 60]


async def test_nobody_is_told_when_discord_has_refused_too_much(
    notices: PrivateNotices, invalid_requests: InvalidRequests
) -> None:
    for _ in range(MAX_INVALID_REQUESTS):
        invalid_requests.note(403)
    box = Mailbox(1)

    await notices.send(box.member, 8, REPLY)

    assert box.received == []
