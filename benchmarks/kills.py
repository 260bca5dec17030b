"""Whether the bot's state survives `kill -9` under load: `python -m benchmarks.kills`.

Each time a real process is killed at a random moment, mostly while it changes a setting or which
model is served; then every change that it has confirmed must be there, the database whole, and
every version of the model loadable.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import click

from tests.end_to_end.killing import Victim
from tests.end_to_end.program import Program
from tests.loopback import LoopbackDiscord


@click.command()
@click.option("--kills", default=100, show_default=True)
@click.option("--seed", default=0, show_default=True)
def main(kills: int, seed: int) -> None:
    """Kill the bot, look at its state, and print how often it was whole."""
    changes = asyncio.run(_kill(kills, seed))
    click.echo(f"{kills} kills, seed {seed}: {changes} confirmed changes, none lost")


async def _kill(kills: int, seed: int) -> int:
    with tempfile.TemporaryDirectory() as home:
        async with LoopbackDiscord() as server:
            victim = Victim(Program(Path(home)), server, seed)
            with click.progressbar(range(kills)) as rounds:
                for _ in rounds:
                    await victim.die()
    return victim.changes


if __name__ == "__main__":
    main()
