import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import engine.models.version
from engine import (
    ModelDamagedError,
    ModelInheritedError,
    ModelInUseError,
    ModelNotFoundError,
    ModelRegistry,
)
from engine.models.names_model import NamesModel, read_version, write_version
from engine.models.registry import Quota
from engine.models.version import ModelCard, lock_of, verify


def _write(root: Path, model: NamesModel, version: str) -> Path:
    card = replace(model.card, id=version, created=f"{version[:10]}T00:00:00+00:00")
    write_version(root / "dino", card, model.parameters, model.vocabulary, model.known)
    return root / "dino" / version


@pytest.fixture
def registry(tmp_path: Path, tiny_model: NamesModel) -> ModelRegistry:
    _write(tmp_path / "shipped", tiny_model, "2026-01-01-shipped")
    for version in ("2026-01-02-first", "2026-01-03-second"):
        _write(tmp_path / "own", tiny_model, version)
    return ModelRegistry(tmp_path / "own", tmp_path / "shipped")


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
    tmp_path: Path, tiny_model: NamesModel, card: ModelCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[Path] = []

    def fail_at_the_third(path: Path, content: bytes) -> None:
        written.append(path)
        if len(written) == 3:
            raise OSError(28, "No space left on device")
        path.write_bytes(content)

    monkeypatch.setattr(engine.models.version, "replace_file", fail_at_the_third)

    with pytest.raises(OSError, match="No space left"):
        write_version(
            tmp_path / "dino", card, tiny_model.parameters, tiny_model.vocabulary, ["rex"]
        )
    assert list((tmp_path / "dino").iterdir()) == []


def test_own_versions_are_listed_oldest_first_before_the_inherited_ones(
    registry: ModelRegistry,
) -> None:
    assert [card.id for card in registry.versions()] == [
        "2026-01-02-first",
        "2026-01-03-second",
        "2026-01-01-shipped",
    ]


def test_the_shipped_version_serves_until_another_is_chosen(registry: ModelRegistry) -> None:
    assert registry.load().card.id == "2026-01-01-shipped"

    registry.activate("2026-01-02-first")

    assert registry.load().card.id == "2026-01-02-first"


def test_rolling_back_goes_through_the_choices_to_the_shipped_one(registry: ModelRegistry) -> None:
    registry.activate("2026-01-02-first")
    registry.activate("2026-01-03-second")

    assert registry.roll_back() == "2026-01-02-first"
    assert registry.roll_back() == "2026-01-01-shipped"
    with pytest.raises(ModelNotFoundError):
        registry.roll_back()


def test_an_unknown_version_is_not_chosen(registry: ModelRegistry) -> None:
    with pytest.raises(ModelNotFoundError, match="no model 'nothing'"):
        registry.activate("nothing")
    assert registry.active() == "2026-01-01-shipped"


def test_a_damaged_version_is_not_chosen(registry: ModelRegistry) -> None:
    (registry.folder_of("dino") / "2026-01-02-first/weights.npz").write_bytes(b"")

    with pytest.raises(ModelDamagedError):
        registry.activate("2026-01-02-first")
    assert registry.active() == "2026-01-01-shipped"


def test_a_half_written_version_is_not_listed(registry: ModelRegistry) -> None:
    folder = registry.folder_of("dino") / ".writing"
    folder.mkdir()
    (folder / "card.json").write_bytes(
        (registry.folder_of("dino") / "2026-01-02-first/card.json").read_bytes()
    )

    assert len(registry.versions()) == 3


def test_an_empty_store_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFoundError):
        ModelRegistry(tmp_path, tmp_path).load()


def _guild_version(registry: ModelRegistry, guild: int, model: NamesModel, version: str) -> Path:
    return _write(registry.of_guild(guild).root, model, version)


def test_a_guild_serves_what_the_host_serves_until_it_chooses(
    registry: ModelRegistry, tiny_model: NamesModel
) -> None:
    _guild_version(registry, 7, tiny_model, "2026-02-01-guild")
    guild = registry.of_guild(7)

    assert guild.active() == "2026-01-01-shipped"
    registry.activate("2026-01-02-first")
    assert guild.active() == "2026-01-02-first"
    guild.activate("2026-02-01-guild")
    assert guild.active() == "2026-02-01-guild"
    assert guild.load().card.id == "2026-02-01-guild"
    assert registry.active() == registry.of_guild(8).active() == "2026-01-02-first"
    assert guild.roll_back() == "2026-01-02-first"


def test_a_guild_sees_its_own_versions_and_the_hosts_alone(
    registry: ModelRegistry, tiny_model: NamesModel
) -> None:
    _guild_version(registry, 7, tiny_model, "2026-02-01-guild")
    _guild_version(registry, 8, tiny_model, "2026-02-02-other")

    assert [card.id for card in registry.of_guild(7).versions()] == [
        "2026-02-01-guild",
        "2026-01-02-first",
        "2026-01-03-second",
        "2026-01-01-shipped",
    ]
    assert registry.of_guild(7).is_own("2026-02-01-guild")
    assert not registry.of_guild(7).is_own("2026-01-02-first")
    with pytest.raises(ModelNotFoundError):
        registry.of_guild(7).activate("2026-02-02-other")
    assert registry.of_guild(7).of_guild(None).versions() == registry.versions()


