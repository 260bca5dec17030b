import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import engine.version
from engine import ModelDamagedError, ModelNotFoundError, Store
from engine.version import Card, NamesModel, read_version, write_version


def _write(root: Path, model: NamesModel, version: str) -> Path:
    card = replace(model.card, id=version, created=f"{version[:10]}T00:00:00+00:00")
    write_version(root / "dino", card, model.parameters, model.vocabulary, model.known)
    return root / "dino" / version


@pytest.fixture
def store(tmp_path: Path, tiny_model: NamesModel) -> Store:
    _write(tmp_path / "shipped", tiny_model, "2026-01-01-shipped")
    for version in ("2026-01-02-first", "2026-01-03-second"):
        _write(tmp_path / "own", tiny_model, version)
    return Store(tmp_path / "own", tmp_path / "shipped")


def test_a_version_is_read_as_it_was_written(tmp_path: Path, tiny_model: NamesModel) -> None:
    model = read_version(_write(tmp_path, tiny_model, "2026-01-02-first"))

    assert model.vocabulary == tiny_model.vocabulary
    assert model.known == tiny_model.known
    for name, array in tiny_model.parameters.arrays().items():
        assert (model.parameters.arrays()[name] == array).all()


@pytest.mark.parametrize("name", ["weights.npz", "vocabulary.json", "names.txt", "card.json"])
@pytest.mark.parametrize("harm", ["remove", "truncate", "alter"])
def test_a_damaged_version_is_refused(
    tmp_path: Path, tiny_model: NamesModel, name: str, harm: str
) -> None:
    folder = _write(tmp_path, tiny_model, "2026-01-02-first")
    content = (folder / name).read_bytes()
    if harm == "remove":
        (folder / name).unlink()
    elif harm == "truncate":
        (folder / name).write_bytes(content[: len(content) // 2])
    else:
        (folder / name).write_bytes(b"#" + content[1:])

    with pytest.raises(ModelDamagedError):
        read_version(folder)


class _Pickled:
    def __reduce__(self) -> tuple[object, tuple[str, int]]:
        return os.mkdir, ("pickle-was-run", 0o700)


def test_pickled_weights_are_refused_without_being_run(
    tmp_path: Path, tiny_model: NamesModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = _write(tmp_path, tiny_model, "2026-01-02-first")
    arrays = tiny_model.parameters.arrays() | {"b_y": np.array([_Pickled()], dtype=object)}
    np.savez(folder / "weights.npz", **arrays)  # pyright: ignore[reportArgumentType]
    _restore_checksum(folder, "weights.npz")
    monkeypatch.chdir(tmp_path)

    with pytest.raises(ModelDamagedError):
        read_version(folder)
    assert not Path("pickle-was-run").exists()


def test_weights_of_other_shapes_are_refused(tmp_path: Path, tiny_model: NamesModel) -> None:
    folder = _write(tmp_path, tiny_model, "2026-01-02-first")
    arrays = tiny_model.parameters.arrays() | {"b_y": np.zeros((2, 1, 26))}
    np.savez(folder / "weights.npz", **arrays)  # pyright: ignore[reportArgumentType]
    _restore_checksum(folder, "weights.npz")

    with pytest.raises(ModelDamagedError):
        read_version(folder)


def _restore_checksum(folder: Path, name: str) -> None:
    import hashlib

    card = json.loads((folder / "card.json").read_text())
    card["checksums"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / "card.json").write_text(json.dumps(card))


def test_a_version_that_cannot_be_written_leaves_nothing_behind(
    tmp_path: Path, tiny_model: NamesModel, card: Card, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[Path] = []

    def fail_at_the_third(path: Path, content: bytes) -> None:
        written.append(path)
        if len(written) == 3:
            raise OSError(28, "No space left on device")
        path.write_bytes(content)

    monkeypatch.setattr(engine.version, "replace_file", fail_at_the_third)

    with pytest.raises(OSError, match="No space left"):
        write_version(
            tmp_path / "dino", card, tiny_model.parameters, tiny_model.vocabulary, ["rex"]
        )
    assert list((tmp_path / "dino").iterdir()) == []


def test_own_versions_are_listed_oldest_first_before_the_inherited_ones(store: Store) -> None:
    assert [card.id for card in store.versions()] == [
        "2026-01-02-first",
        "2026-01-03-second",
        "2026-01-01-shipped",
    ]


def test_the_shipped_version_serves_until_another_is_chosen(store: Store) -> None:
    assert store.load().card.id == "2026-01-01-shipped"

    store.activate("2026-01-02-first")

    assert store.load().card.id == "2026-01-02-first"


def test_rolling_back_goes_through_the_choices_to_the_shipped_one(store: Store) -> None:
    store.activate("2026-01-02-first")
    store.activate("2026-01-03-second")

    assert store.roll_back() == "2026-01-02-first"
    assert store.roll_back() == "2026-01-01-shipped"
    with pytest.raises(ModelNotFoundError):
        store.roll_back()


def test_an_unknown_version_is_not_chosen(store: Store) -> None:
    with pytest.raises(ModelNotFoundError, match="no model 'nothing'"):
        store.activate("nothing")
    assert store.active() == "2026-01-01-shipped"


def test_a_damaged_version_is_not_chosen(store: Store) -> None:
    (store.folder_of("dino") / "2026-01-02-first/weights.npz").write_bytes(b"")

    with pytest.raises(ModelDamagedError):
        store.activate("2026-01-02-first")
    assert store.active() == "2026-01-01-shipped"


def test_a_half_written_version_is_not_listed(store: Store) -> None:
    folder = store.folder_of("dino") / ".writing"
    folder.mkdir()
    (folder / "card.json").write_bytes(
        (store.folder_of("dino") / "2026-01-02-first/card.json").read_bytes()
    )

    assert len(store.versions()) == 3


def test_an_empty_store_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFoundError):
        Store(tmp_path, tmp_path).load()
