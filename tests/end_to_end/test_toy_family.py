"""A further family of models: one module, one row, and all that the bot does with the others."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import ModelRegistry, NameRequest
from engine.families import FAMILIES, family, register
from tests.end_to_end.retraining import TEXT, said, trainer
from tests.loopback import LoopbackDiscord, Permission
from tests.loopback.records import Message
from tests.loopback.world import Member
from tests.toy_family import BIGRAM

pytestmark = [pytest.mark.usefixtures("bigram"), pytest.mark.timeout(300)]

VERSION = re.compile(r"\d{4}-\d\d-\d\d-[0-9a-f]{8}")


@pytest.fixture
def bigram() -> Iterator[None]:
    """The toy family among the others."""
    register(BIGRAM)
    yield
    del FAMILIES[BIGRAM.name]


@pytest.fixture
def admin(discord_server: LoopbackDiscord) -> Member:
    """Somebody who manages the server; there before the bot is."""
    discord_server.patience_seconds = 60
    return discord_server.guild.add_member("Mary Anning", Permission.MANAGE_GUILD)


async def retrained(server: LoopbackDiscord, admin: Member) -> Message:
    """Train the toy on an uploaded file, and return the result."""
    question = await server.say("!retrain bigram", author=admin, attachments=[TEXT])
    return await server.reply(to=await server.reply(to=question))


async def kept(server: LoopbackDiscord, admin: Member, result: Message) -> str:
    """Keep the version of a result, and return its id."""
    found = VERSION.search(said(result))
    assert found
    answer = await (await server.click(result, "Keep", author=admin)).response()
    assert found[0] in said(answer)
    return found[0]


async def test_a_further_family_is_trained_activated_served_and_retrained(
    discord_server: LoopbackDiscord, admin: Member, registry: ModelRegistry, home: Path
) -> None:
    guild = discord_server.guild.id
    async with trainer(discord_server, registry, home) as services:
        result = await retrained(discord_server, admin)
        assert said(result).count("Score") == 1
        first = await kept(discord_server, admin, result)

        names = await services.backend.names(NameRequest(), guild=guild, family="bigram")
        assert names.model == first
        answer = await discord_server.reply(to=await discord_server.say("!bigram 3 tri"))
        assert said(answer).count("Tri") >= 3
        more = await (await discord_server.click(answer, "Another")).response()
        assert "Tri" in said(more)
        explained = await (await discord_server.click(more, "How?")).response()
        assert first in said(explained)

        again = await retrained(discord_server, admin)
        assert said(again).count("Score") == 2
        second = await kept(discord_server, admin, again)

        listed = said(await discord_server.reply(to=await discord_server.say("!models")))
        assert first in listed
        assert any(second in line and "in use" in line for line in listed.splitlines())
        rolled_back = await discord_server.say("!models rollback bigram", author=admin)
        assert first in said(await discord_server.reply(to=rolled_back))
        assert (
            await services.backend.names(NameRequest(), guild=guild, family="bigram")
        ).model == first


def test_an_unknown_family_is_named_with_those_that_there_are() -> None:
    with pytest.raises(ValueError, match="'haiku'; there are dino, poem, bigram"):
        family("haiku")
