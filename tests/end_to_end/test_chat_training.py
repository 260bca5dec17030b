"""`!retrain` and `!models` in a terminal."""

import asyncio
import signal
from asyncio.subprocess import PIPE

import pytest

from tests.conftest import NAMES
from tests.end_to_end.program import Program
from tests.trainings import ENDLESS, order, trainings

pytestmark = pytest.mark.timeout(300)


def test_the_host_trains_on_a_file_watches_and_keeps(program: Program) -> None:
    (program.home / "names.txt").write_text("\n".join(NAMES))

    trained = program.run("chat", typed="!retrain dino names.txt passes=2\n!models log\n")

    assert trained.code == 0
    assert "Training finished" in trained.out
    assert trained.out.count("(lower is better)") >= 2
    assert "100%" in trained.err
    assert "names.txt" in trained.out.partition("Training log")[2]
    (card,) = program.home.glob("models/dino/*/card.json")
    version = card.parent.name
    assert f"!models use {version}" in trained.out
    kept = program.run("chat", typed=f"!models use {version}\n!models\n!models rollback dino\n")
    assert f"{version} is now in use" in kept.out
    assert "Back to" in kept.out


@pytest.mark.parametrize(
    ("typed", "about"),
    [
        ("!retrain", "verse.txt"),
        ("!retrain dino nothing.txt", "cannot be opened"),
        ("!retrain dino few.txt", "too short"),
        ("!models use nothing", "no such model"),
        ("!models fly", "!models use ID"),
    ],
)
def test_a_terminal_says_what_is_wrong(program: Program, typed: str, about: str) -> None:
    (program.home / "few.txt").write_text("rexodon\nmegalosaurus\n")

    outcome = program.run("chat", typed=f"{typed}\n!dino\n")

    assert outcome.code == 0
    assert about in outcome.out
    assert len(outcome.out.splitlines()) > 1


async def test_an_interruption_cancels_the_training_and_the_talk_goes_on(
    program: Program,
) -> None:
    process = await asyncio.create_subprocess_exec(
        *program.command("chat"),
        cwd=program.home,
        env=program.environment(),
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
    )
    assert process.stdin
    assert process.stdout
    assert process.stderr
    process.stdin.write(b"!retrain dino fresh passes=1000\n!dino\n")
    shown = await process.stderr.readuntil(b"loss")
    assert b"training" in shown
    process.stdin.close()
    process.send_signal(signal.SIGINT)

    out, _ = await process.communicate()

    assert process.returncode == 0
    said = out.decode().splitlines()
    assert any("Training cancelled" in line for line in said)
    assert "Training cancelled" not in said[-1]
    assert not list(program.home.glob("trainings/*/job.json"))


async def test_what_is_trained_for_servers_is_left_to_the_bot(program: Program) -> None:
    async with trainings(program.home) as jobs:
        training = await jobs.submit(order(guild=1, epochs=ENDLESS))
    process = await asyncio.create_subprocess_exec(
        *program.command("chat"),
        cwd=program.home,
        env=program.environment(),
        stdin=PIPE,
        stdout=PIPE,
    )
    assert process.stdin
    assert process.stdout
    process.stdin.write(b"!dino\n")
    assert await process.stdout.readline()

    async with trainings(program.home) as jobs:
        assert [found.id for found in jobs.all] == [training.id]
        await jobs.cancel(training.id)
    process.stdin.close()
    await process.communicate()
