"""The versions of the networks: listed, loaded, activated, rolled back.

STORE/NETWORK/ID is a version and is never changed; a network is "dino" or "poem".
STORE/NETWORK/active.json lists the versions that were chosen, the one that is served last; while
it is missing or empty, the shipped one is served.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from engine.errors import ModelDamagedError, ModelNotFoundError
from engine.files import replace_file
from engine.version import Card, NamesModel, read_card, read_version

if TYPE_CHECKING:
    from engine.poem_version import PoemModel

Network = Literal["dino", "poem"]

NETWORKS: tuple[Network, ...] = ("dino", "poem")


class Store:
    """The versions under a folder of one's own, and the shipped ones, which are only read.

    Args:
        root: folder of one's own versions; made when something is first written.
        shipped: folder of the versions that come with the program.
    """

    def __init__(self, root: Path, shipped: Path) -> None:
        self._root = root
        self._shipped = shipped

    def folder_of(self, network: Network) -> Path:
        """Return where one's own versions of a network are."""
        return self._root / network

    def versions(self, network: Network = "dino") -> list[Card]:
        """Return the cards of all versions, oldest first; a version without a card is left out."""
        cards: list[Card] = []
        for folder in self._folders(network):
            try:
                cards.append(read_card(folder))
            except ModelDamagedError:
                continue
        return sorted(cards, key=lambda card: (card.created, card.id))

    def active(self, network: Network = "dino") -> str:
        """Return the version that is served: the one chosen last, else the newest shipped one.

        Raises:
            ModelNotFoundError: there is no version at all.
            ModelDamagedError: the choice cannot be read.
        """
        chosen = self._chosen(network)
        if chosen:
            return chosen[-1]
        shipped = sorted(card.parent.name for card in (self._shipped / network).glob("*/card.json"))
        if not shipped:
            raise ModelNotFoundError("shipped")
        return shipped[-1]

    def load(self, version: str | None = None) -> NamesModel:
        """Load a version of the names network, or the active one, and verify it.

        Raises:
            ModelNotFoundError: there is no such version.
            ModelDamagedError: a file of it is missing, altered or unreadable.
        """
        return read_version(self._find("dino", version))

    def load_poem(self, version: str | None = None) -> PoemModel:
        """Load a version of the poem network, or the active one, and verify it; loads TensorFlow.

        Raises:
            ModelNotFoundError: there is no such version.
            ModelDamagedError: a file of it is missing, altered or unreadable.
        """
        folder = self._find("poem", version)
        from engine.poem_version import read_poem_version

        return read_poem_version(folder)

    def network_of(self, version: str) -> Network:
        """Return the network that a version is of.

        Raises:
            ModelNotFoundError: there is no such version.
        """
        for network in NETWORKS:
            if any(folder.name == version for folder in self._folders(network)):
                return network
        raise ModelNotFoundError(version)

    def activate(self, version: str) -> None:
        """Serve a version of its network from now on, after loading it once.

        Raises:
            ModelNotFoundError: there is no such version.
            ModelDamagedError: it cannot be served.
            OSError: the choice could not be written.
        """
        network = self.network_of(version)
        self._try_out(network, version)
        past = [chosen for chosen in self._chosen(network) if chosen != version]
        self._choose(network, [*past, version])

    def roll_back(self, network: Network = "dino") -> str:
        """Serve the version that was served before the active one, and return its id.

        Raises:
            ModelNotFoundError: none was served before, or it is gone.
            ModelDamagedError: it cannot be served.
            OSError: the choice could not be written.
        """
        chosen = self._chosen(network)
        if not chosen:
            raise ModelNotFoundError("before the shipped one")
        earlier = chosen[:-1]
        if earlier:
            self._try_out(network, earlier[-1])
        self._choose(network, earlier)
        return self.active(network)

    def _try_out(self, network: Network, version: str) -> None:
        if network == "poem":
            self.load_poem(version)
        else:
            self.load(version)

    def _find(self, network: Network, version: str | None) -> Path:
        wanted = version or self.active(network)
        for folder in self._folders(network):
            if folder.name == wanted:
                return folder
        raise ModelNotFoundError(wanted)

    def _folders(self, network: Network) -> list[Path]:
        places = (self._shipped / network, self.folder_of(network))
        cards = [card for place in places for card in place.glob("*/card.json")]
        # A name with a dot in front is a version that is still being written.
        return [card.parent for card in cards if not card.parent.name.startswith(".")]

    def _chosen(self, network: Network) -> list[str]:
        folder = self.folder_of(network)
        try:
            chosen = json.loads((folder / "active.json").read_text("utf-8"))
        except FileNotFoundError:
            return []
        except (OSError, ValueError) as error:
            raise ModelDamagedError(folder, "its active.json cannot be read") from error
        return [str(version) for version in chosen]

    def _choose(self, network: Network, chosen: list[str]) -> None:
        folder = self.folder_of(network)
        folder.mkdir(parents=True, exist_ok=True)
        replace_file(folder / "active.json", (json.dumps(chosen) + "\n").encode())
