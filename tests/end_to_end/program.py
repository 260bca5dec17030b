"""`dinobard` as a process of its own."""

import asyncio
import os
import subprocess
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.loopback import LoopbackDiscord

_SECONDS = 240


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run left: its exit code and what it printed."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Program:
    """The program in an empty folder, with a home of its own and no settings from outside.

    Attributes:
        home: the folder for all that must last; it is the current folder as well.
    """

    home: Path

    def run(self, *words: str, typed: str = "", **settings: str) -> Outcome:
        """Run to the end; what is typed ends with the end of the input."""
        done = subprocess.run(
            self.command(*words),
            cwd=self.home,
            env=self.environment(**settings),
            input=typed,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="surrogateescape",
            timeout=_SECONDS,
            check=False,
        )
        return Outcome(done.returncode, done.stdout, done.stderr)

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "bot", *words]

    def environment(self, **settings: str) -> dict[str, str]:
        ours = ("DISCORD_", "DINOBARD_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        checkout = str(Path(__file__).parents[2])
        return kept | {
            "PYTHONPATH": checkout,
            "PYTHONIOENCODING": "utf-8",
            "DINOBARD_HOME": str(self.home),
            # Tests ask one thing after the other.
            "DINOBARD_COOLDOWN_SECONDS": "0",
            **settings,
        }


@asynccontextmanager
async def started(
    program: Program, server: LoopbackDiscord | None, **settings: str
) -> AsyncGenerator[Process]:
    """Run `dinobard run`, on a Discord if one is given; if it still runs at the end, kill it."""
    if server is not None:
        # It loads TensorFlow meanwhile, perhaps on a slow machine.
        server.interaction_deadline_seconds = 30.0
        settings = {"DISCORD_TOKEN": server.token, "DISCORD_API_URL": server.api_url} | settings
    process = await asyncio.create_subprocess_exec(
        *program.command("run"),
        cwd=program.home,
        env=program.environment(**settings),
        stdout=PIPE,
        stderr=PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()
