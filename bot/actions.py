"""What each command does, without Discord: arguments, engine, reply."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.arguments import MAX_NAMES, parse_dino, parse_poem
from bot.errors import reply_to
from bot.replies import Reply
from engine import Engine

Action = Callable[[Engine, str], Awaitable[Reply]]

EXAMPLES = {
    "dino": "Try !dino, !dino 5 or !dino 5 tri.",
    "poem": "Try !poem Shall I compare thee to a summer's day?",
}
"""What a wish that is not understood could have been, by the name of the command."""


async def dino(engine: Engine, arguments: str) -> Reply:
    """Invent dinosaur names.

    Raises:
        EngineError: the wish cannot be granted.
    """
    request = parse_dino(arguments)
    names = (await engine.names(request)).names
    if len(names) == request.count:
        return Reply("\n".join(names))
    return Reply("\n".join([*names, f"No more than {len(names)} new names begin like that."]))


async def poem(engine: Engine, arguments: str) -> Reply:
    """Continue a first line into a poem.

    Raises:
        EngineError: the wish cannot be granted.
    """
    return Reply((await engine.poem(parse_poem(arguments))).text)


async def list_commands(_engine: Engine, _arguments: str) -> Reply:
    """Say what can be asked."""
    return Reply(
        "!dino - invent a dinosaur\n"
        f"!dino 5 - invent five, or up to {MAX_NAMES}\n"
        "!dino tri - one that begins with tri\n"
        "!dino 5 tri - five that begin with tri\n"
        "!poem Shall I compare thee - go on from that line in verse\n"
        "!poem - a poem with a first line of my own\n"
        "!help - show this"
    )


ACTIONS: Mapping[str, Action] = {"dino": dino, "poem": poem, "help": list_commands}
"""By the name of the command."""


async def perform(name: str, engine: Engine, arguments: str) -> Reply:
    """Do what a command asks; whatever goes wrong becomes a reply.

    Raises:
        KeyError: there is no such command.
    """
    action = ACTIONS[name]
    try:
        return await action(engine, arguments)
    except Exception as error:
        return reply_to(error, EXAMPLES.get(name, ""))


def notice(name: str, engine: Engine) -> Reply | None:
    """Return what to say at once where the answer to a command will take its time."""
    if name != "poem" or engine.poems_ready:
        return None
    return Reply("One moment: I have just woken up and am still looking for my quill.")