def test_a_version_is_deleted_for_good(registry: ModelRegistry) -> None:
    registry.activate("2026-01-02-first")
    registry.activate("2026-01-03-second")

    registry.delete("2026-01-02-first")

    assert "2026-01-02-first" not in [card.id for card in registry.versions()]
    assert registry.roll_back() == "2026-01-01-shipped"
    assert [path.name for path in registry.folder_of("dino").iterdir()].count(
        "2026-01-02-first"
    ) == 0
    assert not list(registry.folder_of("dino").glob(".*"))


def test_a_version_that_is_served_is_not_deleted(registry: ModelRegistry) -> None:
    registry.activate("2026-01-02-first")

    with pytest.raises(ModelInUseError, match="Use another version first"):
        registry.delete("2026-01-02-first")
    assert registry.load().card.id == "2026-01-02-first"


@pytest.mark.parametrize("version", ["2026-01-01-shipped", "2026-01-02-first"])
def test_an_inherited_version_is_not_deleted(registry: ModelRegistry, version: str) -> None:
    with pytest.raises(ModelInheritedError):
        registry.of_guild(7).delete(version)
    assert registry.load(version)


def test_the_oldest_that_are_not_served_are_pruned(
    registry: ModelRegistry, tiny_model: NamesModel
) -> None:
    guild = registry.of_guild(7)
    made = [f"2026-02-0{n}-own" for n in range(1, 6)]
    for version in made:
        _guild_version(registry, 7, tiny_model, version)
    guild.activate(made[0])

    assert guild.prune("dino", Quota(versions=3)) == made[1:3]
    assert [c.id for c in guild.versions() if guild.is_own(c.id)] == [made[0], *made[3:]]
    assert guild.prune("dino", Quota(versions=3)) == []
    assert guild.prune("dino", Quota(size_bytes=1), spared=[made[4]]) == [made[3]]
    assert len(registry.versions()) == 3


def test_what_is_served_in_place_of_a_damaged_version(
    registry: ModelRegistry, tiny_model: NamesModel
) -> None:
    guild = registry.of_guild(7)
    for version in ("2026-02-01-own", "2026-02-02-own"):
        _guild_version(registry, 7, tiny_model, version)
        guild.activate(version)
    registry.activate("2026-01-03-second")

    assert guild.fallbacks() == ["2026-02-01-own", "2026-01-03-second", "2026-01-01-shipped"]
    guild.delete("2026-02-01-own")
    (guild.folder_of("dino") / "active.json").write_bytes(b"[")
    assert guild.fallbacks() == ["2026-01-03-second", "2026-01-01-shipped"]


def test_an_unreadable_choice_is_mended_by_the_next(registry: ModelRegistry) -> None:
    registry.activate("2026-01-02-first")
    (registry.folder_of("dino") / "active.json").write_bytes(b"{}")

    with pytest.raises(ModelDamagedError):
        registry.active()
    registry.activate("2026-01-03-second")
    assert registry.active() == "2026-01-03-second"


def test_a_guild_is_forgotten_whole_and_alone(
    tmp_path: Path, registry: ModelRegistry, tiny_model: NamesModel
) -> None:
    for guild in (7, 8):
        _guild_version(registry, guild, tiny_model, "2026-02-01-guild")
        registry.of_guild(guild).activate("2026-02-01-guild")

    registry.of_guild(7).forget()
    registry.of_guild(9).forget()

    assert registry.of_guild(7).active() == "2026-01-01-shipped"
    assert [path.name for path in (tmp_path / "own/servers").iterdir()] == ["8"]
    assert registry.of_guild(8).active() == "2026-02-01-guild"
    with pytest.raises(ValueError, match="host"):
        registry.forget()


def test_what_killed_writers_left_is_swept_but_not_under_a_writer(
    registry: ModelRegistry, tiny_model: NamesModel
) -> None:
    _guild_version(registry, 7, tiny_model, "2026-02-01-guild")
    left = [root / ".left.tmp" for root in (registry.folder_of("dino"),)]
    left.append(registry.of_guild(7).folder_of("dino") / ".left.tmp")
    left.append(registry.root / "servers/.left.tmp")
    for folder in left:
        folder.mkdir()
        (folder / "weights.npz").write_bytes(b"half")

    half_written = registry.root / "..changed.abcdef"
    half_written.touch()
    changed = registry.last_change()

    with lock_of(registry.folder_of("dino")):
        registry.sweep()
    assert not half_written.exists()
    assert registry.last_change() == changed
    assert [folder.exists() for folder in left] == [True, False, False]
    registry.sweep()
    assert not left[0].exists()
    assert len(registry.of_guild(7).versions()) == 4


def test_an_uploaded_text_that_was_altered_is_noticed(
    tmp_path: Path, tiny_model: NamesModel, card: ModelCard
) -> None:
    parts = (tiny_model.parameters, tiny_model.vocabulary, tiny_model.known)
    write_version(tmp_path / "dino", card, *parts, b"rex\n")
    verify(tmp_path / "dino" / card.id)

    (tmp_path / "dino" / card.id / "corpus.txt").write_bytes(b"mia\n")

    with pytest.raises(ModelDamagedError, match=r"corpus\.txt"):
        verify(tmp_path / "dino" / card.id)
