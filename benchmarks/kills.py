"""Whether the bot's state survives `kill -9` under load: `python -m benchmarks.kills`.

Each time a real process is killed at a random moment: while it starts, while it changes a setting
or which model is served, while it trains, saves and tells of it; now and then the process of the
training is killed before. Then every change that it has confirmed must be there, the database
whole, every finished version listed and loadable, and every training going on or told of. Backups
are taken meanwhile; in the end the last one is restored, and must have what was so at its time.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

import click

from tests.end_to_end.killing import Victim
from tests.end_to_end.program import Program
from tests.loopback import LoopbackDiscord

_OFTEN = 5


@click.command()
@click.option("--kills", default=100, show_default=True)
@click.option("--seed", default=0, show_default=True)
def main(kills: int, seed: int) -> None:
    """Kill the bot, look at its state, and print what was promised and what was lost."""
    victim = asyncio.run(_kill(kills, seed))
    trainings = victim.trainings
    lost = (*victim.lost, *trainings.lost, *victim.backups.lost)
    for line in (f"seed {seed}", *_told(victim, kills), *lost):
        click.echo(line)
    sys.exit(bool(lost or trainings.unreported))


async def _kill(kills: int, seed: int) -> Victim:
    with tempfile.TemporaryDirectory() as home:
        async with LoopbackDiscord() as server:
            victim = Victim(Program(Path(home)), server, seed)
            for count in range(1, kills + 1):
                await victim.die()
                if count % _OFTEN == 0:
                    click.echo("; ".join(_told(victim, count)), err=True)
            await victim.live_on()
            await victim.backups.restore(server)
    return victim


def _told(victim: Victim, kills: int) -> list[str]:
    trainings = victim.trainings
    return [
        f"{kills} kills, {victim.changes} confirmed changes, {len(victim.lost)} lost",
        f"{len(trainings.accepted)} trainings accepted, {len(trainings.reported)} told of,"
        f" {trainings.killed} of their processes killed",
        f"{len(trainings.finished)} finished versions seen, {len(trainings.lost)} lost",
        f"{victim.backups.taken} backups taken",
    ]


if __name__ == "__main__":
    main()
