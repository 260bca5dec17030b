"""The `dinobard` program: a module a group of subcommands, a function a subcommand.

Exit codes: 0 success, 1 a failure with one line on stderr, 2 wrong usage. What a subcommand needs
is imported inside it, so that names are printed without loading Discord's library or TensorFlow.
"""

from bot.cli import backup, corpus, evaluate, generate, host, models, replay_article, run, train
from bot.cli.main import main

__all__ = [
    "backup",
    "corpus",
    "evaluate",
    "generate",
    "host",
    "main",
    "models",
    "replay_article",
    "run",
    "train",
]
