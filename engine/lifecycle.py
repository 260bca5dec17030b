"""What is opened before it is used and closed afterwards, by `async with` or by hand."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self


class Openable(ABC):
    """An asynchronous context manager of its `open` and `close`."""

    @abstractmethod
    async def open(self) -> None:
        """Make it usable."""

    @abstractmethod
    async def close(self) -> None:
        """Let go of all that was opened."""

    async def __aenter__(self) -> Self:
        """Open; raises what `open` raises."""
        await self.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close."""
        await self.close()
