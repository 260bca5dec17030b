"""Whom of the team that the bot belongs to it shows the record of the host's trainings."""

from pathlib import Path

import pytest

from engine import ModelRegistry
from tests.end_to_end.retraining import said, trainer
from tests.loopback import LoopbackDiscord
from tests.loopback.world import Teammate


@pytest.mark.parametrize(
    ("role", "has_accepted", "may_read"),
    [
        ("admin", True, True),
        ("developer", True, True),
        ("read_only", True, False),
        ("developer", False, False),
    ],
    ids=["admin", "developer", "read only", "invited"],
)
async def test_those_who_develop_the_bot_may_read_the_record_of_the_host(
    discord_server: LoopbackDiscord,
    registry: ModelRegistry,
    home: Path,
    role: str,
    has_accepted: bool,
    may_read: bool,
) -> None:
    user = discord_server.member.user
    discord_server.team.append(Teammate(user, role, has_accepted))
    channel = discord_server.direct_message(user)
    async with trainer(discord_server, registry, home):
        question = await discord_server.say("!models log", channel=channel)
        reply = await discord_server.reply(to=question)

    assert ("Nothing has been trained here yet" in said(reply)) == may_read


async def test_who_made_the_team_may_read_it(
    discord_server: LoopbackDiscord, registry: ModelRegistry, home: Path
) -> None:
    owner = discord_server.guild.owner
    discord_server.team.append(Teammate(owner, "read_only"))
    channel = discord_server.direct_message(owner)
    async with trainer(discord_server, registry, home):
        question = await discord_server.say("!models log", channel=channel)

        assert "Nothing has been" in said(await discord_server.reply(to=question))
