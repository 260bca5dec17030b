"""The limit on the versions of a host: what goes first, and what never goes."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from engine import ModelRegistry
from engine.models.host_quota import prune_host, unprunable_bytes
from engine.models.names_model import NamesModel, write_version

Write = Callable[..., Path]
AGES = {"oldest": 100, "older": 200, "newer": 300, "newest": 400}


@pytest.fixture
def host(tmp_path: Path) -> ModelRegistry:
    return ModelRegistry(tmp_path / "models", tmp_path / "shipped")


@pytest.fixture
def write(host: ModelRegistry, tiny_model: NamesModel) -> Write:
    def written(version: str, guild: int | None = None, used: float = 0) -> Path:
        root = host.of_guild(guild).folder_of("dino")
        card = replace(tiny_model.card, id=version)
        write_version(root, card, tiny_model.parameters, tiny_model.vocabulary, tiny_model.known)
        os.utime(root / version, (used, used))
        return root / version

    return written


def _set_used(folder: Path) -> None:
    used = AGES[folder.name]
    os.utime(folder, (used, used))


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir())


@pytest.fixture
def size(host: ModelRegistry, write: Write) -> int:
    """Write four versions of the host and two guilds; return the size of each."""
    folders = [
        write("newest", 1, AGES["newest"]),
        write("oldest", 1, AGES["oldest"]),
        write("newer", None, AGES["newer"]),
        write("older", 2, AGES["older"]),
    ]
    (size,) = {_size(folder) - len(folder.name) for folder in folders}
    return size + 6


@pytest.mark.parametrize(
    ("count", "gone"),
    [(4, []), (3, ["oldest"]), (2, ["oldest", "older"]), (0, list(AGES))],
)
def test_the_least_recently_used_go_first(
    host: ModelRegistry, size: int, count: int, gone: list[str]
) -> None:
    assert prune_host(host, count * size) == gone

    left = {card.id for guild in (None, 1, 2) for card in host.of_guild(guild).versions()}
    assert left == AGES.keys() - set(gone)


def test_a_version_that_any_guild_serves_stays(host: ModelRegistry, size: int) -> None:
    host.of_guild(1).activate("oldest")
    # A guild may serve a version of the host.
    host.of_guild(2).activate("newer")

    assert prune_host(host, 0) == ["older", "newest"]
    assert unprunable_bytes(host) == pytest.approx(2 * size, abs=4)
    assert unprunable_bytes(host, ["unknown"]) == unprunable_bytes(host)


def test_what_is_spared_stays(host: ModelRegistry, size: int) -> None:
    assert prune_host(host, 0, ["oldest", "newer"]) == ["older", "newest"]
    assert unprunable_bytes(host, ["oldest"]) == pytest.approx(size, abs=4)


def test_shipped_versions_stay_and_do_not_count(
    tmp_path: Path, host: ModelRegistry, write: Write, tiny_model: NamesModel
) -> None:
    shipped = tmp_path / "shipped/dino"
    for version in ("first", "second"):
        card = replace(tiny_model.card, id=version)
        write_version(shipped, card, tiny_model.parameters, tiny_model.vocabulary, tiny_model.known)
    own = write("own", 1)

    assert prune_host(host, _size(own)) == []
    assert prune_host(host, 0) == ["own"]
    assert [card.id for card in host.of_guild(1).versions()] == ["first", "second"]
    assert unprunable_bytes(host) == 0


@pytest.mark.parametrize("use", ["load", "choose and leave", "choose and go back"])
def test_what_was_used_lately_stays_longer(host: ModelRegistry, size: int, use: str) -> None:
    guild = host.of_guild(1)
    match use:
        case "load":
            guild.load("oldest")
        case "choose and leave":
            guild.activate("oldest")
            _set_used(guild.folder_of("dino") / "oldest")
            guild.activate("newest")
        case _:
            guild.activate("newest")
            guild.activate("oldest")
            _set_used(guild.folder_of("dino") / "oldest")
            guild.roll_back()

    assert prune_host(host, 3 * size) == ["older"]


def test_a_version_that_cannot_be_deleted_is_passed_over(
    host: ModelRegistry, size: int, caplog: pytest.LogCaptureFixture
) -> None:
    # Where its lock should be is a folder.
    lock = host.of_guild(1).root / ".dino.lock"
    lock.unlink(missing_ok=True)
    lock.mkdir()

    assert prune_host(host, 3 * size) == ["older"]
    assert "oldest could not be pruned" in caplog.text
