"""Callbacks for metrics and alerts."""

from __future__ import annotations

from typing import Literal

from engine.families import FamilyName

Outcome = Literal["answered", "failed", "late", "cancelled"]
"""How an accepted request ended."""


class ServingHooks:
    """Callbacks for serving events; override those of interest.

    Each may be called from any thread and must return quickly.
    """

    def accepted(self, network: FamilyName) -> None:
        """Handle an admitted request."""

    def refused(self, network: FamilyName) -> None:
        """Handle a request that was rejected because too many wait."""

    def ended(self, network: FamilyName, outcome: Outcome, seconds: float) -> None:
        """Handle the end of an admitted request, `seconds` after its admission."""

    def worked(self, network: FamilyName, size: int, seconds: float) -> None:
        """Handle a step of a batch of `size` rows: names or candidates of poems."""

    def served(self, network: FamilyName, guild: int | None, version: str) -> None:
        """Handle a change of the version that answers a guild, or of the default for None."""

    def damaged(self, network: FamilyName, guild: int | None, version: str, reason: str) -> None:
        """Handle an active version that cannot be loaded; another one is tried."""

    def replaced(self, network: FamilyName) -> None:
        """Handle the replacement of a stalled or crashed worker."""
