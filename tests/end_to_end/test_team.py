"""Whom of the team that the bot belongs to it takes for its owners."""

from pathlib import Path

import pytest

from engine import ModelRegistry
from tests.end_to_end.retraining import said, trainer
from tests.loopback import LoopbackDiscord
from tests.loopback.world import Teammate


@pytest.mark.parametrize(
    ("role", "has_accepted", "may_train"),
    [
        ("admin", True, True),
        ("developer", True, True),
        ("read_only", True, False),
        ("developer", False, False),
    ],
    ids=["admin", "developer", "read only", "invited"],
)
async def test_those_who_develop_the_bot_may_train(
    discord_server: LoopbackDiscord,
    registry: ModelRegistry,
    home: Path,
    role: str,
    has_accepted: bool,
    may_train: bool,
) -> None:
    discord_server.team.append(Teammate(discord_server.member.user, role, has_accepted))
    async with trainer(discord_server, registry, home):
        reply = await discord_server.reply(to=await discord_server.say("!models delete x"))

    assert ("no such model" in said(reply)) == may_train


async def test_who_made_the_team_may_train(
    discord_server: LoopbackDiscord, registry: ModelRegistry, home: Path
) -> None:
    guild = discord_server.guild
    owner = guild.members[guild.owner.id]
    discord_server.team.append(Teammate(owner.user, "read_only"))
    guild.owner = guild.add_member("Someone else").user
    async with trainer(discord_server, registry, home):
        question = await discord_server.say("!models delete x", author=owner)

        assert "no such model" in said(await discord_server.reply(to=question))
