"""Inference engine: async requests in front, a pool of threads behind.

A request passes admission control, gets its model from the cache, and is queued at a scheduler. It
ends exactly once, with a result or an error, within its deadline.
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
from engine.models.registry import ModelRegistry, Network
from engine.models.version import NamesModel
from engine.requests import NameRequest, Names, Poem, PoemRequest
from engine.serving.admission import AdmissionController
from engine.serving.backend import InferenceBackend
from engine.serving.hooks import ServingHooks
from engine.serving.model_cache import ModelCache
from engine.serving.names_scheduler import NamesScheduler
from engine.serving.poem_scheduler import ROWS, PoemScheduler
from engine.serving.scheduler import BatchScheduler
from engine.serving.worker_pool import PendingRequest

Payload = TypeVar("Payload")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Limits on time.

    Attributes:
        deadline_seconds: from a request to its answer.
        stall_seconds: without a heartbeat from the worker of a late request.
        grace_seconds: for running requests when the engine closes.
        head_start_seconds: delay before TensorFlow is loaded, unless a poem is requested.
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


class Engine(InferenceBackend):
    """Serves the active versions of a registry on a pool of threads.

    Args:
        registry: the model versions.
        workers: threads that sample names; more than one mostly wait for the interpreter.
        queue_limit: accepted and unanswered requests for names, at most.
        poem_limit: the same for poems.
        preloads_poems: whether to load the poem model on opening, or for the first poem.
        names_models, poem_models: models in memory, at most.
        poem_workers: threads that decode poems.
        rows: candidates that each of them decodes side by side, at most.
        timeouts: limits on time.
        hooks: called on serving events.
        load_poem_generator: loads a poem model, in a thread of its own.
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
        # One list for all parts: hooks that are added later reach each of them.
        self._hooks = [hooks] if hooks else []
        self._preloads_poems = preloads_poems
        self._is_open = False
        self._names_cache = ModelCache(
            registry, "dino", ModelRegistry.load, limit=names_models, hooks=self._hooks
        )
        self._poem_cache = ModelCache(
            registry,
            "poem",
            load_poem_generator,
            limit=poem_models,
            hooks=self._hooks,
            finish=_warm_up,
            head_start_seconds=timeouts.head_start_seconds,
        )
        self._names_scheduler = NamesScheduler(self._hooks, workers=workers)
        self._poem_scheduler = PoemScheduler(self._hooks, rows, poem_workers)
        deadline = timeouts.deadline_seconds
        self._admission: dict[Network, AdmissionController] = {
            "dino": AdmissionController("dino", queue_limit, deadline, 2.0, self._hooks),
            "poem": AdmissionController("poem", poem_limit, deadline, 5.0, self._hooks),
        }
        self._model = ""

    @property
    def registry(self) -> ModelRegistry:
        """The model versions."""
        return self._registry

    def add_hooks(self, hooks: ServingHooks) -> None:
        """Call one more object on serving events."""
        self._hooks.append(hooks)

    async def open(self) -> None:
        """Load the active names model, and start to load the poem model if it is preloaded.

        Raises:
            ModelNotFoundError: there is no names model.
            ModelDamagedError: none can be loaded.
        """
        try:
            self._model = (await self._names_cache.get(None, None)).card.id
        except BaseException:
            self._names_cache.close()
            raise
        self._is_open = True
        if self._preloads_poems:
            self.preload()

    async def close(self) -> None:
        """Reject new requests; wait up to `Timeouts.grace_seconds` for accepted ones."""
        self._is_open = False
        grace = self._timeouts.grace_seconds
        await asyncio.gather(*(admission.close(grace) for admission in self._admission.values()))
        for cache in (self._names_cache, self._poem_cache):
            cache.close()
        for scheduler in (self._names_scheduler, self._poem_scheduler):
            await asyncio.to_thread(scheduler.close, 1.0)

    @property
    def model(self) -> str:
        """The default version for names.

        Raises:
            EngineClosedError: the engine is not open.
        """
        self._require_open()
        return self._model

    def is_ready(self, network: Network) -> bool:
        """Tell whether requests for a network are answered without loading its model first."""
        return (self._poem_cache if network == "poem" else self._names_cache).is_ready

    def preload(self) -> None:
        """Start to load the default poem model in the background."""
        self._poem_cache.preload()

    def waiting(self, network: Network) -> int:
        """Return the number of accepted and unanswered requests."""
        return self._admission[network].in_flight

    async def names(
        self, request: NameRequest, *, guild: int | None = None, version: str | None = None
    ) -> Names:
        """Generate names; see `InferenceBackend.names`."""
        self._require_open()
        async with self._admission["dino"].admit(guild):
            model = await self._names_cache.get(guild, version)
            pending = self._names_scheduler.add_request(model, request, guild)
            return await self._result_of(pending, self._names_scheduler)

    async def poem(
        self, request: PoemRequest, *, guild: int | None = None, version: str | None = None
    ) -> Poem:
        """Generate a poem, batched with others; see `InferenceBackend.poem`."""
        self._require_open()
        async with self._admission["poem"].admit(guild):
            generator = await self._poem_cache.get(guild, version)
            pending = self._poem_scheduler.add_request(generator, request, guild)
            return await self._result_of(pending, self._poem_scheduler)

    async def refresh(self, guild: int | None, network: Network) -> None:
        """Serve the version that is now active; see `InferenceBackend.refresh`."""
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
