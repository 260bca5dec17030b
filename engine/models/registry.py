"""The model registry: lists, loads, activates, rolls back and deletes versions.

ROOT/NETWORK/ID is a version, whose files are never changed; NETWORK is the name of a model family.
The time of the folder is that of its last use.
ROOT/NETWORK/active.json lists the activated versions, the one that is served last; while it is
missing or empty, the host's version is served, or the shipped one.
ROOT/servers/NUMBER has the same layout for one guild, which inherits the host's versions.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from engine.errors import (
    ModelDamagedError,
    ModelInheritedError,
    ModelInUseError,
    ModelNotFoundError,
)
from engine.families import FAMILIES, FamilyName, family
from engine.files import replace_file
from engine.models.version import (
    UPLOAD,
    UPLOADS,
    ModelCard,
    lock_of,
    read_card,
    remove_folder,
    sweep,
    verify,
)

_CHANGED = ".changed"


@dataclass(frozen=True, slots=True)
class Quota:
    """The most versions of a family, and bytes in all of them, that a guild may keep."""

    versions: int = 10
    size_bytes: int = 512 * 1024**2


class ModelRegistry:
    """The own versions under a folder, and inherited ones, which are only read.

    Args:
        root: folder of own versions; made at the first write.
        shipped: folder of the versions that come with the program.
        host: registry to inherit from; None for the host's own, which inherits the shipped ones.
    """

    def __init__(self, root: Path, shipped: Path, host: ModelRegistry | None = None) -> None:
        self.root = root
        self.shipped = shipped
        self._host = host

    def of_guild(self, guild: int | None) -> ModelRegistry:
        """Return the registry of a guild, or the host's for None."""
        host = self._host or self
        if guild is None:
            return host
        return ModelRegistry(host.root / "servers" / str(guild), self.shipped, host)

    def guilds(self) -> list[int]:
        """Return the guilds with a folder in the host's registry."""
        folders = (self.root / "servers").glob("*")
        return sorted(int(folder.name) for folder in folders if folder.name.isdecimal())

    def own_folders(self, network: FamilyName) -> list[Path]:
        """Return the folders of own versions."""
        return _folders_in(self.folder_of(network))

    def folder_of(self, network: FamilyName) -> Path:
        """Return the folder of own versions of a family."""
        return self.root / network

    def versions(self, network: FamilyName = "dino") -> list[ModelCard]:
        """Return the cards of own versions, oldest first, then of inherited ones.

        Versions without a readable card are left out.
        """
        own = _cards(self.own_folders(network))
        known = {card.id for card in own}
        if self._host:
            inherited = self._host.versions(network)
        else:
            inherited = _cards(self._shipped_folders(network))
        return own + [card for card in inherited if card.id not in known]

    def is_own(self, version: str) -> bool:
        """Tell whether a version is own, and so may be deleted."""
        return any(folder.name == version for n in FAMILIES for folder in self.own_folders(n))

    def active(self, network: FamilyName = "dino") -> str:
        """Return the version that is served: the one activated last, else the inherited one.

        Raises:
            ModelNotFoundError: there is no version at all.
            ModelDamagedError: the choice cannot be read.
        """
        chosen = self._chosen(network)
        if chosen:
            return chosen[-1]
        if self._host:
            return self._host.active(network)
        shipped = self._shipped_folders(network)
        if not shipped:
            raise ModelNotFoundError("shipped")
        return shipped[-1].name

    def fallbacks(self, network: FamilyName = "dino") -> list[str]:
        """Return what to serve where the active version is damaged, best first.

        These are the existing ones of: versions activated before, those of the host, shipped ones.
        """
        existing = {folder.name for folder in self._folders(network)}
        ordered = dict.fromkeys(v for v in self._candidates(network) if v in existing)
        with suppress(ModelDamagedError, ModelNotFoundError):
            ordered.pop(self.active(network), None)
        return list(ordered)

    def made_of_uploads(self, network: FamilyName) -> list[str]:
        """Return own versions that have learned from an uploaded text, oldest first.

        Cards of version 0.1 have no mark: there an uploaded text in the version counts, or in the
        one that it was fine-tuned from.
        """
        found: list[str] = []
        # A version is newer than the one that it was fine-tuned from.
        for card in _cards(self.own_folders(network)):
            is_marked = UPLOAD in card.checksums or card.settings.get(UPLOADS)
            if is_marked or card.settings.get("from") in found:
                found.append(card.id)
        return found

    def load(self, version: str | None = None, network: FamilyName = "dino") -> Any:
        """Load a version of a family, or its active one, and verify it.

        Raises:
            ModelNotFoundError: there is no such version.
            ModelDamagedError: a file of it is missing, altered or unreadable.
        """
        folder = self._find(network, version)
        self._mark_used(folder)
        return family(network).load(folder)

    def network_of(self, version: str) -> FamilyName:
        """Return the family of a version.

        Raises:
            ModelNotFoundError: there is no such version.
        """
        for network in FAMILIES:
            if any(folder.name == version for folder in self._folders(network)):
                return network
        raise ModelNotFoundError(version)

    def card(self, version: str) -> ModelCard:
        """Return the card of a version.

        Raises:
            ModelNotFoundError: there is no such version.
            ModelDamagedError: its card cannot be read.
        """
        return read_card(self._find(self.network_of(version), version))

    def activate(self, version: str) -> None:
        """Serve a version from now on, after verifying it.

        Raises:
            ModelNotFoundError: there is no such version.
            ModelDamagedError: it cannot be served.
            OSError: the choice could not be written.
        """
        network = self.network_of(version)
        with lock_of(self.folder_of(network)):
            self._verify(network, version)
            # What is served up to now has been used until now.
            for used in (*self._history(network)[-1:], version):
                with suppress(ModelNotFoundError):
                    self._mark_used(self._find(network, used))
            past = [chosen for chosen in self._history(network) if chosen != version]
            self._choose(network, [*past, version])

    def last_change(self) -> bytes:
        """Return a token that changes with each activation in this registry or any guild's.

        Raises:
            OSError: it cannot be read.
        """
        try:
            return self._change_file.read_bytes()
        except FileNotFoundError:
            return b""

    def roll_back(self, network: FamilyName = "dino") -> str:
        """Activate the version that was served before, and return its id.

        Raises:
            ModelNotFoundError: none was served before, or it is gone.
            ModelDamagedError: it cannot be served.
            OSError: the choice could not be written.
        """
        with lock_of(self.folder_of(network)):
            chosen = self._chosen(network)
            if not chosen:
                raise ModelNotFoundError("before the present one")
            with suppress(ModelNotFoundError):
                self._mark_used(self._find(network, chosen[-1]))
            earlier = chosen[:-1]
            if earlier:
                self._verify(network, earlier[-1])
            self._choose(network, earlier)
        return self.active(network)

    def delete(self, version: str) -> None:
        """Delete a version, and the uploaded text in it.

        Raises:
            ModelNotFoundError: there is no such version.
            ModelInheritedError: it is inherited.
            ModelInUseError: it is served.
            OSError: it could not be deleted.
        """
        network = self.network_of(version)
        if not self.is_own(version):
            raise ModelInheritedError(version)
        with lock_of(self.folder_of(network)):
            past = self._history(network)
            if past and past[-1] == version:
                raise ModelInUseError(version)
            if version in past:
                self._choose(network, [chosen for chosen in past if chosen != version])
            remove_folder(self.folder_of(network) / version)

    def prune(self, network: FamilyName, quota: Quota, spared: Collection[str] = ()) -> list[str]:
        """Delete the oldest versions that are not served until the quota is kept.

        Returns:
            The deleted versions, oldest first.
        """
        own = [card.id for card in _cards(self.own_folders(network))]
        past = self._history(network)
        kept = {*spared, *past[-1:]}
        sizes = {version: _size(self.folder_of(network) / version) for version in own}
        deleted: list[str] = []
        for version in own:
            if len(sizes) <= quota.versions and sum(sizes.values()) <= quota.size_bytes:
                break
            if version not in kept:
                self.delete(version)
                del sizes[version]
                deleted.append(version)
        return deleted

    def forget(self) -> None:
        """Delete all versions and texts of a guild.

        Raises:
            ValueError: this is the host's registry.
            OSError: it could not be deleted.
        """
        if self._host is None:
            raise ValueError("the host's registry is not a guild's")
        if self.root.is_dir():
            remove_folder(self.root)

    def sweep(self) -> None:
        """Delete left-overs of killed writers, those of guilds too."""
        guilds = self.root / "servers"
        sweep(guilds)
        for file in self.root.glob(f".{_CHANGED}.*"):
            file.unlink(missing_ok=True)
        for root in (self.root, *guilds.glob("*")):
            for network in FAMILIES:
                sweep(root / network)

    def _mark_used(self, folder: Path) -> None:
        """Note in the time of its folder that a version is used; shipped ones are only read."""
        if not folder.is_relative_to(self.shipped):
            with suppress(OSError):
                os.utime(folder)

    def _verify(self, network: FamilyName, version: str) -> None:
        if family(network).is_light:
            self.load(version, network)
        else:
            verify(self._find(network, version))

    def _find(self, network: FamilyName, version: str | None) -> Path:
        wanted = version or self.active(network)
        for folder in self._folders(network):
            if folder.name == wanted:
                return folder
        raise ModelNotFoundError(wanted)

    def _folders(self, network: FamilyName) -> list[Path]:
        inherited = self._host._folders(network) if self._host else self._shipped_folders(network)
        return self.own_folders(network) + inherited

    def _shipped_folders(self, network: FamilyName) -> list[Path]:
        return _folders_in(self.shipped / network)

    def _candidates(self, network: FamilyName) -> list[str]:
        chosen = self._history(network)[::-1]
        if self._host:
            return chosen + self._host._candidates(network)
        return chosen + [folder.name for folder in self._shipped_folders(network)[::-1]]

    def _chosen(self, network: FamilyName) -> list[str]:
        folder = self.folder_of(network)
        try:
            chosen = json.loads((folder / "active.json").read_text("utf-8"))
        except FileNotFoundError:
            return []
        except (OSError, ValueError) as error:
            raise ModelDamagedError(folder, "its active.json cannot be read") from error
        if not isinstance(chosen, list):
            raise ModelDamagedError(folder, "its active.json is not a list")
        return [str(version) for version in cast("list[object]", chosen)]

    def _history(self, network: FamilyName) -> list[str]:
        """Return the activated versions; none where active.json is damaged, to replace it."""
        try:
            return self._chosen(network)
        except ModelDamagedError:
            return []

    def _choose(self, network: FamilyName, chosen: list[str]) -> None:
        folder = self.folder_of(network)
        folder.mkdir(parents=True, exist_ok=True)
        replace_file(folder / "active.json", (json.dumps(chosen) + "\n").encode())
        # The choice is made; whoever watches may miss it, but not undo it.
        with suppress(OSError):
            replace_file(self._change_file, secrets.token_hex(8).encode())

    @property
    def _change_file(self) -> Path:
        return (self._host or self).root / _CHANGED


def _folders_in(place: Path) -> list[Path]:
    # The folder of a version that is being written starts with a dot.
    cards = [card for card in place.glob("*/card.json") if not card.parent.name.startswith(".")]
    return sorted(card.parent for card in cards)


def _cards(folders: list[Path]) -> list[ModelCard]:
    cards: list[ModelCard] = []
    for folder in folders:
        try:
            cards.append(read_card(folder))
        except ModelDamagedError:
            continue
    return sorted(cards, key=lambda card: (card.created, card.id))


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir())
