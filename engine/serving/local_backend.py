"""Inference in this process: async requests in front, worker threads behind.

A request passes admission control, gets its model from a cache, and is queued at a scheduler. It
ends exactly once, with a result or an error, and within its deadline.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Self

import numpy as np

from engine.errors import EngineClosedError
from engine.families import FAMILIES, FamilyName
from engine.generation.names import generate
from engine.generation.poems import PoemGenerator
from engine.models.names_model import NamesModel
from engine.models.registry import ModelRegistry
from engine.requests import NameRequest, Names, Poem, PoemRequest, seed_of
from engine.serving.admission import AdmissionController
from engine.serving.hooks import ServingHooks
from engine.serving.model_cache import ModelCache
from engine.serving.names_scheduler import NamesScheduler
from engine.serving.poem_scheduler import PoemScheduler

if TYPE_CHECKING:
    from engine.models.poem_model import PoemModel


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long things may take.

    Attributes:
        deadline_seconds: from a request to its answer.
        stall_seconds: since the last heartbeat of a worker whose request is late.
        grace_seconds: for running requests when the backend is closed.
        head_start_seconds: delay of loading TensorFlow after the start, unless a poem is
            requested.
    """

    deadline_seconds: float = 20.0
    stall_seconds: float = 10.0
    grace_seconds: float = 10.0
    head_start_seconds: float = 1.0


def read_poem_generator(registry: ModelRegistry, version: str | None = None) -> PoemGenerator:
    """Load TensorFlow and a version of the poem network; the first poem compiles it."""
    wanted = version or registry.active("poem")
    from engine.generation.decoder import LSTMDecoder  # loads TensorFlow
    from engine.networks.tensorflow import keep_to_one_thread

    keep_to_one_thread()
    model: PoemModel = registry.load(wanted, "poem")
    return PoemGenerator(model.card.id, model.vocabulary, model.words, LSTMDecoder(model.network))


def load_poem_generator(registry: ModelRegistry, version: str | None = None) -> PoemGenerator:
    """Load a version of the poem network, and compile it for the smallest batch."""
    generator = read_poem_generator(registry, version)
    generator.decoder.warm_up(lambda: True)
    return generator


