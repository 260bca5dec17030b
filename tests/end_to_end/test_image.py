"""The image as compose.yaml runs it, on a Discord of this machine; it takes a Docker engine.

`docker build -t dinobard . && DINOBARD_IMAGE=dinobard pytest tests/end_to_end/test_image.py`
"""

import asyncio
import json
import os
import secrets
import shutil
import socket
import subprocess
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from tests.end_to_end.retraining import QUICK, said, train
from tests.end_to_end.talk import ask, awaited_poem, names_in
from tests.loopback import LoopbackDiscord, Permission
from tests.loopback.world import Member

IMAGE = os.environ.get("DINOBARD_IMAGE", "")
COMPOSE = Path(__file__).parents[2] / "compose.yaml"

ALLOWED = (
    "touch /state/x",
    "cp /bin/true /tmp/x",
    'test "$(id -u):$(id -g)" = 10001:10001',
    "grep -q '^CapBnd:[[:space:]]*0*$' /proc/self/status",
    "grep -q '^NoNewPrivs:[[:space:]]*1$' /proc/self/status",
)
FORBIDDEN = ("touch /x", "touch /dinobard/x", "touch /libraries/x", "exec /tmp/x")

_PATIENCE_SECONDS = 240
_SECONDS_FOR_A_SIGN_OF_LIFE = 10

pytestmark = [
    pytest.mark.skipif(not IMAGE, reason="DINOBARD_IMAGE names no image"),
    pytest.mark.timeout(600),
]


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with the files that a host has, and a Compose project of its own.

    Attributes:
        compose: the words that call Compose for this project.
        folder: where compose.yaml and .env are.
    """

    compose: tuple[str, ...]
    folder: Path

    async def do(self, *words: str) -> str:
        """Let Compose do something that succeeds, and return what it prints."""
        code, out, err = await run(*self.compose, *words, folder=self.folder)
        assert code == 0, err
        return out

    async def up(self, server: LoopbackDiscord) -> str:
        """Start the bot, wait until it is connected, and return the id of its container."""
        await self.do("up", "-d", "--no-build")
        await server.connected(timeout_seconds=_PATIENCE_SECONDS)
        return (await self.do("ps", "-q", "dinobard")).strip()

    async def is_done(self, command: str) -> bool:
        """Tell whether a command succeeds in the container."""
        words = ("exec", "-T", "dinobard", "sh", "-c", command)
        return (await run(*self.compose, *words, folder=self.folder))[0] == 0


async def run(*words: str, folder: Path | None = None) -> tuple[int | None, str, str]:
    """Run a program while the server goes on; return its exit code and what it printed."""
    process = await asyncio.create_subprocess_exec(
        *words, cwd=folder, stdin=DEVNULL, stdout=PIPE, stderr=PIPE
    )
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


async def look_up(container: str, template: str) -> str:
    code, out, err = await run("docker", "inspect", "--format", template, container)
    assert code == 0, err
    return out.strip()


async def health_of(container: str) -> str:
    """Return what Docker's checks find, once they have found anything."""
    health = "starting"
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while health == "starting":
            await asyncio.sleep(0.5)
            health = await look_up(container, "{{.State.Health.Status}}")
    return health


