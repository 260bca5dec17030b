"""Erasure of the models and uploads of guilds."""

from __future__ import annotations

import asyncio

from engine import ModelRegistry
from engine.jobs.queue import TrainingQueue


class VersionStore:
    """Erases what a guild has trained and uploaded."""

    def __init__(self, registry: ModelRegistry, trainings: TrainingQueue) -> None:
        self._registry = registry
        self._trainings = trainings

    async def forget_user(self, user: int) -> None:
        """Do nothing: versions hold nothing about users."""

    async def forget_guild(self, guild: int) -> None:
        """Cancel the trainings of a guild, and delete its versions and their texts.

        Raises:
            OSError: something could not be deleted.
        """
        await self._trainings.cancel_guild(guild)
        await asyncio.to_thread(self._registry.of_guild(guild).forget)
