"""Which language a reply is in, and what slash commands are called."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from fluent.syntax import FluentParser
from fluent.syntax.ast import Message

from bot.client.bot import Dinobard
from bot.client.command_translator import FOLDER
from tests.end_to_end.talk import ask, said_in
from tests.loopback import LoopbackDiscord
from tests.loopback.records import JSON

LANGUAGES = sorted(path.stem for path in FOLDER.glob("*.ftl"))
ENGLISH, CHINESE = "The number of names", "名字的数量"


async def of_slash(server: LoopbackDiscord) -> str:
    return said_in(await (await server.slash("help", topic="about")).response())


@pytest.fixture
def chinese_server(discord_server: LoopbackDiscord) -> None:
    discord_server.guild.locale = "zh-CN"


@pytest.mark.usefixtures("chinese_server", "dinobard")
async def test_a_servers_own_language_serves_prefix_commands(
    discord_server: LoopbackDiscord,
) -> None:
    assert CHINESE in (await ask(discord_server, "!dino 99")).content


@pytest.mark.usefixtures("dinobard")
async def test_a_members_own_language_goes_before_that_of_the_server(
    discord_server: LoopbackDiscord,
) -> None:
    english = await of_slash(discord_server)
    discord_server.member.user.locale = "zh-CN"
    chinese = await of_slash(discord_server)
    discord_server.member.user.locale = "fr"
    french = await of_slash(discord_server)

    assert "说明" not in english
    assert "模型" in chinese
    assert french == english


async def test_what_a_server_has_set_goes_before_all(
    dinobard: Dinobard, discord_server: LoopbackDiscord
) -> None:
    servers, guild = dinobard.services.guild_settings, discord_server.guild.id
    defaults = servers.defaults
    await servers.change(guild, replace(defaults, locale="zh-CN"))
    prefix = await ask(discord_server, "!dino 99")
    slash = await of_slash(discord_server)
    discord_server.member.user.locale = "zh-CN"
    await servers.change(guild, replace(defaults, locale="en"))
    english = await ask(discord_server, "!dino 99")

    assert CHINESE in prefix.content
    assert "模型" in slash
    assert ENGLISH in english.content


def _paths(definition: JSON, path: str = "") -> Iterator[tuple[str, JSON]]:
    """Yield commands and options with the names that they have in the catalogues."""
    name = f"{path}-{definition['name']}".strip("-").replace("_", "-")
    yield name, definition
    for choice in definition.get("choices", []):
        yield f"choice-{choice['name']}".replace("_", "-"), choice
    for option in definition.get("options", []):
        yield from _paths(option, name)


@pytest.mark.usefixtures("dinobard")
@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_slash_command_has_a_name_and_a_description_in_each_language(
    discord_server: LoopbackDiscord, language: str
) -> None:
    parts = [part for command in discord_server.commands() for part in _paths(command)]
    resource = FluentParser().parse((FOLDER / f"{language}.ftl").read_text("utf-8"))
    written = {entry.id.name for entry in resource.body if isinstance(entry, Message)}

    assert {name for name, _ in parts} == written
    for name, part in parts:
        assert part["name_localizations"][language], name
        assert name.startswith("choice-") or part["description_localizations"][language], name
        assert len(part["name_localizations"][language]) <= (100 if "value" in part else 32)