def answers(*words: str) -> bool:
    """Tell whether a program is there and succeeds before long."""
    try:
        done = subprocess.run(
            words, capture_output=True, timeout=_SECONDS_FOR_A_SIGN_OF_LIFE, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


@pytest.fixture(scope="module")
def compose() -> tuple[str, ...]:
    """The words that call Compose."""
    if not answers("docker", "info"):
        pytest.skip("no Docker engine answers")
    if not answers("docker", "image", "inspect", IMAGE):
        pytest.skip(f"there is no image {IMAGE}: docker build -t {IMAGE} .")
    for words in (("docker", "compose"), ("docker-compose",)):
        if answers(*words, "version"):
            return words
    pytest.skip("there is no Docker Compose")


@pytest_asyncio.fixture
async def project(
    compose: tuple[str, ...], discord_server: LoopbackDiscord, tmp_path: Path
) -> AsyncGenerator[Project]:
    """A project that is not up yet; nothing of it is left at the end."""
    discord_server.patience_seconds = _PATIENCE_SECONDS
    shutil.copy(COMPOSE, tmp_path)
    settings = {
        "DISCORD_TOKEN": discord_server.token,
        "DISCORD_API_URL": discord_server.api_url,
        "DINOBARD_COOLDOWN_SECONDS": "0",
    }
    lines = [f"{name}={value}\n" for name, value in settings.items()]
    (tmp_path / ".env").write_text("".join(lines))
    # Compose reads JSON too, of which YAML is a superset.
    (tmp_path / "compose.override.yaml").write_text(json.dumps(_overrides()))
    project = Project((*compose, "-p", f"dinobard-test-{secrets.token_hex(4)}", *_FILES), tmp_path)
    try:
        yield project
    finally:
        await project.do("down", "--volumes", "--timeout", "0")


_FILES = ("-f", "compose.yaml", "-f", "compose.override.yaml")


def _overrides() -> dict[str, object]:
    """Return what differs from compose.yaml: the image, its network, and a quicker check."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    dinobard = {
        "image": IMAGE,
        "network_mode": "host",
        "environment": {
            "DINOBARD_METRICS_HOST": "127.0.0.1",
            "DINOBARD_METRICS_PORT": str(port),
        },
        "healthcheck": {"interval": "2s"},
    }
    return {"services": {"dinobard": dinobard}}


@pytest.fixture
def manager(discord_server: LoopbackDiscord) -> Member:
    """Somebody who manages the server; there before the bot is."""
    return discord_server.guild.add_member("Manager", Permission.MANAGE_GUILD)


async def test_the_bot_answers_and_is_well(
    discord_server: LoopbackDiscord, project: Project
) -> None:
    container = await project.up(discord_server)

    names = await ask(discord_server, "!dino 3")
    poem = await awaited_poem(discord_server)
    picture = await (await discord_server.click(poem, "As a picture")).response()

    assert len(names_in(names)) == 3
    assert len(poem.content.splitlines()) >= 4
    (attachment,) = picture.attachments
    assert attachment.content.startswith(b"\x89PNG")
    assert await health_of(container) == "healthy"


async def test_a_stop_ends_well_and_settings_outlast_it(
    discord_server: LoopbackDiscord, project: Project, manager: Member
) -> None:
    container = await project.up(discord_server)
    # A network that is just being loaded is waited for, on a busy machine beyond the 20 s.
    await awaited_poem(discord_server)
    changed = await discord_server.say("!settings set prefix ?", author=manager)
    await discord_server.reply(to=changed)

    await project.do("stop")
    exit_code = await look_up(container, "{{.State.ExitCode}}")
    await discord_server.disconnected()
    await project.up(discord_server)
    names = await ask(discord_server, "?dino 3")

    assert exit_code == "0"
    assert len(names_in(names)) == 3


async def test_a_training_ends_well(
    discord_server: LoopbackDiscord, project: Project, manager: Member
) -> None:
    await project.up(discord_server)

    status, result = await train(discord_server, manager, QUICK)

    assert "Training finished" in said(status)
    assert said(result).count("(lower is better)") == 3
    (picture,) = result.attachments
    assert picture.content.startswith(b"\x89PNG")


async def test_the_bot_may_do_no_more_than_it_must(
    discord_server: LoopbackDiscord, project: Project
) -> None:
    await project.up(discord_server)

    refused = [command for command in ALLOWED if not await project.is_done(command)]
    granted = [command for command in FORBIDDEN if await project.is_done(command)]

    assert not refused
    assert not granted


async def test_an_invitation_is_printed(discord_server: LoopbackDiscord, project: Project) -> None:
    printed = await project.do("run", "--rm", "-T", "dinobard", "invite")

    assert f"client_id={discord_server.bot.id}&" in printed
    assert discord_server.token not in printed
