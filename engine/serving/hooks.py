"""What the engine tells of its work, to whoever measures it."""

from __future__ import annotations

from typing import Literal

from engine.models.registry import Network

Outcome = Literal["answered", "failed", "late", "cancelled"]
"""How an accepted request ended."""


class Observer:
    """Hears what the engine does; each method may be called from any thread, and does nothing.

    To be overridden as far as something is to be known. What is heard must be quick.
    """

    def accepted(self, network: Network) -> None:
        """Hear that a request was let in."""

    def refused(self, network: Network) -> None:
        """Hear that a request was turned away because too many wait."""

    def ended(self, network: Network, outcome: Outcome, seconds: float) -> None:
        """Hear that a request that was let in has ended, so many seconds after."""

    def worked(self, network: Network, size: int, seconds: float) -> None:
        """Hear that requests were worked on together for some time.

        Args:
            network: that did it.
            size: rows of the batch: a name or a candidate of a poem each.
            seconds: how long it took.
        """

    def served(self, network: Network, server: int | None, version: str) -> None:
        """Hear which version answers a Discord server from now on, or the host for None."""

    def damaged(self, network: Network, server: int | None, version: str, reason: str) -> None:
        """Hear that a version that should be served cannot be, and that another one is tried."""

    def replaced(self, network: Network) -> None:
        """Hear that a thread was stuck or has crashed, and that another one has its place."""


class Observers(Observer):
    """Tells several observers.

    Args:
        first: one of them, or None where there is none yet.
    """

    def __init__(self, first: Observer | None = None) -> None:
        self._observers: tuple[Observer, ...] = (first,) if first else ()

    def add(self, observer: Observer) -> None:
        """Tell one more from now on."""
        # A new tuple: another thread may be going through the old one.
        self._observers = (*self._observers, observer)

    def accepted(self, network: Network) -> None:
        """Tell all."""
        for observer in self._observers:
            observer.accepted(network)

    def refused(self, network: Network) -> None:
        """Tell all."""
        for observer in self._observers:
            observer.refused(network)

    def ended(self, network: Network, outcome: Outcome, seconds: float) -> None:
        """Tell all."""
        for observer in self._observers:
            observer.ended(network, outcome, seconds)

    def worked(self, network: Network, size: int, seconds: float) -> None:
        """Tell all."""
        for observer in self._observers:
            observer.worked(network, size, seconds)

    def served(self, network: Network, server: int | None, version: str) -> None:
        """Tell all."""
        for observer in self._observers:
            observer.served(network, server, version)

    def damaged(self, network: Network, server: int | None, version: str, reason: str) -> None:
        """Tell all."""
        for observer in self._observers:
            observer.damaged(network, server, version, reason)

    def replaced(self, network: Network) -> None:
        """Tell all."""
        for observer in self._observers:
            observer.replaced(network)
