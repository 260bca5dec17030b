"""Guilds that have authorised the application, but of which the bot is not a member."""

import pytest

from bot.client.bot import Dinobard
from tests.end_to_end.retraining import said
from tests.end_to_end.talk import ask
from tests.loopback import Guild, LoopbackDiscord, Permission
from tests.loopback.records import InteractionKind
from tests.loopback.world import Channel, Member

pytestmark = pytest.mark.usefixtures("dinobard")

TABLES = ("server_settings", "answers", "trainings", "memberships")


@pytest.fixture
def guild(discord_server: LoopbackDiscord) -> Guild:
    return discord_server.add_foreign_guild()


@pytest.fixture
def channel(guild: Guild) -> Channel:
    return guild.add_channel()


@pytest.fixture
def manager(guild: Guild) -> Member:
    return guild.add_member("Manager", Permission.MANAGE_GUILD)


async def stored(bot: Dinobard, guild: Guild) -> int:
    """Return how many rows there are of a guild."""
    rows = [
        await bot.services.database.row(
            f"SELECT count(*) FROM {table} WHERE server = ?",  # noqa: S608 - our own words
            guild.id,
        )
        for table in TABLES
    ]
    return sum(int(str(row[0])) for row in rows if row)


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("dino", {"number": 3}),
        ("poem", {}),
        ("how", {}),
        ("settings set", {"name": "prefix", "value": "?"}),
        ("settings show", {}),
        ("retrain dino", {}),
        ("retrain forget", {}),
        ("models list", {}),
    ],
    ids=lambda value: str(value),
)
async def test_nothing_is_stored_or_trained_there(
    dinobard: Dinobard,
    discord_server: LoopbackDiscord,
    guild: Guild,
    channel: Channel,
    manager: Member,
    command: str,
    options: dict[str, str | int],
) -> None:
    exchange = await discord_server.slash(command, author=manager, channel=channel, **options)
    answer = await exchange.response()

    assert answer.is_ephemeral
    assert "not a member of this server" in answer.content
    assert answer.buttons == ["Add me to a server"]
    assert await stored(dinobard, guild) == 0
    assert not dinobard.services.trainings.all
    assert not dinobard.services.registry.of_guild(guild.id).root.exists()


@pytest.mark.parametrize("command", ["help", "about", "ping", "privacy show", "privacy forget"])
async def test_what_stores_nothing_is_answered(
    dinobard: Dinobard,
    discord_server: LoopbackDiscord,
    guild: Guild,
    channel: Channel,
    manager: Member,
    command: str,
) -> None:
    exchange = await discord_server.slash(command, author=manager, channel=channel)

    assert "not a member" not in said(await exchange.response())
    assert await stored(dinobard, guild) == 0


async def test_buttons_do_nothing_there(
    dinobard: Dinobard,
    discord_server: LoopbackDiscord,
    guild: Guild,
    channel: Channel,
    manager: Member,
) -> None:
    answer = await ask(discord_server, "!dino")
    button = next(part for part in answer.parts() if part.get("label") == "Another")
    arguments = {"component_type": 2, "custom_id": button["custom_id"], "id": 0}

    exchange = await discord_server.interact(
        InteractionKind.COMPONENT, arguments, author=manager, channel=channel, message=answer
    )

    assert "not a member of this server" in (await exchange.response()).content
    assert await stored(dinobard, guild) == 0


async def test_contexts_and_installations_are_registered(discord_server: LoopbackDiscord) -> None:
    await discord_server.until(discord_server.commands, "the commands")
    commands = {command["name"]: command for command in discord_server.commands()}

    assert {tuple(command["integration_types"]) for command in commands.values()} == {(0,)}
    in_guilds = {name for name, command in commands.items() if command["contexts"] == [0]}
    assert in_guilds == {"settings", "retrain", "models"}
    others = [command["contexts"] for name, command in commands.items() if name not in in_guilds]
    assert all(sorted(contexts) == [0, 1] for contexts in others)
