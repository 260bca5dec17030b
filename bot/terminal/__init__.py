"""The bot's commands in a terminal, without Discord: `chat`, `retrain`, progress bars."""
