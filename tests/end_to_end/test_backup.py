"""`dinobard backup` and `dinobard restore`, beside a running bot and without one."""

import asyncio
import json
import stat
import subprocess
from pathlib import Path

import pytest

from tests.end_to_end.program import Program, started
from tests.loopback import LoopbackDiscord, Permission


@pytest.fixture
def shipped(program: Program) -> str:
    return json.loads(program.run("dino", "--json").out)["model"]


async def test_a_backup_of_a_running_bot_is_restored_when_it_has_stopped(
    program: Program, discord_server: LoopbackDiscord, shipped: str
) -> None:
    manager = discord_server.guild.add_member("Boss", Permission.MANAGE_GUILD)
    guild = str(discord_server.guild.id)
    program.run("models", "use", shipped, "--server", guild)

    async def prefix(value: str, before: str) -> None:
        words = f"{before}settings set prefix {value}"
        await discord_server.reply(to=await discord_server.say(words, author=manager))

    async with started(program, discord_server) as process:
        await discord_server.connected(timeout_seconds=60)
        await prefix("?", "!")
        saved = await asyncio.to_thread(program.run, "backup", "backup.tar")
        await prefix("+", "?")
        refused = await asyncio.to_thread(program.run, "restore", "backup.tar")
        process.kill()
        await process.communicate()
    await discord_server.disconnected(timeout_seconds=60)
    (program.home / f"models/servers/{guild}/dino/active.json").unlink()
    restored = program.run("restore", "backup.tar")
    async with started(program, discord_server):
        await discord_server.connected(timeout_seconds=60)
        await discord_server.reply(to=await discord_server.say("?dino"))

    assert saved.code == 0
    assert "the database" in saved.err
    assert stat.S_IMODE((program.home / "backup.tar").stat().st_mode) == 0o600
    assert not list(program.home.glob(".backup*"))
    assert refused.code == 1
    (line,) = refused.err.splitlines()
    assert f"Process {process.pid} uses" in line
    assert restored.code == 0, restored.err
    active = program.home / f"models/servers/{guild}/dino/active.json"
    assert json.loads(active.read_text()) == [shipped]


def test_a_backup_goes_through_standard_output_and_input(program: Program, shipped: str) -> None:
    program.run("models", "use", shipped)
    other = Program(program.home / "other")
    other.home.mkdir()

    saved = subprocess.run(
        program.command("backup", "-"),
        cwd=program.home,
        env=program.environment(),
        capture_output=True,
        check=True,
    )
    subprocess.run(
        other.command("restore", "-"),
        cwd=other.home,
        env=other.environment(),
        input=saved.stdout,
        check=True,
    )

    assert (other.home / "models/dino/active.json").read_text() == f'["{shipped}"]\n'


@pytest.mark.parametrize(
    ("words", "about"),
    [
        (("backup", "backup.tar"), "nothing to back up"),
        (("backup", "nowhere/backup.tar"), "no such file"),
        (("restore", "nothing.tar"), "no such file"),
        (("restore", "bones.tar"), "not a whole backup"),
        (("restore", "-"), "not a whole backup"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_saved_or_restored_is_one_line(
    program: Program, words: tuple[str, ...], about: str
) -> None:
    (program.home / "bones.tar").write_text("bones")

    outcome = program.run(*words)

    assert outcome.code == 1
    (line,) = outcome.err.splitlines()
    assert about in line
    assert left_over(program.home) == []


def test_a_backup_that_fails_leaves_the_earlier_one(program: Program) -> None:
    earlier = program.home / "backup.tar"
    earlier.write_text("of yesterday")
    (program.home / "dinobard.sqlite3").write_text("no database")

    outcome = program.run("backup", "backup.tar")

    assert outcome.code == 1
    assert "cannot be copied" in outcome.err
    assert earlier.read_text() == "of yesterday"
    assert left_over(program.home) == []


def left_over(home: Path) -> list[Path]:
    return [path for path in home.iterdir() if path.name.startswith(".")]
