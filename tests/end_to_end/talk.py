"""What the tests of several commands say to the bot."""

import re
from collections.abc import Iterator
from typing import Any

from bot.features.about import HELP
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


async def awaited_poem(server: LoopbackDiscord, words: str = "!poem O rose") -> Message:
    """Ask until the network is loaded, which may take longer than a member waits."""
    answer = await ask(server, words)
    if not answer.buttons:
        await server.until(lambda: answer.edits, "an end of the waiting")
    return answer if answer.buttons else await awaited_poem(server, words)


def names_in(reply: Message) -> list[str]:
    """Return the names in the card of an answer."""
    (card,) = reply.embeds
    title: str = card["title"]
    # A name of which nothing can be told has no description; several have a title of their own.
    if title.isalpha():
        return [title]
    return [line.partition(":")[0] for line in card["description"].splitlines()]


def said_in(reply: Message) -> str:
    """Return all that a member reads in an answer, in its card too."""
    cards = (part for card in reply.embeds for part in _parts(card))
    return "\n".join([reply.content, *cards])


def _parts(card: dict[str, Any]) -> Iterator[str]:
    yield from (card.get("title", ""), card.get("description", ""))
    for field in card.get("fields", []):
        yield from (field["name"], field["value"])
    yield card.get("footer", {}).get("text", "")


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


_BOLD_COMMAND = re.compile(
    r"(?<!\\)\*\*(?:[^\s*\\]|\\.){1,5}"
    rf"(?:{'|'.join(HELP)})\b(?:[^*\n\\]|\\.)*\*\*"
)


def without_bold_commands(content: str) -> str:
    """Return a message without the commands of the bot's own that stand out in it."""
    return _BOLD_COMMAND.sub("", content)
