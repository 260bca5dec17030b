"""What is stored, what is deleted, and what is never kept."""

import asyncio
import logging
import re
import time
from pathlib import Path

import pytest

from bot.client.bot import Dinobard
from bot.cogs.guild_cleanup import GuildCleanupCog
from bot.context import RequestContext
from bot.storage.answers import FRESH_SECONDS
from bot.storage.guild_settings import GuildSettings
from bot.storage.guilds import MISSING_SECONDS
from engine import ModelRegistry, PoemRequest
from tests.end_to_end.talk import ask, names_in, said_in
from tests.end_to_end.test_answers import grow_old
from tests.loopback import LoopbackDiscord

pytestmark = pytest.mark.usefixtures("dinobard")

SECRET = "Pssst-the-treasure-lies-under-the-oak"


async def test_what_is_stored_is_listed(discord_server: LoopbackDiscord) -> None:
    by_prefix = await ask(discord_server, "!privacy")
    by_slash = await (await discord_server.slash("privacy show")).response()

    assert by_slash.is_ephemeral
    assert said_in(by_prefix) == said_in(by_slash)
    assert "**!privacy forget**" in said_in(by_prefix)


async def test_what_is_stored_of_a_user_is_deleted(discord_server: LoopbackDiscord) -> None:
    reply = await (await discord_server.slash("privacy forget")).response()

    assert reply.is_ephemeral
    assert "are deleted" in reply.content


async def test_what_is_stored_is_what_is_said_at_every_age(
    dinobard: Dinobard, discord_server: LoopbackDiscord
) -> None:
    told = said_in(await ask(discord_server, "!privacy"))
    hours = float(re.findall(r"poem.*for (\d+) hours", told)[0])
    days = float(re.findall(r"seed.*for (\d+) days", told)[0])
    await ask(discord_server, "!dino tri")
    answers, database = dinobard.services.answers, dinobard.services.database
    context, poem = RequestContext(user=7, guild=8, channel=9), PoemRequest(prompt=SECRET, seed=1)
    await answers.add(context, poem, "model", SECRET)
    ages = (hours * 3600 - 60, 61.0, days * 86_400 - hours * 3600 - 60, 61.0)
    kept: list[set[str]] = []
    for age in ages:
        await grow_old(dinobard, age)
        await answers.prune()
        columns = [str(row[1]) for row in await database.rows("PRAGMA table_info(answers)")]
        rows = await database.rows(f"SELECT {', '.join(columns)} FROM answers")  # noqa: S608
        kept.append(
            {
                column
                for row in rows
                for column, value in zip(columns, row, strict=True)
                if value is not None
            }
        )

    again = {"id", "created", "server", "network", "model", "request"}
    first = again | {"user", "channel", "message", "typed", "text"}
    assert kept == [first, again, again, set()]


async def test_what_is_forgotten_is_in_none_of_the_files(
    dinobard: Dinobard, discord_server: LoopbackDiscord, home: Path
) -> None:
    member, guild = discord_server.member.id, discord_server.guild.id
    answers = dinobard.services.answers

    async def keep() -> None:
        poem = PoemRequest(prompt=SECRET, seed=1)
        await answers.add(RequestContext(user=member, guild=guild), poem, "model", SECRET * 200)
        assert _traces(home)

    await keep()
    await (await discord_server.slash("privacy forget")).response()
    assert not _traces(home)

    await keep()
    await grow_old(dinobard, FRESH_SECONDS + 1)
    await answers.prune()
    assert not _traces(home)

    await keep()
    await answers.forget_guild(guild)
    assert not _traces(home)


def _traces(home: Path) -> list[Path]:
    """Return the files that have the secret."""
    files = (path for path in home.rglob("*") if path.is_file())
    return [path for path in files if SECRET.encode() in path.read_bytes()]


def _leave_model(registry: ModelRegistry) -> None:
    """Put a file where a server's own versions are."""
    folder = registry.folder_of("dino") / "version"
    folder.mkdir(parents=True)
    (folder / "corpus.txt").write_text("a member's upload")


async def test_what_a_server_has_is_deleted_a_day_after_the_bot_is_removed(
    dinobard: Dinobard, discord_server: LoopbackDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    monkeypatch.setattr(dinobard.services.guilds, "_clock", lambda: now)
    cleanup = dinobard.get_cog("GuildCleanupCog")
    assert isinstance(cleanup, GuildCleanupCog)
    servers = dinobard.services.guild_settings
    other = discord_server.add_guild("other")
    await discord_server.announce(other)
    mine = GuildSettings(prefix="?")
    for guild in (other, discord_server.guild):
        await servers.change(guild.id, mine)
        await asyncio.to_thread(_leave_model, dinobard.services.registry.of_guild(guild.id))

    registry = dinobard.services.registry
    await discord_server.remove_bot(other)
    await discord_server.settled()
    told = said_in(await ask(discord_server, "?privacy"))
    assert MISSING_SECONDS == 24 * 3600
    assert told.count("a day after I am removed") + told.count("A day after I am removed") == 3
    now += MISSING_SECONDS - 1
    await cleanup.check()
    assert registry.of_guild(other.id).root.exists()
    assert await servers.of(other.id) == mine
    now += 1
    await cleanup.check()

    assert not registry.of_guild(other.id).root.exists()
    assert registry.of_guild(discord_server.guild.id).root.exists()
    assert await servers.of(other.id) == servers.defaults
    assert await servers.of(discord_server.guild.id) == mine


async def test_an_outage_deletes_nothing(
    dinobard: Dinobard, discord_server: LoopbackDiscord
) -> None:
    servers, guild = dinobard.services.guild_settings, discord_server.guild
    mine = GuildSettings(prefix="?")
    await servers.change(guild.id, mine)

    await discord_server.begin_outage(guild)
    await discord_server.settled()
    await discord_server.end_outage(guild)
    await discord_server.settled()

    assert await servers.of(guild.id) == mine
    assert names_in(await ask(discord_server, "?dino"))


async def test_what_is_no_command_is_neither_stored_nor_logged(
    discord_server: LoopbackDiscord, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    # What discord.py itself writes at DEBUG, every event, is never shown: see `bot.observability`.
    caplog.set_level(logging.WARNING, "discord")
    await discord_server.silence_after(SECRET)
    await discord_server.silence_after(f"!{SECRET} dino")
    message = await discord_server.say(f"{discord_server.bot.mention} {SECRET}")
    await discord_server.edit(message, f"{SECRET}, indeed")
    await discord_server.settled()
    await ask(discord_server, "!dino")

    assert SECRET not in caplog.text
    files = [path for path in home.rglob("*") if path.is_file()]
    assert any(path.name == "state.sqlite3" for path in files)
    assert not _traces(home)
