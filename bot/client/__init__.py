"""The Discord client: everything that uses discord.py, except the commands in `bot.cogs`.

`bot` dispatches messages, `tree` slash commands, `buttons` buttons; `context` builds the request
context, `rendering` and `responses` turn replies into messages, `internals` patches the library.
"""

from bot.client.bot import GRACE_SECONDS, Dinobard

__all__ = ["GRACE_SECONDS", "Dinobard"]
