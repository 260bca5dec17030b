"""The order in which guilds were served, over restarts and damage."""

from pathlib import Path

import pytest

from engine.jobs.served_guilds import MAX_GUILDS, ServedGuilds


def ranked(served: ServedGuilds, *guilds: int | None) -> list[int | None]:
    return sorted(guilds, key=served.rank)


def test_the_latest_is_last_for_every_process(tmp_path: Path) -> None:
    first, second = (ServedGuilds(tmp_path / ".served.json") for _ in range(2))
    for served, guild in ((first, 1), (second, 2), (first, None), (second, 1)):
        served.add(guild)
    first.load()

    for served in (first, second):
        assert ranked(served, 1, None, 2, 3) == [3, 2, None, 1]


def test_a_guild_is_forgotten(tmp_path: Path) -> None:
    served = ServedGuilds(tmp_path / ".served.json")
    for guild in (123_456_789, 2):
        served.add(guild)

    served.forget(123_456_789)

    assert served.rank(123_456_789) < served.rank(2)
    assert "123456789" not in (tmp_path / ".served.json").read_text()


def test_no_more_guilds_are_kept_than_the_limit(tmp_path: Path) -> None:
    path = tmp_path / ".served.json"
    path.write_text(str(list(range(MAX_GUILDS))))
    served = ServedGuilds(path)

    served.add(-5)

    assert served.rank(0) == -1
    assert served.rank(1) == 0
    assert served.rank(-5) == MAX_GUILDS - 1


@pytest.mark.parametrize("content", [b"", b"null", b"[1", b'["a"]', b"\xff"])
def test_a_damaged_file_is_replaced(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / ".served.json"
    path.write_bytes(content)
    served = ServedGuilds(path)
    served.load()
    assert served.rank(1) == -1

    served.add(1)

    assert path.read_bytes() == b"[1]"
