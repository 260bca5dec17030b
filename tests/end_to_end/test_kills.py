"""`kill -9` at random moments under load; `python -m benchmarks.kills` does it a hundred times."""

import pytest

from tests.end_to_end.killing import Victim
from tests.end_to_end.program import Program
from tests.loopback import LoopbackDiscord

KILLS = 6


@pytest.mark.timeout(600)
async def test_kills_lose_no_setting_and_no_choice_of_a_model_and_no_training(
    program: Program, discord_server: LoopbackDiscord
) -> None:
    victim = Victim(program, discord_server, seed=3)

    for _ in range(KILLS):
        await victim.die()
    await victim.live_on()
    await victim.backups.restore(discord_server)

    trainings = victim.trainings
    assert victim.changes > 0
    assert trainings.finished
    assert victim.backups.taken > 0
    assert victim.lost + trainings.lost + victim.backups.lost == []
    assert trainings.reported == trainings.accepted
