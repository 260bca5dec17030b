"""Storage: the SQLite database, its migrations, and a store per subject.

Methods of the database and the stores raise `DatabaseError` if the database cannot be used.
"""

from bot.storage.answers import AnswerStore
from bot.storage.database import Database, DatabaseError
from bot.storage.erasable import Erasable
from bot.storage.guild_settings import GuildSettings, GuildSettingsStore
from bot.storage.guilds import GuildStore
from bot.storage.training_log import TrainingLog

__all__ = [
    "AnswerStore",
    "Database",
    "DatabaseError",
    "Erasable",
    "GuildSettings",
    "GuildSettingsStore",
    "GuildStore",
    "TrainingLog",
]
