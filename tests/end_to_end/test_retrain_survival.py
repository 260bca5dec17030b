"""Retraining when something dies: real processes, real kills. The bot goes on answering."""

import asyncio
import json
import signal
import time
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path

import psutil
import pytest

from bot.client.bot import Dinobard
from bot.cogs import COGS
from bot.cogs.guild_cleanup import GuildCleanupCog
from bot.services import Services, open_services
from bot.storage.guilds import MISSING_SECONDS
from engine import LocalBackend, ModelRegistry
from engine.jobs.events import Cancelled
from engine.jobs.spec import Limits
from tests.end_to_end.program import Program, started
from tests.end_to_end.retraining import LONG, QUICK, TEXT, begun, said, train, trainer
from tests.end_to_end.talk import ask
from tests.loopback import LoopbackDiscord, Permission
from tests.loopback.clients import running
from tests.loopback.records import Message
from tests.loopback.world import Member

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def admin(discord_server: LoopbackDiscord) -> Member:
    """Somebody who manages the server; there before the bot is."""
    discord_server.patience_seconds = 100
    return discord_server.guild.add_member("Mary Anning", Permission.MANAGE_GUILD)


@asynccontextmanager
async def bot(program: Program, server: LoopbackDiscord) -> AsyncGenerator[Process]:
    """Run the bot as a process, which may die."""
    server.interaction_deadline_seconds = 30.0  # It loads TensorFlow meanwhile.
    process = await asyncio.create_subprocess_exec(
        *program.command("run"),
        cwd=program.home,
        env=program.environment(DISCORD_TOKEN=server.token, DISCORD_API_URL=server.api_url),
        stdout=DEVNULL,
        stderr=DEVNULL,
    )
    try:
        await server.connected()
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def told(home: Path) -> list[dict[str, object]]:
    """Return what the process of the only training has told."""
    (path,) = home.glob("trainings/*/events.jsonl")
    lines = path.read_text().splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.endswith("\n")]


def starts(home: Path) -> list[dict[str, object]]:
    return [event for event in told(home) if event["event"] == "Started"]


def trainer_of(home: Path) -> psutil.Process:
    """Return the process of the only training."""
    pid = starts(home)[-1]["pid"]
    assert isinstance(pid, int)
    return psutil.Process(pid)


async def saved_on_the_way(server: LoopbackDiscord, admin: Member, home: Path) -> Message:
    """Begin a training, and wait until it could go on from a checkpoint."""
    status = await begun(server, admin, LONG)
    await server.until(lambda: "Validation loss" in said(status), "a score", timeout_seconds=250)
    assert list(home.glob("trainings/*/checkpoint*"))
    return status


async def cancelled(server: LoopbackDiscord, status: Message, admin: Member) -> None:
    await server.click(status, "Cancel", author=admin)
    await server.until(lambda: not status.buttons, "the end", timeout_seconds=100)


async def acknowledged(services: Services, server: LoopbackDiscord) -> None:
    """Wait until every end has been entered into the record, asking for dinosaurs meanwhile."""
    while services.trainings.all:
        await ask(server, "!dino")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
async def test_a_bot_that_dies_while_training_says_so_and_goes_on_from_the_checkpoint(
    discord_server: LoopbackDiscord, admin: Member, program: Program, number: signal.Signals
) -> None:
    async with bot(program, discord_server) as process:
        status = await saved_on_the_way(discord_server, admin, program.home)
        its_trainer = trainer_of(program.home)
        process.send_signal(number)
        await process.wait()
    await asyncio.to_thread(its_trainer.wait, 60)
    edits = len(status.edits)

    async with bot(program, discord_server):
        notice = await discord_server.reply(to=status)
        assert "continues where it was" in said(notice)
        await discord_server.until(
            lambda: len(starts(program.home)) == 2, "a start", timeout_seconds=100
        )
        assert starts(program.home)[-1]["resumed"] is True
        await discord_server.until(
            lambda: len(status.edits) > edits + 1, "edits", timeout_seconds=100
        )
        assert (await ask(discord_server, "!dino 2")).embeds
        await cancelled(discord_server, status, admin)
        log = await ask(discord_server, "!models log")
        assert "cancelled" in said(log)


