"""What the tests of several commands say to the bot."""

from tests.loopback import LoopbackDiscord, Permission
from tests.loopback.records import Message

MENTIONS = ("everyone", "here", "member", "role", "bot")


async def ask(server: LoopbackDiscord, words: str) -> Message:
    """Say something and return the answer, which refers to it and pings nobody."""
    message = await server.say(words)
    reply = await server.reply(to=message)
    assert reply.reference is message
    assert not reply.pings
    return reply


def mention_of(server: LoopbackDiscord, whom: str) -> str:
    """Return a mention of one of `MENTIONS`, where the bot would be allowed to ping them all."""
    bot = server.guild.members[server.bot.id]
    server.channel.allow(bot, Permission.MENTION_EVERYONE)
    role = server.guild.add_role("Paleontologists", is_mentionable=True)
    return {
        "everyone": "@everyone",
        "here": "@here",
        "member": server.member.mention,
        "role": role.mention,
        "bot": server.bot.mention,
    }[whom]
