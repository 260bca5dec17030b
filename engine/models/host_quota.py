"""The limit on the disk space of all versions of a host: guilds' and its own."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from engine.errors import ModelError
from engine.families import FAMILIES
from engine.models.registry import ModelRegistry

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Stored:
    """A version on the disk; `used` is when it was last loaded or chosen."""

    registry: ModelRegistry
    folder: Path
    used: float
    size_bytes: int


def prune_host(host: ModelRegistry, size_bytes: int, spared: Collection[str] = ()) -> list[str]:
    """Delete the least recently used versions until all together keep to the limit.

    Those that a guild or the host serves, those in `spared` and those that came with the program
    are never deleted.

    Returns:
        The deleted versions, the least recently used first.
    """
    stored = sorted(_stored(host), key=lambda version: (version.used, version.folder.name))
    kept = _served(host) | frozenset(spared)
    excess = sum(version.size_bytes for version in stored) - size_bytes
    deleted: list[str] = []
    for version in stored:
        if excess <= 0:
            break
        name = version.folder.name
        if name in kept:
            continue
        try:
            version.registry.delete(name)
        except (ModelError, OSError) as error:
            # Chosen or deleted a moment ago, or the disk fails.
            log.warning("The version %s could not be pruned: %s", name, error)
        else:
            excess -= version.size_bytes
            deleted.append(name)
    return deleted


def unprunable_bytes(host: ModelRegistry, spared: Collection[str] = ()) -> int:
    """Return the size of the versions that `prune_host` never deletes."""
    kept = _served(host) | frozenset(spared)
    return sum(v.size_bytes for v in _stored(host) if v.folder.name in kept)


def _registries(host: ModelRegistry) -> list[ModelRegistry]:
    return [host, *(host.of_guild(guild) for guild in host.guilds())]


def _served(host: ModelRegistry) -> frozenset[str]:
    served: set[str] = set()
    for registry in _registries(host):
        for network in FAMILIES:
            with suppress(ModelError):
                served.add(registry.active(network))
    return frozenset(served)


def _stored(host: ModelRegistry) -> Iterator[_Stored]:
    for registry in _registries(host):
        for network in FAMILIES:
            for folder in registry.own_folders(network):
                # Another process may delete it meanwhile.
                with suppress(OSError):
                    size = sum(file.stat().st_size for file in folder.iterdir())
                    yield _Stored(registry, folder, folder.stat().st_mtime, size)