class LocalBackend:
    """Serves the active versions of a registry; an async context manager.

    Args:
        workers: threads that sample names; a second one mostly waits for the interpreter lock.
        preloads_poems: whether to load the poem network at once, or for the first request.
        load_poem_generator: loads a poem network, in a thread of its own.
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
        timeouts: Timeouts | None = None,
        hooks: ServingHooks | None = None,
        load_poem_generator: Callable[[ModelRegistry, str], PoemGenerator] = load_poem_generator,
    ) -> None:
        self._registry = registry
        timeouts = timeouts or Timeouts()
        self._grace_seconds = timeouts.grace_seconds
        self._stall_seconds = timeouts.stall_seconds
        # One list for all parts: hooks that are added later reach each of them.
        self._hooks = [hooks] if hooks else []
        self._preloads_poems = preloads_poems
        self._is_open = False
        self._names_caches: dict[FamilyName, ModelCache[NamesModel]] = {
            row.name: ModelCache(
                registry,
                row.name,
                partial(ModelRegistry.load, network=row.name),
                limit=names_models,
                hooks=self._hooks,
            )
            for row in FAMILIES.values()
            if row.answers == "names"
        }
        self._poem_cache = ModelCache(
            registry,
            "poem",
            load_poem_generator,
            limit=poem_models,
            hooks=self._hooks,
            finish=lambda generator, is_unwanted: generator.decoder.warm_up(is_unwanted),
            head_start_seconds=timeouts.head_start_seconds,
        )
        self._names_scheduler = NamesScheduler(self._hooks, workers)
        self._poem_scheduler = PoemScheduler(self._hooks, poem_workers)
        self._admission: dict[FamilyName, AdmissionController] = {
            name: AdmissionController(
                name, queue_limit, timeouts.deadline_seconds, 2.0, self._hooks
            )
            for name in self._names_caches
        }
        self._admission["poem"] = AdmissionController(
            "poem", poem_limit, timeouts.deadline_seconds, 5.0, self._hooks
        )
        self._model = ""

    @property
    def registry(self) -> ModelRegistry:
        """The registry of the host."""
        return self._registry

    def add_hooks(self, hooks: ServingHooks) -> None:
        """Call further hooks from now on."""
        self._hooks.append(hooks)

    async def open(self) -> None:
        """Load the active names network; start to load the poem network, if so configured.

        Raises:
            ModelNotFoundError: there is no version of the names network.
            ModelDamagedError: none can be served.
        """
        try:
            self._model = (await self._names_caches["dino"].get(None, None)).card.id
        except BaseException:
            self._names_caches["dino"].close()
            raise
        self._is_open = True
        if self._preloads_poems:
            self._poem_cache.preload()

    async def close(self) -> None:
        """Reject new requests; wait up to the grace time for running ones."""
        self._is_open = False
        grace = self._grace_seconds
        await asyncio.gather(*(admission.close(grace) for admission in self._admission.values()))
        for cache in (*self._names_caches.values(), self._poem_cache):
            cache.close()
        for scheduler in (self._names_scheduler, self._poem_scheduler):
            await asyncio.to_thread(scheduler.close, 1.0)

    async def __aenter__(self) -> Self:
        """Open; raises what `open` raises."""
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close."""
        await self.close()

    @property
    def model(self) -> str:
        """The served version of the host's names network.

        Raises:
            EngineClosedError: the backend is not open.
        """
        self._require_open()
        return self._model

    def preload(self) -> None:
        """Start to load the poem network, unless that has begun."""
        self._poem_cache.preload()

    @property
    def is_ready(self) -> bool:
        """Whether the poem network is loaded, or could not be; until then a request waits."""
        return self._poem_cache.is_ready

    def waiting(self, network: FamilyName) -> int:
        """Return the number of accepted requests that have not ended."""
        return self._admission[network].in_flight

    async def names(
        self,
        request: NameRequest,
        *,
        guild: int | None = None,
        version: str | None = None,
        family: FamilyName = "dino",
    ) -> Names:
        """Generate names.

        Raises:
            NoNamesError: no sample passed the filter.
            ModelNotFoundError: the guild has no such version.
            ModelDamagedError: the version cannot be served.
            OverloadedError: the queue is full.
            DeadlineExceededError: the deadline has passed.
            EngineClosedError: the backend is not open.
        """
        self._require_open()
        async with self._admission[family].admit(guild):
            model = await self._names_caches[family].get(guild, version)
            return await self._names_scheduler.result(model, request, guild, self._stall_seconds)

    async def poem(
        self, request: PoemRequest, *, guild: int | None = None, version: str | None = None
    ) -> Poem:
        """Generate a poem.

        Raises:
            InvalidRequestError: the first line has no letter of the vocabulary.
            NoPoemError: no candidate has a line.
            ModelNotFoundError: the guild has no such version.
            ModelDamagedError: the version cannot be served.
            OverloadedError: the queue is full.
            DeadlineExceededError: the deadline has passed.
            EngineClosedError: the backend is not open.
        """
        self._require_open()
        async with self._admission["poem"].admit(guild):
            generator = await self._poem_cache.get(guild, version)
            return await self._poem_scheduler.result(generator, request, guild, self._stall_seconds)

    async def refresh(self, guild: int | None, network: FamilyName) -> None:
        """Serve the version that is active now for a guild; running requests end with the old one.

        Raises:
            ModelNotFoundError: there is no version at all.
            ModelDamagedError: none can be served; the old one stays.
            EngineClosedError: the backend is not open.
        """
        self._require_open()
        if network == "poem":
            await self._poem_cache.refresh(guild)
            return
        await self._names_caches[network].refresh(guild)
        self._model = (await self._names_caches["dino"].get(None, None)).card.id

    def _require_open(self) -> None:
        if not self._is_open:
            raise EngineClosedError


def generate_names(model: NamesModel, request: NameRequest) -> Names:
    """Generate names in the calling thread; seed, model and request determine them."""
    seed = seed_of(request)
    rng = np.random.default_rng(seed)
    names = generate(model.parameters, model.vocabulary, model.known, request, rng)
    return Names(names, seed, model.card.id)
