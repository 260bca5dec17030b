"""What the machine has, and what is said where that is too little."""

from pathlib import Path

import psutil
import pytest

from bot.observability import resources


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "own"
    path.write_text("12:cpu:/elsewhere\n0::/system.slice/dinobard.service\n")
    return path


def limit(folder: Path, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "memory.max").write_text(text)


def test_a_machine_with_enough_is_not_talked_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "MIN_MEMORY_BYTES", 1)
    monkeypatch.setattr(resources, "MIN_DISK_BYTES", 1)

    assert resources.shortage(tmp_path) is None


def test_what_is_lacking_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "MIN_MEMORY_BYTES", 2**62)
    monkeypatch.setattr(resources, "MIN_DISK_BYTES", 1)
    assert "GB of memory free" in str(memory := resources.shortage(tmp_path))
    assert "disk" not in str(memory)

    monkeypatch.setattr(resources, "MIN_DISK_BYTES", 2**62)
    both = str(resources.shortage(tmp_path))
    assert "GB of memory free" in both
    assert "GB of disk free" in both
    assert "\n" not in both


def test_the_limits_of_a_container_count(tmp_path: Path, own: Path) -> None:
    cgroups = tmp_path / "cgroups"
    limit(cgroups, "max\n")
    limit(cgroups / "system.slice", "2000000\n")
    limit(cgroups / "system.slice/dinobard.service", "3000000\n")
    # The limits of others do not.
    limit(cgroups / "elsewhere", "1000\n")
    limit(tmp_path, "1000\n")

    assert resources.free_memory(cgroups, own) == 2_000_000


def test_without_limits_the_memory_of_the_machine_counts(tmp_path: Path, own: Path) -> None:
    limit(tmp_path / "system.slice/dinobard.service", "max\n")
    for known in (own, tmp_path / "nothing"):
        free = resources.free_memory(tmp_path, known)
        assert 0 < free <= psutil.virtual_memory().total
