"""What a server has that removes the bot while nobody is there to be told of it."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.client.bot import Dinobard
from bot.cogs import COGS
from bot.cogs.guild_cleanup import GuildCleanupCog
from bot.services import Services, open_services
from bot.storage.database import DatabaseError, Value
from bot.storage.guild_settings import GuildSettings
from bot.storage.guilds import MISSING_SECONDS
from engine import LocalBackend, ModelRegistry
from tests.loopback import Guild, LoopbackDiscord
from tests.loopback.clients import running

MINE = GuildSettings(prefix="?")
GUILD = "/guilds/*"

Meanwhile = Callable[[LoopbackDiscord, Guild], Awaitable[None]]


class Visits:
    """Runs the bot on one state folder, by a clock that goes when it is told to."""

    def __init__(self, registry: ModelRegistry, home: Path, patch: pytest.MonkeyPatch) -> None:
        self._registry = registry
        self._home = home
        self._patch = patch
        self.now = 1_000_000.0

    @asynccontextmanager
    async def visit(
        self, server: LoopbackDiscord, *, shard: int = 0, shard_count: int = 1
    ) -> AsyncGenerator[Dinobard]:
        """Run the bot; when the block begins it has compared the servers."""
        engine = LocalBackend(self._registry, preloads_poems=False)
        async with open_services(engine, self._home / "state.sqlite3") as services:
            self._patch.setattr(services.guilds, "_clock", lambda: self.now)
            client = Dinobard(
                services, server.api_url, cogs=COGS, shard_ids=[shard], shard_count=shard_count
            )
            async with running(client, server):
                await server.settled()
                yield client


@pytest.fixture
def visits(registry: ModelRegistry, home: Path, monkeypatch: pytest.MonkeyPatch) -> Visits:
    return Visits(registry, home, monkeypatch)


async def give(services: Services, guild: Guild) -> None:
    """Let a server have settings and a model."""
    await services.guild_settings.change(guild.id, MINE)

    def leave_model() -> None:
        folder = services.registry.of_guild(guild.id).folder_of("dino") / "version"
        folder.mkdir(parents=True)
        (folder / "corpus.txt").write_text("a member's upload")

    await asyncio.to_thread(leave_model)


async def has(services: Services, guild: Guild) -> bool:
    """Tell whether a server has what it was given, all of it or none."""
    settings = await services.guild_settings.of(guild.id)
    has_model = services.registry.of_guild(guild.id).root.exists()
    assert has_model == (settings == MINE)
    return has_model


async def missing_since(services: Services, guild: Guild) -> Value:
    row = await services.database.row(
        "SELECT missing_since FROM memberships WHERE server = ?", guild.id
    )
    assert row
    return row[0]


async def has_note(services: Services, guild: Guild) -> bool:
    row = await services.database.row("SELECT 1 FROM memberships WHERE server = ?", guild.id)
    return row is not None


async def check(bot: Dinobard) -> None:
    """Look now for servers that have been missing for a day, not within the hour."""
    cog = bot.get_cog("GuildCleanupCog")
    assert isinstance(cog, GuildCleanupCog)
    await cog.check()


async def test_a_server_that_removed_the_bot_while_it_was_off_is_forgotten_after_a_day(
    discord_server: LoopbackDiscord, visits: Visits
) -> None:
    left, stayed = discord_server.add_guild("left"), discord_server.guild
    async with visits.visit(discord_server) as bot:
        for guild in (left, stayed):
            await give(bot.services, guild)
    await discord_server.remove_bot(left)

    async with visits.visit(discord_server) as bot:
        visits.now += MISSING_SECONDS - 1
        await check(bot)
        assert await has(bot.services, left)
        visits.now += 1
        await check(bot)

        assert not await has(bot.services, left)
        assert await has(bot.services, stayed)
        noted = await bot.services.database.rows("SELECT server, missing_since FROM memberships")
        assert noted == [(stayed.id, None)]


async def test_a_day_is_counted_over_restarts_and_ends_by_itself(
    discord_server: LoopbackDiscord, visits: Visits
) -> None:
    guild = discord_server.guild
    async with visits.visit(discord_server) as bot:
        await give(bot.services, guild)
    await discord_server.remove_bot(guild)
    async with visits.visit(discord_server):
        pass
    visits.now += MISSING_SECONDS
    gate = discord_server.faults.hold("GET", GUILD)

    async with visits.visit(discord_server) as bot:
        await gate.reached()
        assert await has(bot.services, guild)
        gate.release()
        await check(bot)

        assert not await has(bot.services, guild)


async def test_a_removal_between_two_sessions_is_noticed(
    discord_server: LoopbackDiscord, visits: Visits
) -> None:
    guild = discord_server.guild
    async with visits.visit(discord_server) as bot:
        await give(bot.services, guild)
        discord_server.faults.forget_sessions()
        await discord_server.remove_bot(guild)
        discord_server.faults.drop_connections()
        await discord_server.until(
            lambda: len(discord_server.logins) == 2, "a new session", timeout_seconds=30
        )
        await discord_server.settled()
        assert await has(bot.services, guild)
        visits.now += MISSING_SECONDS
        await check(bot)

        assert not await has(bot.services, guild)


async def nothing(_server: LoopbackDiscord, _guild: Guild) -> None:
    """Let all be as it was."""


async def begin_outage(server: LoopbackDiscord, guild: Guild) -> None:
    await server.begin_outage(guild)


@pytest.mark.parametrize("meanwhile", [nothing, begin_outage])
async def test_a_server_that_discord_lists_is_not_missed(
    discord_server: LoopbackDiscord, visits: Visits, meanwhile: Meanwhile
) -> None:
    guild = discord_server.guild
    async with visits.visit(discord_server) as bot:
        await give(bot.services, guild)
    await meanwhile(discord_server, guild)

    async with visits.visit(discord_server) as bot:
        assert await missing_since(bot.services, guild) is None
        visits.now += 2 * MISSING_SECONDS
        await check(bot)

        assert await has(bot.services, guild)


@pytest.mark.parametrize("is_on", [True, False], ids=["while it is on", "while it is off"])
async def test_a_server_that_is_back_is_not_missed_any_more(
    discord_server: LoopbackDiscord, visits: Visits, is_on: bool
) -> None:
    guild = discord_server.guild
    async with visits.visit(discord_server) as bot:
        await give(bot.services, guild)
    await discord_server.remove_bot(guild)
    async with visits.visit(discord_server) as bot:
        assert await missing_since(bot.services, guild) is not None
        if is_on:
            await bot.wait_until_ready()
            await discord_server.readmit_bot(guild)
            await discord_server.settled()
            assert await missing_since(bot.services, guild) is None
    if not is_on:
        await discord_server.readmit_bot(guild)

    async with visits.visit(discord_server) as bot:
        assert await missing_since(bot.services, guild) is None
        visits.now += 2 * MISSING_SECONDS
        await check(bot)

        assert await has(bot.services, guild)


async def test_the_servers_of_another_shard_are_left_to_it(
    discord_server: LoopbackDiscord, visits: Visits
) -> None:
    guilds = [discord_server.add_guild(f"on {shard}", shard=(shard, 2)) for shard in (0, 1)]
    for shard, guild in enumerate(guilds):
        async with visits.visit(discord_server, shard=shard, shard_count=2) as bot:
            await give(bot.services, guild)
    for guild in guilds:
        await discord_server.remove_bot(guild)

    async with visits.visit(discord_server, shard=0, shard_count=2) as bot:
        visits.now += MISSING_SECONDS
        await check(bot)
        visits.now += MISSING_SECONDS
        await check(bot)

        assert [await has(bot.services, guild) for guild in guilds] == [False, True]
        assert await missing_since(bot.services, guilds[1]) is None


async def test_the_servers_of_another_application_are_left_as_they_are(
    discord_server: LoopbackDiscord, visits: Visits, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    guild = discord_server.guild
    async with visits.visit(discord_server) as bot:
        await give(bot.services, guild)

    async with LoopbackDiscord() as another, visits.visit(another) as bot:
        assert another.bot.id != discord_server.bot.id
        assert await missing_since(bot.services, guild) is None
        visits.now += 2 * MISSING_SECONDS
        await check(bot)
        await bot.wait_until_ready()
        await another.settled()

        assert await has(bot.services, guild)
    assert "Guilds of other applications, kept: 1" in caplog.text


async def test_what_was_there_before_servers_were_noted_is_left_as_it_is(
    discord_server: LoopbackDiscord, visits: Visits
) -> None:
    guild = discord_server.guild
    await discord_server.remove_bot(guild)
    async with visits.visit(discord_server) as bot:
        await give(bot.services, guild)
        visits.now += 2 * MISSING_SECONDS
        await check(bot)

        assert await has(bot.services, guild)


async def test_a_list_that_came_incomplete_deletes_nothing(
    discord_server: LoopbackDiscord, visits: Visits
) -> None:
    guild = discord_server.guild
    async with visits.visit(discord_server) as bot:
        await give(bot.services, guild)
    guild.is_listed = False

    async with visits.visit(discord_server) as bot:
        visits.now += MISSING_SECONDS
        await check(bot)

        assert await has(bot.services, guild)
        assert await missing_since(bot.services, guild) == visits.now


async def unwell(server: LoopbackDiscord) -> None:
    server.faults.fail(503, "GET", GUILD, times=10)


async def cut(server: LoopbackDiscord) -> None:
    server.faults.reset_connections("GET", GUILD, times=10)


async def forbid(server: LoopbackDiscord) -> None:
    server.faults.refuse(403, 0, "Forbidden", "GET", GUILD)


@pytest.mark.parametrize("inflict", [unwell, cut, forbid])
async def test_a_discord_that_does_not_say_so_deletes_nothing(
    discord_server: LoopbackDiscord,
    visits: Visits,
    monkeypatch: pytest.MonkeyPatch,
    inflict: Callable[[LoopbackDiscord], Awaitable[None]],
) -> None:
    monkeypatch.setattr("bot.client.retries.RETRY_SECONDS", (0.0,))
    guild = discord_server.guild
    async with visits.visit(discord_server) as bot:
        await give(bot.services, guild)
    await discord_server.remove_bot(guild)

    async with visits.visit(discord_server) as bot:
        visits.now += MISSING_SECONDS
        await inflict(discord_server)
        await check(bot)
        assert await has(bot.services, guild)
        assert await missing_since(bot.services, guild) == visits.now
        discord_server.faults.clear()
        visits.now += MISSING_SECONDS
        await check(bot)

        assert not await has(bot.services, guild)


async def test_nothing_is_deleted_while_the_shard_is_not_connected(
    discord_server: LoopbackDiscord, visits: Visits
) -> None:
    guild = discord_server.guild
    async with visits.visit(discord_server) as bot:
        await give(bot.services, guild)
    await discord_server.remove_bot(guild)

    async with visits.visit(discord_server) as bot:
        disconnected = asyncio.create_task(bot.wait_for("shard_disconnect", timeout=5))
        discord_server.faults.refuse_connections()
        discord_server.faults.drop_connections()
        await disconnected
        visits.now += MISSING_SECONDS
        await check(bot)

        assert await has(bot.services, guild)


async def test_what_could_not_be_deleted_at_once_is_deleted_later(
    discord_server: LoopbackDiscord, visits: Visits
) -> None:
    guild = discord_server.guild
    async with visits.visit(discord_server) as bot:
        await give(bot.services, guild)
        record = bot.services.training_log

        async def fail(_server: int) -> None:
            raise DatabaseError(Path("state.sqlite3"), "database is locked")

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(record, "forget_guild", fail)
            await discord_server.remove_bot(guild)
            await discord_server.settled()
            visits.now += MISSING_SECONDS
            await check(bot)
        assert await has_note(bot.services, guild)
        visits.now += MISSING_SECONDS
        await check(bot)

        assert not await has_note(bot.services, guild)


async def test_a_server_that_invites_the_bot_again_within_a_day_finds_all_as_it_was(
    discord_server: LoopbackDiscord, visits: Visits
) -> None:
    guild = discord_server.guild
    async with visits.visit(discord_server) as bot:
        await bot.wait_until_ready()
        await give(bot.services, guild)
        for _ in range(2):
            await discord_server.remove_bot(guild)
            await discord_server.settled()
            assert await missing_since(bot.services, guild) == visits.now
            visits.now += MISSING_SECONDS - 1
            await check(bot)
            await discord_server.readmit_bot(guild)
            await discord_server.settled()
            assert await missing_since(bot.services, guild) is None
        visits.now += 2 * MISSING_SECONDS
        await check(bot)

        assert await has(bot.services, guild)


async def test_the_day_after_a_removal_goes_on_while_the_bot_is_off(
    discord_server: LoopbackDiscord, visits: Visits
) -> None:
    guild = discord_server.guild
    async with visits.visit(discord_server) as bot:
        await give(bot.services, guild)
        await discord_server.remove_bot(guild)
        await discord_server.settled()
    visits.now += MISSING_SECONDS

    async with visits.visit(discord_server) as bot:
        await check(bot)

        assert not await has(bot.services, guild)
        assert not await has_note(bot.services, guild)
