"""The engine as the bot sees it: async requests in front, threads behind.

Names are drawn in a pool, poems written in a thread of their own, which owns the Keras network.
An accepted request ends exactly once, with a result or an error. Only so many requests are
accepted at a time; the next is told at the door that the engine is busy.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from types import TracebackType
from typing import Self

import numpy as np

from engine.desk import PoemDesk
from engine.errors import EngineBusyError, EngineClosedError
from engine.names import invent
from engine.poems import Poet
from engine.requests import NameRequest, Names, Poem, PoemRequest
from engine.store import Store
from engine.version import NamesModel

_RETRY_AFTER_SECONDS = 2.0


def read_poet(store: Store, version: str | None = None) -> Poet:
    """Load TensorFlow and a version of the poem network; the first poem compiles it.

    Args:
        store: where the model is.
        version: which one; the active one if None.

    Raises:
        ModelNotFoundError: there is no such version.
        ModelDamagedError: it cannot be served.
    """
    wanted = version or store.active("poem")
    from engine.decoding import Decoder  # loads TensorFlow

    model = store.load_poem(wanted)
    return Poet(model.card.id, model.vocabulary, model.words, Decoder(model.network))


def load_poet(store: Store, is_unwanted: Callable[[], bool]) -> Poet:
    """Load the active version of the poem network and compile it for each size of a batch.

    Args:
        store: where the model is.
        is_unwanted: whether to give up; asked now and then.

    Raises:
        ModelNotFoundError: there is no version.
        ModelDamagedError: it cannot be served.
        EngineClosedError: it has become unwanted.
    """
    poet = read_poet(store)
    for orders in poet.decoder.batches:
        if is_unwanted():
            raise EngineClosedError
        poet.decoder.warm_up(orders)
    return poet


class Engine:
    """Serves the active versions of the store; to be used with `async with`.

    Args:
        store: where the models are.
        workers: threads that draw names.
        queue_limit: requests for names that are accepted and not answered, at most.
        poem_limit: the same for poems.
        wakes_poet: whether the poem network is loaded at once, or for the first that asks for it.
        load_poet: how the poem network gets ready, in the thread that then owns it.
    """

    def __init__(
        self,
        store: Store,
        *,
        workers: int = 2,
        queue_limit: int = 64,
        poem_limit: int = 16,
        wakes_poet: bool = True,
        load_poet: Callable[[Store, Callable[[], bool]], Poet] = load_poet,
    ) -> None:
        self._store = store
        self._desk = PoemDesk(partial(load_poet, store), poem_limit)
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="engine")
        self._wakes_poet = wakes_poet
        self._queue_limit = queue_limit
        self._accepted = 0
        self._model: NamesModel | None = None

    @property
    def store(self) -> Store:
        """Where the models are: the host's."""
        return self._store

    async def open(self) -> None:
        """Load the active version of the names network, and perhaps start to load the poems'.

        Raises:
            ModelNotFoundError: there is none for names; one for poems is missed when asked for.
            ModelDamagedError: it cannot be served.
        """
        loop = asyncio.get_running_loop()
        try:
            self._model = await loop.run_in_executor(self._pool, self._store.load)
        except BaseException:
            self._pool.shutdown(wait=False)
            raise
        if self._wakes_poet:
            self._desk.open()

    async def close(self) -> None:
        """Take no more requests, and wait for those that were accepted."""
        self._model = None
        await asyncio.to_thread(self._pool.shutdown)
        await asyncio.to_thread(self._desk.close)

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
        """The version of the names network that is served.

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

    @property
    def poems_ready(self) -> bool:
        """Whether a poem is written at once, or refused at once; until then a request waits."""
        return self._desk.is_ready

    async def poem(self, request: PoemRequest) -> Poem:
        """Write a poem, together with others that wait.

        Raises:
            InvalidRequestError: the first line has no letter that the network knows.
            NothingWrittenError: no verse came of it.
            ModelNotFoundError: there is no poem network.
            ModelDamagedError: it cannot be served.
            EngineBusyError: too many requests are waiting.
            EngineClosedError: the engine is not open.
        """
        self._served()
        return await asyncio.wrap_future(self._desk.submit(request))

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
