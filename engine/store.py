"""The versions of the names network: listed, loaded, activated, rolled back.

STORE/dino/ID is a version and is never changed. STORE/dino/active.json lists the versions that
were chosen, the one that is served last; while it is missing or empty, the shipped one is served.
"""

from __future__ import annotations

import json
from pathlib import Path

from engine.errors import ModelDamagedError, ModelNotFoundError
from engine.files import replace_file
from engine.version import Card, NamesModel, read_card, read_version

NETWORK = "dino"


class Store:
    """The versions under a folder of one's own, and the shipped ones, which are only read.

    Args:
        root: folder of one's own versions; made when something is first written.
        shipped: folder of the versions that come with the program.
    """

    def __init__(self, root: Path, shipped: Path) -> None:
        self.folder = root / NETWORK
        self._shipped = shipped / NETWORK

    def versions(self) -> list[Card]:
        """Return the cards of all versions, oldest first; a version without a card is left out."""
        cards: list[Card] = []
        for folder in self._folders():
            try:
                cards.append(read_card(folder))
            except ModelDamagedError:
                continue
        return sorted(cards, key=lambda card: (card.created, card.id))

    def active(self) -> str:
        """Return the version that is served: the one chosen last, else the newest shipped one.

        Raises:
            ModelNotFoundError: there is no version at all.
            ModelDamagedError: the choice cannot be read.
        """
        chosen = self._chosen()
        if chosen:
            return chosen[-1]
        shipped = sorted(path.parent.name for path in self._shipped.glob("*/card.json"))
        if not shipped:
            raise ModelNotFoundError("shipped")
        return shipped[-1]

    def load(self, version: str | None = None) -> NamesModel:
        """Load a version, or the active one, and verify it.

        Raises:
            ModelNotFoundError: there is no such version.
            ModelDamagedError: a file of it is missing, altered or unreadable.
        """
        wanted = version or self.active()
        for folder in self._folders():
            if folder.name == wanted:
                return read_version(folder)
        raise ModelNotFoundError(wanted)

    def activate(self, version: str) -> None:
        """Serve a version from now on, after loading it once.

        Raises:
            ModelNotFoundError: there is no such version.
            ModelDamagedError: it cannot be served.
            OSError: the choice could not be written.
        """
        self.load(version)
        self._choose([past for past in self._chosen() if past != version] + [version])

    def roll_back(self) -> str:
        """Serve the version that was served before the active one, and return its id.

        Raises:
            ModelNotFoundError: none was served before, or it is gone.
            ModelDamagedError: it cannot be served.
            OSError: the choice could not be written.
        """
        chosen = self._chosen()
        if not chosen:
            raise ModelNotFoundError("before the shipped one")
        earlier = chosen[:-1]
        if earlier:
            self.load(earlier[-1])
        self._choose(earlier)
        return self.active()

    def _folders(self) -> list[Path]:
        cards = [*self._shipped.glob("*/card.json"), *self.folder.glob("*/card.json")]
        # A name with a dot in front is a version that is still being written.
        return [card.parent for card in cards if not card.parent.name.startswith(".")]

    def _chosen(self) -> list[str]:
        try:
            chosen = json.loads((self.folder / "active.json").read_text("utf-8"))
        except FileNotFoundError:
            return []
        except (OSError, ValueError) as error:
            raise ModelDamagedError(self.folder, "its active.json cannot be read") from error
        return [str(version) for version in chosen]

    def _choose(self, chosen: list[str]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        replace_file(self.folder / "active.json", (json.dumps(chosen) + "\n").encode())
