"""The engine as the bot sees it: async requests in front, a thread pool behind.

An accepted request ends exactly once, with a result or an error. At most `queue_limit` requests
are accepted at a time; the next is told at the door that the engine is busy.
"""

from __future__ import annotations

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self

import numpy as np

from engine.errors import EngineBusyError, EngineClosedError
from engine.names import invent
from engine.requests import NameRequest, Names
from engine.store import Store
from engine.version import NamesModel

_RETRY_AFTER_SECONDS = 2.0


class Engine:
    """Serves the active version of the store; to be used with `async with`.

    Args:
        store: where the model is.
        workers: threads that draw names.
        queue_limit: requests that are accepted and not answered, at most.
    """

    def __init__(self, store: Store, *, workers: int = 2, queue_limit: int = 64) -> None:
        self._store = store
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="engine")
        self._queue_limit = queue_limit
        self._accepted = 0
        self._model: NamesModel | None = None

    async def open(self) -> None:
        """Load the active version.

        Raises:
            ModelNotFoundError: there is none.
            ModelDamagedError: it cannot be served.
        """
        loop = asyncio.get_running_loop()
        try:
            self._model = await loop.run_in_executor(self._pool, self._store.load)
        except BaseException:
            self._pool.shutdown(wait=False)
            raise

    async def close(self) -> None:
        """Take no more requests, and wait for those that were accepted."""
        self._model = None
        await asyncio.to_thread(self._pool.shutdown)

    async def __aenter__(self) -> Self:
        """Open the engine; raises what `open` raises."""
        await self.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the engine."""
        await self.close()

    @property
    def model(self) -> str:
        """The version that is served.

        Raises:
            EngineClosedError: none is.
        """
        return self._served().card.id

    async def names(self, request: NameRequest) -> Names:
        """Invent names.

        Raises:
            NothingInventedError: nothing fit to show turned up.
            EngineBusyError: too many requests are waiting.
            EngineClosedError: the engine is not open.
        """
        model = self._served()
        if self._accepted >= self._queue_limit:
            raise EngineBusyError(_RETRY_AFTER_SECONDS)
        loop = asyncio.get_running_loop()
        self._accepted += 1
        future = loop.run_in_executor(self._pool, answer, model, request)
        future.add_done_callback(self._release)
        return await future

    def _release(self, _: asyncio.Future[Names]) -> None:
        self._accepted -= 1

    def _served(self) -> NamesModel:
        if self._model is None:
            raise EngineClosedError
        return self._model


def answer(model: NamesModel, request: NameRequest) -> Names:
    """Answer a request here and now; the same seed, model and request give the same names.

    Raises:
        NothingInventedError: nothing fit to show turned up.
    """
    seed = secrets.randbits(32) if request.seed is None else request.seed
    rng = np.random.default_rng(seed)
    invented = invent(model.parameters, model.vocabulary, model.known, request, rng)
    return Names(invented, seed, model.card.id)
