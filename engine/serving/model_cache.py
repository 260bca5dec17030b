"""LRU cache of loaded models, and which of them serves each guild."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from engine.errors import EngineClosedError, ModelDamagedError, ModelError, ModelNotFoundError
from engine.families import FamilyName
from engine.models.registry import ModelRegistry
from engine.serving.hooks import ServingHooks

Model = TypeVar("Model")

Key = tuple[int | None, str]
"""Whose a version is, None for the host and the program, and its id."""

_MAX_GUILDS = 10_000
"""Guilds whose served version is remembered."""


class ModelCache(Generic[Model]):
    """Models of one network, to be used from one event loop; one thread of its own loads them.

    Guilds that are served by the same version share it. The least recently used one is evicted;
    requests that are running with it are not affected.

    Args:
        finish: called in the thread with a model that is served already, to complete it, and with a
            function that tells whether to stop.
        head_start_seconds: how long the first load waits, unless a request needs it.
    """

    def __init__(
        self,
        registry: ModelRegistry,
        network: FamilyName,
        load: Callable[[ModelRegistry, str], Model],
        *,
        limit: int,
        hooks: Sequence[ServingHooks],
        finish: Callable[[Model, Callable[[], bool]], None] | None = None,
        head_start_seconds: float = 0.0,
    ) -> None:
        self._registry = registry
        self._network: FamilyName = network
        self._load = load
        self._limit = limit
        self._hooks = hooks
        self._finish = finish
        self._head_start_seconds = head_start_seconds
        self._models: OrderedDict[Key, Model] = OrderedDict()
        self._served: OrderedDict[int | None, Key] = OrderedDict()
        self._loading: dict[tuple[int | None, str | None], asyncio.Task[Model]] = {}
        self._is_wanted = threading.Event()
        self._is_closed = threading.Event()
        self._is_ready = threading.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"load-{network}")

    @property
    def is_ready(self) -> bool:
        """Whether the host's model has been loaded, or could not be."""
        return self._is_ready.is_set()

    def preload(self) -> None:
        """Start to load the host's model, unless that has begun."""
        if (None, None) not in self._loading and None not in self._served:
            self._begin(None, None)

    async def get(self, guild: int | None, version: str | None) -> Model:
        """Return a version, or for None the active one of the guild; at once if it is in memory.

        Raises:
            ModelNotFoundError: the guild has no such version.
            ModelDamagedError: it cannot be served, and if none was named, no other one either.
            EngineClosedError: the cache was closed.
        """
        key = self._served.get(guild)
        if key in self._models and version in (None, key[1]):
            self._models.move_to_end(key)
            return self._models[key]
        self._is_wanted.set()
        task = self._loading.get((guild, version)) or self._begin(guild, version)
        # Others may be waiting for the same one.
        return await asyncio.shield(task)

    async def refresh(self, guild: int | None) -> None:
        """Load the version that is active now, then serve it in place of the previous one.

        Raises:
            ModelNotFoundError: there is no version at all.
            ModelDamagedError: none can be served; the previous one stays.
            EngineClosedError: the cache was closed.
        """
        self._is_wanted.set()
        await self._load_into_cache(guild, None)
        if guild is None:
            # Guilds that inherit the host's version look it up again.
            self._served = OrderedDict({None: self._served[None]})

    def close(self) -> None:
        """Stop loading, without waiting for a load that is running."""
        self._is_closed.set()
        self._is_wanted.set()
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _begin(self, guild: int | None, version: str | None) -> asyncio.Task[Model]:
        task = asyncio.get_running_loop().create_task(self._load_into_cache(guild, version))
        self._loading[guild, version] = task
        task.add_done_callback(lambda ended: self._forget((guild, version), ended))
        return task

    def _forget(self, asked: tuple[int | None, str | None], task: asyncio.Task[Model]) -> None:
        del self._loading[asked]
        if not task.cancelled():
            task.exception()  # Retrieved, since perhaps nobody awaits it.

    async def _load_into_cache(self, guild: int | None, version: str | None) -> Model:
        loop = asyncio.get_running_loop()
        try:
            fetched = loop.run_in_executor(self._thread, self._fetch, guild, version)
        except RuntimeError as error:  # The executor is shut down.
            raise EngineClosedError from error
        try:
            key, model = await fetched
        except asyncio.CancelledError as error:
            # Queued loads are cancelled when the cache closes.
            task = asyncio.current_task()
            if self._is_closed.is_set() and not (task and task.cancelling()):
                raise EngineClosedError from error
            raise
        self._models[key] = model
        self._models.move_to_end(key)
        while len(self._models) > self._limit:
            self._models.popitem(last=False)
        if version is None:
            self._serve(guild, key)
        return model

    def _serve(self, guild: int | None, key: Key) -> None:
        if self._served.get(guild) != key:
            for hooks in self._hooks:
                hooks.served(self._network, guild, key[1])
        self._served[guild] = key
        self._served.move_to_end(guild)
        if len(self._served) > _MAX_GUILDS:
            self._served.popitem(last=False)

    def _fetch(self, guild: int | None, version: str | None) -> tuple[Key, Model]:
        """Find and load a model, in the thread."""
        if not self._is_ready.is_set():
            self._is_wanted.wait(self._head_start_seconds)
        try:
            if self._is_closed.is_set():
                raise EngineClosedError
            registry = self._registry.of_guild(guild)
            if version is not None:
                return self._take(registry, guild, version)
            return self._take_active(registry, guild)
        finally:
            if not self._is_ready.is_set():
                # A garbage collection that includes TensorFlow takes more than 0.1 s.
                gc.freeze()
            self._is_ready.set()

    def _take_active(self, registry: ModelRegistry, guild: int | None) -> tuple[Key, Model]:
        """Return the active version, or where it is damaged the first fallback that loads."""
        first: ModelError | None = None
        for version in self._candidates(registry, guild):
            try:
                return self._take(registry, guild, version)
            except ModelError as error:
                self._report_damaged(guild, version, error)
                first = first or error
        raise first or ModelNotFoundError(self._network)

    def _candidates(self, registry: ModelRegistry, guild: int | None) -> Iterator[str]:
        try:
            yield registry.active(self._network)
        except ModelDamagedError as error:
            self._report_damaged(guild, "", error)
        yield from registry.fallbacks(self._network)

    def _report_damaged(self, guild: int | None, version: str, error: ModelError) -> None:
        for hooks in self._hooks:
            hooks.damaged(self._network, guild, version, str(error))

    def _take(self, registry: ModelRegistry, guild: int | None, version: str) -> tuple[Key, Model]:
        key = (guild if registry.is_own(version) else None, version)
        model = self._models.get(key)
        if model is None:
            model = self._load(registry, version)
            if self._finish and not self._is_closed.is_set():
                self._thread.submit(self._finish, model, self._is_closed.is_set)
        return key, model
