"""The permissions that `dinobard invite` asks for suffice."""

import discord
import pytest

from bot.client.invite import PERMISSIONS
from tests.loopback import LoopbackDiscord, Permission
from tests.loopback.permissions import ALL

LEAST = Permission(discord.Permissions(**dict.fromkeys(PERMISSIONS, True)).value)


@pytest.mark.usefixtures("dinobard")
async def test_a_bot_with_the_least_permissions_answers_every_command(
    discord_server: LoopbackDiscord,
) -> None:
    bot = discord_server.guild.members[discord_server.bot.id]
    channel = discord_server.guild.add_channel("quarry")
    channel.deny(bot, ALL & ~LEAST)
    thread = discord_server.guild.add_thread(channel, "fossils")
    for place in (channel, thread):
        await discord_server.announce(place)

    for command in ("dino", "help", "about", "ping", "privacy"):
        message = await discord_server.say(f"!{command}", channel=channel)
        reply = await discord_server.reply(to=message)
        assert reply.reference is message
        assert reply.content or reply.embeds
    message = await discord_server.say("!dino", channel=thread)
    assert await discord_server.reply(to=message)
    for command in ("dino", "help"):
        interaction = await discord_server.slash(command, channel=channel)
        assert await interaction.response()
    assert not [call for call in discord_server.calls if call.status == 403]
