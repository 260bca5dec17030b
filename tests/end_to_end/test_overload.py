"""More requests than Discord lets the bot answer."""

from bot.client.bot import Dinobard
from bot.client.send_budget import SendBudget
from tests.end_to_end.talk import names_in
from tests.loopback import LoopbackDiscord

ANSWERS = 18
REFUSALS = 2


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


async def test_what_is_beyond_the_budget_is_passed_over_and_told_once(
    discord_server: LoopbackDiscord, dinobard: Dinobard
) -> None:
    guild, clock = discord_server.guild, Clock()
    dinobard.send_budget = SendBudget(ANSWERS + REFUSALS, clock)
    channels = [guild.add_channel(f"room {n}") for n in range(ANSWERS)]
    crowded = guild.add_channel("crowded")

    served = [
        await discord_server.say("!dino", author=guild.add_member(), channel=channel)
        for channel in channels
    ]
    await discord_server.settled()
    # All within the same second.
    shed = [
        await discord_server.say(words, author=guild.add_member(), channel=channel)
        for words in ("!dino", "!poem O rose", "!dino")
        for channel in (crowded, *channels[:3])
    ]
    await discord_server.settled()
    clock.seconds += 1
    later = await discord_server.say("!dino", author=guild.add_member(), channel=crowded)
    await discord_server.settled()

    assert [len(message.answers) for message in [*served, later]] == [1] * (ANSWERS + 1)
    assert all(names_in(message.answers[0]) for message in [*served, later])
    told = [message for message in shed if message.answers]
    assert ["busy" in message.answers[0].content for message in told] == [True] * REFUSALS
    assert len({message.channel for message in told}) == REFUSALS


async def test_a_channel_is_told_once_and_not_by_each_refusal(
    discord_server: LoopbackDiscord, dinobard: Dinobard
) -> None:
    dinobard.send_budget = SendBudget(100, Clock())
    for user in range(90):
        dinobard.send_budget.admit(user, channel=user)

    shed = [
        await discord_server.say("!dino", author=discord_server.guild.add_member())
        for _ in range(10)
    ]
    await discord_server.settled()

    assert sum(len(message.answers) for message in shed) == 1
