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
from typing import Any, TypeVar

import numpy as np

from engine.errors import EngineClosedError
from engine.generation.names import generate
from engine.generation.poems import PoemGenerator
from engine.lifecycle import Openable
from engine.models.registry import ModelRegistry, Network
from engine.models.version import NamesModel
from engine.requests import NameRequest, Names, Poem, PoemRequest
from engine.serving.admission import AdmissionController
from engine.serving.hooks import HookList, ServingHooks
from engine.serving.model_cache import ModelCache
from engine.serving.names_scheduler import NamesScheduler
from engine.serving.poem_scheduler import ROWS, PoemScheduler
from engine.serving.scheduler import BatchScheduler
from engine.serving.worker_pool import PendingRequest

Payload = TypeVar("Payload")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long things may take.

    Attributes:
        deadline_seconds: from a request to its answer.
        stuck_seconds: without a sign of life from a thread whose request is late.
        grace_seconds: for what is under way when the engine is closed.
        head_start_seconds: how long the loading of TensorFlow leaves the processor to others after
            the start, unless a poem is asked for.
    """

    deadline_seconds: float = 20.0
    stall_seconds: float = 10.0
    grace_seconds: float = 10.0
    head_start_seconds: float = 1.0


def read_poem_generator(registry: ModelRegistry, version: str | None = None) -> PoemGenerator:
    """Load TensorFlow and a version of the poem network; the first poem compiles it.

    Args:
        registry: where the model is.
        version: which one; the active one if None.

    Raises:
        ModelNotFoundError: there is no such version.
        ModelDamagedError: it cannot be served.
    """
    wanted = version or registry.active("poem")
    from engine.generation.decoder import LSTMDecoder  # loads TensorFlow
    from engine.networks.tensorflow import keep_to_one_thread

    keep_to_one_thread()
    model = registry.load_poem(wanted)
    return PoemGenerator(model.card.id, model.vocabulary, model.words, LSTMDecoder(model.network))


def load_poem_generator(registry: ModelRegistry, version: str | None = None) -> PoemGenerator:
    """Load a version of the poem network, and compile it for a poem alone.

    Raises:
        ModelNotFoundError: there is no such version.
        ModelDamagedError: it cannot be served.
    """
    generator = read_poem_generator(registry, version)
    generator.decoder.warm_up(lambda: True)
    return generator


def _warm_up(generator: PoemGenerator, is_unwanted: Callable[[], bool]) -> None:
    generator.decoder.warm_up(is_unwanted)


class Engine(Openable):
    """Serves the active versions of the store; to be used with `async with`.

    Args:
        registry: where the models are, those of the Discord servers too.
        workers: threads that draw names, each those of many requests side by side; a second one
            mostly waits for the interpreter.
        queue_limit: requests for names that are accepted and not answered, at most.
        poem_limit: the same for poems.
        wakes_poet: whether the poem network is loaded at once, or for the first that asks for it.
        names_models, poem_models: models in memory, at most.
        scribes: threads that write poems.
        rows: candidates that each of them writes side by side, at most.
        pace: how long things may take.
        hooks: hears what the engine does.
        load_poet: how a poem network gets ready for its first poem, in a thread of its own.
    """

    def __init__(
        self,
        registry: ModelRegistry,
        *,
        workers: int = 1,
        queue_limit: int = 64,
        poem_limit: int = 64,
        preloads_poems: bool = True,
        names_models: int = 32,
        poem_models: int = 8,
        poem_workers: int = 2,
        rows: int = ROWS,
        timeouts: Timeouts | None = None,
        hooks: ServingHooks | None = None,
        load_poem_generator: Callable[[ModelRegistry, str], PoemGenerator] = load_poem_generator,
    ) -> None:
        self._registry = registry
        self._timeouts = timeouts = timeouts or Timeouts()
        self._hooks = hooks = HookList(hooks)
        self._preloads_poems = preloads_poems
        self._is_open = False
        self._names_cache = ModelCache(
            registry, "dino", ModelRegistry.load, limit=names_models, hooks=hooks
        )
        self._poem_cache = ModelCache(
            registry,
            "poem",
            load_poem_generator,
            limit=poem_models,
            hooks=hooks,
            finish=_warm_up,
            head_start_seconds=timeouts.head_start_seconds,
        )
        self._names_scheduler = NamesScheduler(hooks, workers=workers)
        self._poem_scheduler = PoemScheduler(hooks, rows, poem_workers)
        self._admission: dict[Network, AdmissionController] = {
            "dino": AdmissionController("dino", queue_limit, timeouts.deadline_seconds, 2.0, hooks),
            "poem": AdmissionController("poem", poem_limit, timeouts.deadline_seconds, 5.0, hooks),
        }
        self._model = ""

    @property
    def registry(self) -> ModelRegistry:
        """Where the models are: the host's."""
        return self._registry

    def add_hooks(self, hooks: ServingHooks) -> None:
        """Tell one more observer what the engine does."""
        self._hooks.add(hooks)

    async def open(self) -> None:
        """Load the active version of the names network, and perhaps start to load the poems'.

        Raises:
            ModelNotFoundError: there is none for names; one for poems is missed when asked for.
            ModelDamagedError: none can be served.
        """
        try:
            self._model = (await self._names_cache.get(None, None)).card.id
        except BaseException:
            self._names_cache.close()
            raise
        self._is_open = True
        if self._preloads_poems:
            self._poem_cache.preload()

    async def close(self) -> None:
        """Take no more requests, and wait for those that were accepted, but not for ever."""
        self._is_open = False
        grace = self._timeouts.grace_seconds
        await asyncio.gather(*(admission.close(grace) for admission in self._admission.values()))
        for cache in (self._names_cache, self._poem_cache):
            cache.close()
        for scheduler in (self._names_scheduler, self._poem_scheduler):
            await asyncio.to_thread(scheduler.close, 1.0)

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
        return self._poem_cache.is_ready

    def waiting(self, network: Network) -> int:
        """Return how many requests are accepted and not answered."""
        return self._admission[network].in_flight

    async def names(
        self, request: NameRequest, *, guild: int | None = None, version: str | None = None
    ) -> Names:
        """Invent names.

        Args:
            request: what is wished for.
            guild: the Discord server that asks.
            version: which model invents; the one that is active there if None.

        Raises:
            NoNamesError: nothing fit to show turned up.
            ModelNotFoundError: there is no such version for this server.
            ModelDamagedError: it cannot be served.
            OverloadedError: too many requests are waiting.
            DeadlineExceededError: the answer took too long.
            EngineClosedError: the engine is not open.
        """
        self._require_open()
        async with self._admission["dino"].admit(guild):
            model = await self._names_cache.get(guild, version)
            pending = self._names_scheduler.add_request(model, request, guild)
            return await self._result_of(pending, self._names_scheduler)

    async def poem(
        self, request: PoemRequest, *, guild: int | None = None, version: str | None = None
    ) -> Poem:
        """Write a poem, side by side with others.

        Args:
            request: what is wished for.
            guild: the Discord server that asks.
            version: which model writes; the one that is active there if None.

        Raises:
            InvalidRequestError: the first line has no letter that the network knows.
            NoPoemError: no verse came of it.
            ModelNotFoundError: there is no such version for this server.
            ModelDamagedError: it cannot be served.
            OverloadedError: too many requests are waiting.
            DeadlineExceededError: the answer took too long.
            EngineClosedError: the engine is not open.
        """
        self._require_open()
        async with self._admission["poem"].admit(guild):
            generator = await self._poem_cache.get(guild, version)
            pending = self._poem_scheduler.add_request(generator, request, guild)
            return await self._result_of(pending, self._poem_scheduler)

    async def refresh(self, guild: int | None, network: Network) -> None:
        """Serve what the store now says is active; requests under way end with the old model.

        Args:
            guild: the Discord server whose choice has changed; None for the host's.
            network: of which.

        Raises:
            ModelNotFoundError: there is no version at all.
            ModelDamagedError: none can be served; what was served goes on.
            EngineClosedError: the engine is not open.
        """
        self._require_open()
        if network == "poem":
            await self._poem_cache.refresh(guild)
            return
        await self._names_cache.refresh(guild)
        self._model = (await self._names_cache.get(None, None)).card.id

    async def _result_of(
        self,
        pending: PendingRequest[Payload, Result],
        scheduler: BatchScheduler[Payload, Result, Any],
    ) -> Result:
        try:
            return await asyncio.wrap_future(pending.future)
        except asyncio.CancelledError:
            # Cancelled or past its deadline, perhaps because its worker has stalled.
            pending.future.cancel()
            scheduler.replace_stalled(pending, self._timeouts.stall_seconds)
            raise

    def _require_open(self) -> None:
        if not self._is_open:
            raise EngineClosedError


def generate_names(model: NamesModel, request: NameRequest) -> Names:
    """Answer a request here and now; the same seed, model and request give the same names.

    Raises:
        NoNamesError: nothing fit to show turned up.
    """
    seed = secrets.randbits(32) if request.seed is None else request.seed
    rng = np.random.default_rng(seed)
    invented = generate(model.parameters, model.vocabulary, model.known, request, rng)
    return Names(invented, seed, model.card.id)
