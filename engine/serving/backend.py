"""The interface of inference backends: what the bot needs, wherever the networks run."""

from __future__ import annotations

from typing import Protocol, Self

from engine.families import FamilyName
from engine.models.registry import ModelRegistry
from engine.requests import NameRequest, Names, Poem, PoemRequest
from engine.serving.hooks import ServingHooks


class InferenceBackend(Protocol):
    """Serves names and poems; see `LocalBackend` for arguments and errors."""

    @property
    def registry(self) -> ModelRegistry:
        """The registry of the host."""
        ...

    @property
    def model(self) -> str:
        """The served version of the host's names network."""
        ...

    @property
    def is_ready(self) -> bool:
        """Whether a poem starts at once; until then a request waits."""
        ...

    async def open(self) -> None:
        """Get ready for requests."""
        ...

    async def close(self) -> None:
        """Reject new requests; wait for running ones."""
        ...

    async def __aenter__(self) -> Self:
        """Open."""
        ...

    async def __aexit__(self, *_: object) -> None:
        """Close."""
        ...

    def preload(self) -> None:
        """Start to load the poem network."""
        ...

    def add_hooks(self, hooks: ServingHooks) -> None:
        """Call further hooks from now on."""
        ...

    def waiting(self, network: FamilyName) -> int:
        """Return the number of accepted requests that have not ended."""
        ...

    async def names(
        self,
        request: NameRequest,
        *,
        guild: int | None = None,
        version: str | None = None,
        family: FamilyName = "dino",
    ) -> Names:
        """Generate names."""
        ...

    async def poem(
        self, request: PoemRequest, *, guild: int | None = None, version: str | None = None
    ) -> Poem:
        """Generate a poem."""
        ...

    async def refresh(self, guild: int | None, network: FamilyName) -> None:
        """Serve the version that is active now."""
        ...