async def test_a_result_that_no_one_saw_is_shown_after_a_restart(
    discord_server: LoopbackDiscord, admin: Member, registry: ModelRegistry, home: Path
) -> None:
    async with trainer(discord_server, registry, home) as services:
        gate = discord_server.faults.hold("PATCH", "/channels/*/messages/*", times=1)
        question = await discord_server.say(QUICK, author=admin, attachments=[TEXT])
        status = await discord_server.reply(to=question)
        await gate.reached(100)
        (training,) = services.trainings.all
        await training.ended()

    async with trainer(discord_server, registry, home) as services:
        gate.release()
        result = await discord_server.reply(to=status)
        assert "Training finished" in said(result)
        assert result.buttons == ["Keep", "Discard"]
        await acknowledged(services, discord_server)


async def test_of_two_processes_each_goes_on_with_the_trainings_of_its_servers(
    discord_server: LoopbackDiscord, program: Program
) -> None:
    discord_server.patience_seconds = 100
    guild = discord_server.add_guild("on 1", shard=(1, 2))
    channel, boss = guild.add_channel(), guild.add_member("Boss", Permission.MANAGE_GUILD)

    def process(shard: int) -> AbstractAsyncContextManager[Process]:
        shards = {"DISCORD_SHARD_COUNT": "2", "DISCORD_SHARD_IDS": str(shard)}
        return started(program, discord_server, **shards)

    async with process(1) as second:
        await discord_server.connected(timeout_seconds=30)
        question = await discord_server.say(LONG, author=boss, channel=channel)
        status = await discord_server.reply(to=question)
        # By then it is kept which message shows the training.
        await discord_server.until(lambda: "pass" in said(status), "a pass", timeout_seconds=250)
        second.terminate()
        await second.communicate()

    async with process(0):
        await discord_server.connected(timeout_seconds=30)
        async with process(1):
            await discord_server.connected(2, timeout_seconds=30)
            notice = await discord_server.reply(to=status)
            assert "continues where it was" in said(notice)
            again = await discord_server.say("!retrain dino", author=boss, channel=channel)
            assert "already waiting or running" in said(await discord_server.reply(to=again))

            answer = await (await discord_server.click(status, "Cancel", author=boss)).response()

            assert "Training cancelled" in said(answer)


async def test_a_trainer_that_is_killed_is_reported_and_the_next_one_trains(
    discord_server: LoopbackDiscord, admin: Member, registry: ModelRegistry, home: Path
) -> None:
    async with trainer(discord_server, registry, home):
        status = await begun(discord_server, admin, LONG)
        trainer_of(home).kill()

        report = await discord_server.reply(to=status)

        assert "Training failed" in said(report)
        assert "failed" in said(await ask(discord_server, "!models log"))
        assert (await ask(discord_server, "!dino 2")).embeds
        assert not list(home.glob("models/servers/*/dino/*/card.json"))
        _, result = await train(discord_server, admin, QUICK)
        assert "Training finished" in said(result)


async def test_a_disk_that_takes_no_more_is_reported_and_leaves_nothing_half_written(
    discord_server: LoopbackDiscord, admin: Member, registry: ModelRegistry, home: Path
) -> None:
    async with trainer(discord_server, registry, home, Limits(file_bytes=100_000)):
        _, report = await train(discord_server, admin, QUICK)

        assert "Training failed" in said(report)
        assert not report.buttons
        assert not list(home.glob("models/servers/*/dino/*"))
        assert (await ask(discord_server, "!dino 2")).embeds


async def test_a_place_that_cannot_be_written_is_said_before_anything_runs(
    discord_server: LoopbackDiscord, admin: Member, registry: ModelRegistry, home: Path
) -> None:
    async with trainer(discord_server, registry, home) as services:
        # A file where the folder should be stops root as well, unlike permissions.
        folder = home / "trainings"
        if folder.exists():
            folder.rmdir()
        folder.write_text("in the way")

        question = await discord_server.say(LONG, author=admin)

        assert "cannot be saved" in said(await discord_server.reply(to=question))
        assert not services.trainings.all
        assert (await ask(discord_server, "!dino 2")).embeds


