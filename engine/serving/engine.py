"""The engine as the bot sees it: async requests in front, threads behind.

A request is let in at a door, gets its model from a shelf, and waits at a desk for a thread. It
ends exactly once, with a result or an error, and within its deadline. Only so many are let in at a
time; the next is told at the door that the engine is busy.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from engine.errors import EngineClosedError
from engine.generation.names import invent
from engine.generation.poems import Poet
from engine.lifecycle import Openable
from engine.models.registry import Network, Store
from engine.models.version import NamesModel
from engine.requests import NameRequest, Names, Poem, PoemRequest
from engine.serving.admission import Door
from engine.serving.hooks import Observer, Observers
from engine.serving.model_cache import Shelf
from engine.serving.names_scheduler import Inventor, NamesCommission
from engine.serving.poem_scheduler import ROWS, Commission, Scribe
from engine.serving.worker_pool import Desk, Wish

Asked = TypeVar("Asked")
Given = TypeVar("Given")


@dataclass(frozen=True, slots=True)
class Pace:
    """How long things may take.

    Attributes:
        deadline_seconds: from a request to its answer.
        stuck_seconds: without a sign of life from a thread whose request is late.
        grace_seconds: for what is under way when the engine is closed.
        head_start_seconds: how long the loading of TensorFlow leaves the processor to others after
            the start, unless a poem is asked for.
    """

    deadline_seconds: float = 20.0
    stuck_seconds: float = 10.0
    grace_seconds: float = 10.0
    head_start_seconds: float = 1.0


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
    from engine.generation.decoder import Decoder  # loads TensorFlow
    from engine.networks.tensorflow import keep_to_one_thread

    keep_to_one_thread()
    model = store.load_poem(wanted)
    return Poet(model.card.id, model.vocabulary, model.words, Decoder(model.network))


def load_poet(store: Store, version: str | None = None) -> Poet:
    """Load a version of the poem network, and compile it for a poem alone.

    Raises:
        ModelNotFoundError: there is no such version.
        ModelDamagedError: it cannot be served.
    """
    poet = read_poet(store, version)
    poet.decoder.warm_up(lambda: True)
    return poet


def _finish_poet(poet: Poet, is_unwanted: Callable[[], bool]) -> None:
    poet.decoder.warm_up(is_unwanted)


class Engine(Openable):
    """Serves the active versions of the store; to be used with `async with`.

    Args:
        store: where the models are, those of the Discord servers too.
        workers: threads that draw names, each those of many requests side by side; a second one
            mostly waits for the interpreter.
        queue_limit: requests for names that are accepted and not answered, at most.
        poem_limit: the same for poems.
        wakes_poet: whether the poem network is loaded at once, or for the first that asks for it.
        names_models, poem_models: models in memory, at most.
        scribes: threads that write poems.
        rows: candidates that each of them writes side by side, at most.
        pace: how long things may take.
        observer: hears what the engine does.
        load_poet: how a poem network gets ready for its first poem, in a thread of its own.
    """

    def __init__(
        self,
        store: Store,
        *,
        workers: int = 1,
        queue_limit: int = 64,
        poem_limit: int = 64,
        wakes_poet: bool = True,
        names_models: int = 32,
        poem_models: int = 8,
        scribes: int = 2,
        rows: int = ROWS,
        pace: Pace | None = None,
        observer: Observer | None = None,
        load_poet: Callable[[Store, str], Poet] = load_poet,
    ) -> None:
        self._store = store
        self._pace = pace = pace or Pace()
        self._observers = observer = Observers(observer)
        self._wakes_poet = wakes_poet
        self._is_open = False
        self._names = Shelf(store, "dino", Store.load, limit=names_models, observer=observer)
        self._poets = Shelf(
            store,
            "poem",
            load_poet,
            limit=poem_models,
            observer=observer,
            finish=_finish_poet,
            head_start_seconds=pace.head_start_seconds,
        )
        self._names_desk: Desk[NamesCommission, Names] = Desk(
            "names",
            lambda clerk: Inventor(clerk, observer).work(),
            workers,
            lambda: observer.replaced("dino"),
        )
        self._poem_desk: Desk[Commission, Poem] = Desk(
            "poems",
            lambda clerk: Scribe(clerk, rows, observer).work(),
            scribes,
            on_replaced=lambda: observer.replaced("poem"),
        )
        self._doors: dict[Network, Door] = {
            "dino": Door("dino", queue_limit, pace.deadline_seconds, 2.0, observer),
            "poem": Door("poem", poem_limit, pace.deadline_seconds, 5.0, observer),
        }
        self._model = ""

    @property
    def store(self) -> Store:
        """Where the models are: the host's."""
        return self._store

    def observe(self, observer: Observer) -> None:
        """Tell one more observer what the engine does."""
        self._observers.add(observer)

    async def open(self) -> None:
        """Load the active version of the names network, and perhaps start to load the poems'.

        Raises:
            ModelNotFoundError: there is none for names; one for poems is missed when asked for.
            ModelDamagedError: none can be served.
        """
        try:
            self._model = (await self._names.get(None, None)).card.id
        except BaseException:
            self._names.close()
            raise
        self._is_open = True
        if self._wakes_poet:
            self._poets.wake()

    async def close(self) -> None:
        """Take no more requests, and wait for those that were accepted, but not for ever."""
        self._is_open = False
        grace = self._pace.grace_seconds
        await asyncio.gather(*(door.close(grace) for door in self._doors.values()))
        for shelf in (self._names, self._poets):
            shelf.close()
        for desk in (self._names_desk, self._poem_desk):
            await asyncio.to_thread(desk.close, 1.0)

    @property
    def model(self) -> str:
        """The version of the names network that the host serves.

        Raises:
            EngineClosedError: none is.
        """
        self._require_open()
        return self._model

    @property
    def poems_ready(self) -> bool:
        """Whether a poem is written at once, or refused at once; until then a request waits."""
        return self._poets.is_ready

    def waiting(self, network: Network) -> int:
        """Return how many requests are accepted and not answered."""
        return self._doors[network].inside

    async def names(
        self, request: NameRequest, *, server: int | None = None, version: str | None = None
    ) -> Names:
        """Invent names.

        Args:
            request: what is wished for.
            server: the Discord server that asks.
            version: which model invents; the one that is active there if None.

        Raises:
            NothingInventedError: nothing fit to show turned up.
            ModelNotFoundError: there is no such version for this server.
            ModelDamagedError: it cannot be served.
            EngineBusyError: too many requests are waiting.
            EngineLateError: the answer took too long.
            EngineClosedError: the engine is not open.
        """
        self._require_open()
        async with self._doors["dino"].entered(server):
            model = await self._names.get(server, version)
            return await self._granted(self._names_desk, (model, request), server)

    async def poem(
        self, request: PoemRequest, *, server: int | None = None, version: str | None = None
    ) -> Poem:
        """Write a poem, side by side with others.

        Args:
            request: what is wished for.
            server: the Discord server that asks.
            version: which model writes; the one that is active there if None.

        Raises:
            InvalidRequestError: the first line has no letter that the network knows.
            NothingWrittenError: no verse came of it.
            ModelNotFoundError: there is no such version for this server.
            ModelDamagedError: it cannot be served.
            EngineBusyError: too many requests are waiting.
            EngineLateError: the answer took too long.
            EngineClosedError: the engine is not open.
        """
        self._require_open()
        async with self._doors["poem"].entered(server):
            poet = await self._poets.get(server, version)
            return await self._granted(self._poem_desk, (poet, request), server)

    async def refresh(self, server: int | None, network: Network) -> None:
        """Serve what the store now says is active; requests under way end with the old model.

        Args:
            server: the Discord server whose choice has changed; None for the host's.
            network: of which.

        Raises:
            ModelNotFoundError: there is no version at all.
            ModelDamagedError: none can be served; what was served goes on.
            EngineClosedError: the engine is not open.
        """
        self._require_open()
        if network == "poem":
            await self._poets.refresh(server)
            return
        await self._names.refresh(server)
        self._model = (await self._names.get(None, None)).card.id

    async def _granted(self, desk: Desk[Asked, Given], asked: Asked, server: int | None) -> Given:
        wish: Wish[Asked, Given] = desk.submit(asked, server)
        try:
            return await asyncio.wrap_future(wish.future)
        except asyncio.CancelledError:
            # Given up, or late: perhaps because the thread that has it hangs.
            wish.future.cancel()
            desk.relieve(wish, self._pace.stuck_seconds)
            raise

    def _require_open(self) -> None:
        if not self._is_open:
            raise EngineClosedError


def answer(model: NamesModel, request: NameRequest) -> Names:
    """Answer a request here and now; the same seed, model and request give the same names.

    Raises:
        NothingInventedError: nothing fit to show turned up.
    """
    seed = secrets.randbits(32) if request.seed is None else request.seed
    rng = np.random.default_rng(seed)
    invented = invent(model.parameters, model.vocabulary, model.known, request, rng)
    return Names(invented, seed, model.card.id)
