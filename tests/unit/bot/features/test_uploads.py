"""Which versions of a server have learned from what was uploaded."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.features.training import delete_uploads
from engine import ModelRegistry
from engine.models.names_model import NamesModel, write_version
from engine.models.registry import Quota
from engine.models.version import UPLOADS

SERVER = 5


@pytest.fixture
def registry(tmp_path: Path, tiny_model: NamesModel) -> ModelRegistry:
    """A server's store: its host serves "host"."""
    add(
        ModelRegistry(tmp_path / "own", tmp_path / "shipped"),
        tmp_path / "shipped",
        tiny_model,
        "host",
    )
    return ModelRegistry(tmp_path / "own", tmp_path / "shipped").of_guild(SERVER)


def add(
    registry: ModelRegistry,
    root: Path,
    model: NamesModel,
    version: str,
    upload: bytes | None = None,
    start: str | None = None,
    *,
    is_marked: bool = False,
) -> None:
    settings = ({"from": start} if start else {}) | ({UPLOADS: True} if is_marked else {})
    created = f"2026-01-01T00:00:{len(registry.versions()):02}+00:00"
    card = replace(model.card, id=version, settings=settings, created=created)
    write_version(root / "dino", card, model.parameters, model.vocabulary, model.known, upload)


def _deleted(registry: ModelRegistry) -> list[tuple[str, str]]:
    deleted: list[tuple[str, str]] = []
    delete_uploads(registry, deleted)
    return deleted


class FullDisk(ModelRegistry):
    """A registry whose disk fails at the second deletion."""

    deletions = 0

    def delete(self, version: str) -> None:
        self.deletions += 1
        if self.deletions == 2:
            raise OSError("no space left")
        super().delete(version)


def test_what_was_deleted_before_the_disk_failed_is_told(
    registry: ModelRegistry, tiny_model: NamesModel
) -> None:
    add(registry, registry.root, tiny_model, "uploaded", upload=b"secret")
    add(registry, registry.root, tiny_model, "tuned", start="uploaded", is_marked=True)
    failing = FullDisk(registry.root, registry.shipped)
    deleted: list[tuple[str, str]] = []

    with pytest.raises(OSError, match="no space"):
        delete_uploads(failing, deleted)

    assert deleted == [("dino", "uploaded")]
    # Asked again, the rest goes.
    assert _deleted(failing) == [("dino", "tuned")]


def test_versions_made_of_uploads_go_and_others_stay(
    registry: ModelRegistry, tiny_model: NamesModel
) -> None:
    add(registry, registry.root, tiny_model, "usual")
    add(registry, registry.root, tiny_model, "uploaded", upload=b"secret")
    add(registry, registry.root, tiny_model, "tuned", start="uploaded")
    registry.activate("usual")
    registry.activate("tuned")

    deleted = _deleted(registry)

    assert deleted == [("dino", "uploaded"), ("dino", "tuned")]
    assert [card.id for card in registry.versions()] == ["usual", "host"]
    assert registry.active() == "usual"


def test_what_was_made_of_a_version_that_is_gone_goes_too(
    registry: ModelRegistry, tiny_model: NamesModel
) -> None:
    add(registry, registry.root, tiny_model, "0", upload=b"secret", is_marked=True)
    for n in range(1, 11):
        add(registry, registry.root, tiny_model, str(n), start=str(n - 1), is_marked=True)
    registry.activate("10")
    assert registry.prune("dino", Quota(versions=10)) == ["0"]

    deleted = _deleted(registry)

    assert deleted == [("dino", str(n)) for n in range(1, 11)]
    assert [card.id for card in registry.versions()] == ["host"]
    assert registry.active() == "host"


def test_the_host_answers_where_nothing_else_is_left(
    registry: ModelRegistry, tiny_model: NamesModel
) -> None:
    add(registry, registry.root, tiny_model, "uploaded", upload=b"secret")
    registry.activate("uploaded")

    _deleted(registry)

    assert registry.active() == "host"
    assert not [path for path in registry.root.rglob("*") if path.name == "corpus.txt"]


def test_a_damaged_version_does_not_stop_it(
    registry: ModelRegistry, tiny_model: NamesModel
) -> None:
    add(registry, registry.root, tiny_model, "usual")
    add(registry, registry.root, tiny_model, "uploaded", upload=b"secret")
    registry.activate("usual")
    registry.activate("uploaded")
    (registry.root / "dino" / "usual" / "weights.npz").write_bytes(b"")

    _deleted(registry)

    assert registry.active() == "host"
    assert "uploaded" not in [card.id for card in registry.versions()]
