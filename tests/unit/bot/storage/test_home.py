"""Which processes may use a home folder at the same time."""

import stat
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from bot.storage import home
from bot.storage.home import HomeInUseError, HomeUser, guarded, used_by, users_of

ALL = HomeUser("bot", 1)
TERMINAL = HomeUser("terminal", 2)

HOLD = """
import sys
from pathlib import Path
from bot.storage.home import HomeUser, used_by
with used_by(Path(sys.argv[1]), HomeUser("bot", 77)):
    print("held", flush=True)
    sys.stdin.read()
"""


def shards(count: int, *ids: int) -> HomeUser:
    return HomeUser("bot", 3, count, ids)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (ALL, ALL),
        (ALL, shards(8, 1)),
        (shards(8, 0, 1), HomeUser("bot", 4, 8)),
        (shards(8, 0, 1), shards(8, 1, 2)),
        (shards(8, 0), shards(16, 1)),
    ],
)
def test_a_second_bot_with_the_same_shards_is_refused(
    tmp_path: Path, first: HomeUser, second: HomeUser
) -> None:
    with (
        used_by(tmp_path, first),
        pytest.raises(HomeInUseError, match=f"process {first.process}"),
        used_by(tmp_path, second),
    ):
        pytest.fail("both run")

    with used_by(tmp_path, second):
        pass


@pytest.mark.parametrize(
    "together",
    [
        (shards(8, 0, 1), shards(8, 2, 3), shards(8, 4)),
        (TERMINAL, TERMINAL, ALL),
        (ALL, TERMINAL),
    ],
)
def test_others_share_a_home(tmp_path: Path, together: tuple[HomeUser, ...]) -> None:
    with ExitStack() as stack:
        for user in together:
            stack.enter_context(used_by(tmp_path, user))
        with guarded(tmp_path):
            found = list(users_of(tmp_path))

    assert sorted(map(repr, found)) == sorted(map(repr, together))


def test_a_killed_process_uses_its_home_no_more(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        cwd=Path(__file__).parents[4],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(HomeInUseError, match="process 77"), used_by(tmp_path, ALL):
            pytest.fail("both run")
        holder.kill()

    with used_by(tmp_path, ALL), guarded(tmp_path):
        assert list(users_of(tmp_path)) == [ALL]
    # What dead processes leave is swept.
    with guarded(tmp_path):
        assert list(users_of(tmp_path)) == []
    assert [path.name for path in (tmp_path / "processes").iterdir()] == [".guard.lock"]


def test_a_process_that_cannot_be_read_counts_as_a_bot(tmp_path: Path) -> None:
    with used_by(tmp_path, TERMINAL):
        (record,) = (tmp_path / "processes").glob("*.json")
        record.write_text('{"kind": "dragon", "process": 1}')

        with pytest.raises(HomeInUseError), used_by(tmp_path, shards(2, 0)):
            pytest.fail("both run")


def test_nobody_begins_during_a_restore(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home, "_GUARD_SECONDS", 0.01)

    with (
        guarded(tmp_path),
        pytest.raises(HomeInUseError, match="being restored"),
        used_by(tmp_path, ALL),
    ):
        pytest.fail("it runs")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no modes")
def test_what_an_earlier_program_left_to_others_is_tightened(tmp_path: Path) -> None:
    place = tmp_path / "home"
    version = place / "models/servers/7/dino/v"
    version.mkdir(parents=True)
    foreign = place / "of-the-host.txt"
    elsewhere = tmp_path / "elsewhere"
    ours = (place / "dinobard.sqlite3", place / "dinobard.sqlite3-wal", version / "card.json")
    for path in (*ours, foreign, elsewhere):
        path.write_text("{}")
        path.chmod(0o644)
    (place / "models/link").symlink_to(elsewhere)
    for folder in (place, place / "models", version):
        folder.chmod(0o755)

    with used_by(place, ALL):
        pass

    assert {stat.S_IMODE(path.stat().st_mode) for path in ours} == {0o600}
    for folder in (place, *(path for path in place.rglob("*") if path.is_dir())):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for path in (foreign, elsewhere):
        assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_a_home_is_made_with_all_that_is_above_it(tmp_path: Path) -> None:
    place = tmp_path / "far/away"

    with used_by(place, ALL):
        assert stat.S_IMODE(place.stat().st_mode) == 0o700
