"""The interface between the bot and whatever runs the models."""

from __future__ import annotations

from abc import abstractmethod
from types import TracebackType
from typing import Protocol, Self

from engine.models.registry import ModelRegistry, Network
from engine.requests import NameRequest, Names, Poem, PoemRequest
from engine.serving.hooks import ServingHooks


class InferenceBackend(Protocol):
    """Answers requests for names and poems; an async context manager of `open` and `close`."""

    @property
    @abstractmethod
    def registry(self) -> ModelRegistry:
        """The model versions."""

    @property
    @abstractmethod
    def model(self) -> str:
        """The default version for names.

        Raises:
            EngineClosedError: the backend is not open.
        """

    @abstractmethod
    async def open(self) -> None:
        """Load what is needed to answer.

        Raises:
            ModelError: there is no model to serve.
        """

    @abstractmethod
    async def close(self) -> None:
        """Reject new requests; wait a limited time for accepted ones."""

    @abstractmethod
    async def names(
        self, request: NameRequest, *, guild: int | None = None, version: str | None = None
    ) -> Names:
        """Generate names.

        Args:
            request: what to generate.
            guild: the requesting guild.
            version: of the model; the guild's active one if None.

        Raises:
            NoNamesError: no sample passed the filters.
            ModelNotFoundError: the guild has no such version.
            ModelDamagedError: the version cannot be loaded.
            OverloadedError: too many requests are waiting.
            DeadlineExceededError: the request took too long.
            EngineClosedError: the backend is not open.
        """

    @abstractmethod
    async def poem(
        self, request: PoemRequest, *, guild: int | None = None, version: str | None = None
    ) -> Poem:
        """Generate a poem; arguments as for `names`.

        Raises:
            InvalidRequestError: the first line has no letter in the vocabulary.
            IndecentLineError: the first line may not be shown.
            NoPoemError: no candidate has any text.
            ModelNotFoundError: the guild has no such version.
            ModelDamagedError: the version cannot be loaded.
            OverloadedError: too many requests are waiting.
            DeadlineExceededError: the request took too long.
            EngineClosedError: the backend is not open.
        """

    @abstractmethod
    def preload(self) -> None:
        """Start to load the default poem model in the background."""

    @abstractmethod
    async def refresh(self, guild: int | None, network: Network) -> None:
        """Serve the version that is now active; running requests keep the old one.

        Args:
            guild: whose active version changed; None for the default.
            network: of which kind.

        Raises:
            ModelNotFoundError: there is no version.
            ModelDamagedError: none can be loaded; the old one is kept.
            EngineClosedError: the backend is not open.
        """

    @abstractmethod
    def is_ready(self, network: Network) -> bool:
        """Tell whether requests for a network are answered without loading its model first."""

    @abstractmethod
    def waiting(self, network: Network) -> int:
        """Return the number of accepted and unanswered requests."""

    @abstractmethod
    def add_hooks(self, hooks: ServingHooks) -> None:
        """Call one more object on serving events."""

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()
