"""The models and uploads of Discord servers, as something that can be forgotten."""

from __future__ import annotations

import asyncio

from engine import ModelRegistry
from engine.jobs.queue import TrainingQueue


class VersionStore:
    """Forgets what a server has trained and uploaded.

    Args:
        registry: the host's.
        trainings: those that wait or run.
    """

    def __init__(self, registry: ModelRegistry, trainings: TrainingQueue) -> None:
        self._registry = registry
        self._trainings = trainings

    async def forget_user(self, user: int) -> None:
        """Delete what is known of a user: nothing, versions say nothing of who made them."""

    async def forget_guild(self, guild: int) -> None:
        """Cancel the trainings of a server, and delete its versions and the texts they learned.

        Raises:
            OSError: something could not be deleted.
        """
        await self._trainings.cancel_guild(guild)
        await asyncio.to_thread(self._registry.of_guild(guild).forget)
