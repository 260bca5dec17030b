"""What the engine tells of its work, to whoever measures it."""

from __future__ import annotations

from typing import Literal

from engine.models.registry import Network

Outcome = Literal["answered", "failed", "late", "cancelled"]
"""How an accepted request ended."""


class ServingHooks:
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

    def served(self, network: Network, guild: int | None, version: str) -> None:
        """Hear which version answers a Discord server from now on, or the host for None."""

    def damaged(self, network: Network, guild: int | None, version: str, reason: str) -> None:
        """Hear that a version that should be served cannot be, and that another one is tried."""

    def replaced(self, network: Network) -> None:
        """Hear that a thread was stuck or has crashed, and that another one has its place."""


class HookList(ServingHooks):
    """Tells several observers.

    Args:
        first: one of them, or None where there is none yet.
    """

    def __init__(self, first: ServingHooks | None = None) -> None:
        self._observers: tuple[ServingHooks, ...] = (first,) if first else ()

    def add(self, hooks: ServingHooks) -> None:
        """Tell one more from now on."""
        # A new tuple: another thread may be going through the old one.
        self._observers = (*self._observers, hooks)

    def accepted(self, network: Network) -> None:
        """Tell all."""
        for hooks in self._observers:
            hooks.accepted(network)

    def refused(self, network: Network) -> None:
        """Tell all."""
        for hooks in self._observers:
            hooks.refused(network)

    def ended(self, network: Network, outcome: Outcome, seconds: float) -> None:
        """Tell all."""
        for hooks in self._observers:
            hooks.ended(network, outcome, seconds)

    def worked(self, network: Network, size: int, seconds: float) -> None:
        """Tell all."""
        for hooks in self._observers:
            hooks.worked(network, size, seconds)

    def served(self, network: Network, guild: int | None, version: str) -> None:
        """Tell all."""
        for hooks in self._observers:
            hooks.served(network, guild, version)

    def damaged(self, network: Network, guild: int | None, version: str, reason: str) -> None:
        """Tell all."""
        for hooks in self._observers:
            hooks.damaged(network, guild, version, reason)

    def replaced(self, network: Network) -> None:
        """Tell all."""
        for hooks in self._observers:
            hooks.replaced(network)
