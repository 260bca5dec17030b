"""The commands of Discord: each cog turns a context into a feature's reply."""

from bot.cogs.about import AboutCog
from bot.cogs.answer_cleanup import AnswerCleanupCog
from bot.cogs.generate import GenerateCog
from bot.cogs.guild_cleanup import GuildCleanupCog
from bot.cogs.privacy import PrivacyCog
from bot.cogs.settings import SettingsCog
from bot.cogs.training import TrainingCog

__all__ = ["COGS"]

COGS = (
    GenerateCog,
    AboutCog,
    SettingsCog,
    PrivacyCog,
    TrainingCog,
    GuildCleanupCog,
    AnswerCleanupCog,
)
"""All cogs, each made from the client and the services."""
