"""The models and uploads of Discord servers, as something that can be forgotten."""

from __future__ import annotations

import asyncio

from engine import Store
from engine.jobs.queue import Trainings


class VersionMemory:
    """Forgets what a server has trained and uploaded.

    Args:
        store: the host's.
        trainings: those that wait or run.
    """

    def __init__(self, store: Store, trainings: Trainings) -> None:
        self._store = store
        self._trainings = trainings

    async def forget_user(self, user: int) -> None:
        """Delete what is known of a user: nothing, versions say nothing of who made them."""

    async def forget_server(self, server: int) -> None:
        """Cancel the trainings of a server, and delete its versions and the texts they learned.

        Raises:
            OSError: something could not be deleted.
        """
        await self._trainings.cancel_of(server)
        await asyncio.to_thread(self._store.of_server(server).forget)