async def test_a_damaged_version_is_replaced_and_its_admins_are_told(
    discord_server: LoopbackDiscord, admin: Member, registry: ModelRegistry, home: Path
) -> None:
    async with trainer(discord_server, registry, home):
        _, result = await train(discord_server, admin, QUICK)
        await (await discord_server.click(result, "Keep", author=admin)).response()
    (weights,) = home.glob("models/servers/*/dino/*/weights.npz")
    weights.write_bytes(weights.read_bytes()[:-1])

    async with trainer(discord_server, registry, home):
        assert (await ask(discord_server, "!dino 2")).embeds
        notice = await discord_server.reply()

        assert f"{weights.parent.name} is damaged" in said(notice).replace("\\", "")


async def test_of_a_damaged_version_is_told_where_the_bot_may_speak(
    discord_server: LoopbackDiscord, admin: Member, registry: ModelRegistry, home: Path
) -> None:
    guild = discord_server.guild
    lab = guild.add_channel("lab")
    await discord_server.announce(guild)
    async with trainer(discord_server, registry, home) as services:
        _, result = await train(discord_server, admin, QUICK)
        await (await discord_server.click(result, "Keep", author=admin)).response()
        await services.guild_settings.set(guild.id, "channels", frozenset({lab.id}))
    (weights,) = home.glob("models/servers/*/dino/*/weights.npz")
    weights.write_bytes(weights.read_bytes()[:-1])

    async with trainer(discord_server, registry, home):
        await discord_server.say("!dino", channel=lab)
        # The names, and the notice before or after them.
        heard = [said(await discord_server.reply(channel=lab)) for _ in range(2)]

        assert any("is damaged" in text for text in heard)


@pytest.mark.parametrize("code", [10008, 30046], ids=["gone", "too old"])
async def test_a_message_that_cannot_be_edited_is_replaced_by_a_fresh_one(
    discord_server: LoopbackDiscord, admin: Member, registry: ModelRegistry, home: Path, code: int
) -> None:
    async with trainer(discord_server, registry, home):
        discord_server.faults.refuse(400, code, "No", "PATCH", "/channels/*/messages/*")
        question = await discord_server.say(LONG, author=admin)
        status = await discord_server.reply(to=question)

        fresh = await discord_server.reply()

        assert fresh.buttons == ["Cancel"]
        await discord_server.until(lambda: status.is_deleted, "the old one to go")
        await cancelled(discord_server, fresh, admin)


async def test_a_training_outlives_its_channel(
    discord_server: LoopbackDiscord, admin: Member, registry: ModelRegistry, home: Path
) -> None:
    channel = discord_server.guild.add_channel("lab")
    async with trainer(discord_server, registry, home) as services:
        question = await discord_server.say(
            QUICK, author=admin, channel=channel, attachments=[TEXT]
        )
        await discord_server.reply(to=question)
        await discord_server.delete_channel(channel)
        (training,) = services.trainings.all
        await training.ended()
        await acknowledged(services, discord_server)

        (entry,) = await services.training_log.of_guild(discord_server.guild.id)
        assert entry.result == "saved"
        assert str(entry.version) in said(await ask(discord_server, "!models"))


async def test_a_server_that_the_bot_has_left_is_trained_for_no_longer_after_a_day(
    discord_server: LoopbackDiscord,
    admin: Member,
    registry: ModelRegistry,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = LocalBackend(registry, preloads_poems=False)
    async with AsyncExitStack() as stack:
        services = await stack.enter_async_context(open_services(engine, home / "state.sqlite3"))
        client = Dinobard(services, discord_server.api_url, cogs=COGS)
        await stack.enter_async_context(running(client, discord_server))
        cleanup = client.get_cog("GuildCleanupCog")
        assert isinstance(cleanup, GuildCleanupCog)
        await begun(discord_server, admin, LONG)
        (training,) = services.trainings.all
        its_trainer = trainer_of(home)

        await discord_server.remove_bot(discord_server.guild)
        await discord_server.settled()
        await cleanup.check()
        assert training.end is None
        tomorrow = time.time() + MISSING_SECONDS
        monkeypatch.setattr(services.guilds, "_clock", lambda: tomorrow)
        await cleanup.check()

        assert await training.ended() == Cancelled()
        await asyncio.to_thread(its_trainer.wait, 60)
