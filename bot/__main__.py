"""`python -m bot` is the `dinobard` program."""

from bot.cli import main

main()
