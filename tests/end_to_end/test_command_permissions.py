"""Who may use a command: what the guild has set under Integrations, and the bot's own checks."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.services import Services
from engine import ModelRegistry
from tests.end_to_end.retraining import LONG, TEXT, begun, said, trainer
from tests.loopback import LoopbackDiscord, Permission
from tests.loopback.offers import NotOfferedError
from tests.loopback.world import Member, Role


@pytest.fixture
def role(discord_server: LoopbackDiscord) -> Role:
    discord_server.patience_seconds = 60
    return discord_server.guild.add_role("Curators")


@pytest.fixture
def curator(discord_server: LoopbackDiscord, role: Role) -> Member:
    member = discord_server.guild.add_member("Ned")
    member.roles.append(role)
    return member


@pytest.fixture
def manager(discord_server: LoopbackDiscord) -> Member:
    return discord_server.guild.add_member("Mary", Permission.MANAGE_GUILD)


@pytest_asyncio.fixture
async def services(
    discord_server: LoopbackDiscord,
    curator: Member,
    manager: Member,
    registry: ModelRegistry,
    home: Path,
) -> AsyncGenerator[Services]:
    async with trainer(discord_server, registry, home) as opened:
        yield opened


@pytest.mark.usefixtures("services")
@pytest.mark.parametrize("command", ["settings show", "retrain dino", "retrain forget"])
async def test_by_default_discord_offers_them_to_managers_alone(
    discord_server: LoopbackDiscord, curator: Member, manager: Member, command: str
) -> None:
    with pytest.raises(NotOfferedError):
        await discord_server.slash(command, author=curator)

    assert await (await discord_server.slash(command, author=manager)).response()


async def test_whom_a_guild_lets_use_the_settings_changes_them(
    discord_server: LoopbackDiscord, services: Services, curator: Member, role: Role
) -> None:
    discord_server.guild.command_overwrites["settings"] = {role.id: True}

    shown = await (await discord_server.slash("settings show", author=curator)).response()
    changed = await discord_server.slash("settings set", name="prefix", value="?", author=curator)
    await changed.response()

    assert "prefix" in said(shown)
    assert (await services.guild_settings.of(discord_server.guild.id)).prefix == "?"
    # What is typed has no such setting: there the bot looks itself.
    refusal = await discord_server.reply(
        to=await discord_server.say("?settings reset", author=curator)
    )
    assert "Manage Server" in refusal.content


async def test_whom_a_guild_lets_retrain_starts_a_training_and_cancels_it(
    discord_server: LoopbackDiscord, services: Services, curator: Member, role: Role
) -> None:
    discord_server.guild.command_overwrites["retrain"] = {role.id: True}

    exchange = await discord_server.slash(
        "retrain dino", corpus=TEXT, fresh=True, passes=1000, author=curator
    )
    assert "submitted" in said(await exchange.response())
    status = await discord_server.reply(channel=discord_server.channel)
    cancelled = await (await discord_server.click(status, "Cancel", author=curator)).response()

    assert "Training cancelled" in said(cancelled)
    assert "Manage Server" in said(
        await discord_server.reply(to=await discord_server.say("!retrain dino", author=curator))
    )


async def test_a_training_of_another_member_is_not_cancelled(
    discord_server: LoopbackDiscord, services: Services, curator: Member, manager: Member
) -> None:
    status = await begun(discord_server, manager, LONG)

    refusal = await (await discord_server.click(status, "Cancel", author=curator)).response()

    assert "You need Manage Server or the trainer role." in said(refusal)
    assert services.trainings.all
    await (await discord_server.click(status, "Cancel", author=manager)).response()


@pytest.mark.usefixtures("services")
@pytest.mark.parametrize("command", ["help", "privacy", "privacy forget"])
async def test_no_cooldown_blocks_help_and_privacy(
    discord_server: LoopbackDiscord, services: Services, command: str
) -> None:
    guild = discord_server.guild.id
    await services.guild_settings.set(guild, "user_cooldown_seconds", 300.0)
    await services.guild_settings.set(guild, "channel_cooldown_seconds", 300.0)
    await discord_server.reply(to=await discord_server.say("!dino"))
    notice = await discord_server.reply(to=await discord_server.say("!ping"))
    assert "Please try again" in notice.content

    await discord_server.reply(to=await discord_server.say(f"!{command}"))
    answer = await discord_server.reply(to=await discord_server.say(f"!{command}"))
    assert "try again" not in said(answer)
    by_slash = await discord_server.slash("privacy show" if command == "privacy" else command)
    assert said(await by_slash.response()) == said(answer)
