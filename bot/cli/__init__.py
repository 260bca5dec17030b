"""The `dinobard` program: a module a group of subcommands, a function a subcommand.

Exit codes: 0 success, 1 a failure with one line on stderr, 2 wrong usage. What a subcommand needs
is imported inside it, so that names are printed without loading Discord's library or TensorFlow.
"""

from bot.cli import articles, corpora, hosting, inventing, measuring, serving, training, versions
from bot.cli.program import main

__all__ = [
    "articles",
    "corpora",
    "hosting",
    "inventing",
    "main",
    "measuring",
    "serving",
    "training",
    "versions",
]
