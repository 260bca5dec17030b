"""What a server has uploaded, deleted with all that was made of it."""

from __future__ import annotations

from engine import ModelError, ModelRegistry
from engine.families import FAMILIES, FamilyName


def delete_uploads(registry: ModelRegistry) -> list[tuple[FamilyName, str]]:
    """Delete a server's versions that learned from an uploaded text, and the texts with them.

    A version that was fine-tuned from such a one has learned from the text as well. Where one of
    them answers, the version answers that did so before.

    Args:
        registry: the server's.

    Returns:
        The network and id of each version that was deleted.

    Raises:
        OSError: something could not be deleted.
    """
    deleted: list[tuple[FamilyName, str]] = []
    for network in FAMILIES:
        tainted = registry.made_of_uploads(network)
        if tainted:
            _leave(registry, network, tainted)
        for version in tainted:
            registry.delete(version)
            deleted.append((network, version))
    return deleted


def _leave(registry: ModelRegistry, network: FamilyName, tainted: list[str]) -> None:
    """Let another version answer than those."""
    try:
        while registry.active(network) in tainted:
            registry.roll_back(network)
    except ModelError:
        # What answered before is damaged: the host's takes its place.
        registry.activate(registry.of_guild(None).active(network))
