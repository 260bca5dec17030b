"""Backups: what is in them, what is refused, and what an interrupted restore leaves."""

import hashlib
import io
import json
import shutil
import sqlite3
import stat
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.storage import archive as archive_module
from bot.storage.archive import BackupError
from bot.storage.backup import back_up, restore
from bot.storage.database import Database
from bot.storage.home import HomeInUseError, HomeUser, used_by
from bot.storage.training_log import TrainingLog
from engine import ModelRegistry
from engine.models.names_model import NamesModel, write_version
from engine.models.version import remove_folder
from tests.unit.bot.storage.test_training_log import ENTRY

GUILD = 2**63 - 1
HOST_VERSION, GUILD_VERSION = "2026-01-02-host0000", "2026-01-03-guild000"
CHECKOUT = Path(__file__).parents[4]

KILLED = """
import os, sys
from pathlib import Path
left = int(sys.argv[3])
def watch(event, arguments):
    global left
    if event in ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "shutil.rmtree"):
        left -= 1
        if left < 0:
            os._exit(9)
from bot.storage.backup import restore
with open(sys.argv[2], "rb") as archive:
    sys.addaudithook(watch)
    restore(Path(sys.argv[1]), archive)
"""


class Home:
    """A home folder in use: a database with one setting, versions of the host and of a guild."""

    def __init__(self, path: Path, model: NamesModel) -> None:
        self.path = path
        self.model = model
        self.registry = ModelRegistry(path / "models", path.parent / "shipped")
        self.guild = self.registry.of_guild(GUILD)

    def add_version(self, registry: ModelRegistry, version: str) -> Path:
        folder = registry.folder_of("dino")
        card = replace(self.model.card, id=version, created=f"{version[:10]}T00:00:00+00:00")
        known = self.model.known
        write_version(folder, card, self.model.parameters, self.model.vocabulary, known)
        registry.activate(version)
        return folder / version

    def value(self) -> object:
        with closing(sqlite3.connect(self.path / "dinobard.sqlite3")) as connection:
            return connection.execute("SELECT value FROM bones").fetchone()[0]

    def write(self, value: int) -> None:
        with closing(sqlite3.connect(self.path / "dinobard.sqlite3")) as connection, connection:
            connection.execute("UPDATE bones SET value = ?", (value,))

    def back_up(self) -> bytes:
        out = io.BytesIO()
        back_up(self.path, self.registry, out, self.path)
        return out.getvalue()


def tree(home: Path) -> dict[str, str]:
    """Return the files of a home with their hashes, without those by which processes talk."""
    return {
        str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in home.rglob("*")
        if path.is_file()
        and "processes" not in path.parts
        and not path.name.endswith((".lock", ".changed"))
    }


@pytest.fixture
def model(tiny_model: NamesModel) -> NamesModel:
    return tiny_model


@pytest.fixture
async def home(tmp_path: Path, model: NamesModel) -> Home:
    (tmp_path / "home").mkdir()
    home = Home(tmp_path / "home", model)
    async with Database(home.path / "dinobard.sqlite3") as database:
        await database.write("CREATE TABLE bones (value INTEGER)")
        await database.write("INSERT INTO bones VALUES (1)")
    home.add_version(home.registry, HOST_VERSION)
    home.add_version(home.guild, GUILD_VERSION)
    return home


@pytest.fixture
def other(tmp_path: Path, model: NamesModel) -> Home:
    return Home(tmp_path / "other", model)


def members(content: bytes) -> list[str]:
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        return archive.getnames()


def test_what_was_backed_up_is_restored_for_its_owner_alone(home: Home, other: Home) -> None:
    count = restore(other.path, io.BytesIO(home.back_up()))

    assert other.value() == 1
    assert other.registry.active() == HOST_VERSION
    assert other.guild.active() == GUILD_VERSION
    assert other.guild.load(GUILD_VERSION).card.id == GUILD_VERSION
    assert {name for name in tree(other.path) if name.startswith("models/")} == {
        name for name in tree(home.path) if name.startswith("models/")
    }
    assert count == len(tree(other.path))
    for path in (other.path / "dinobard.sqlite3", *(other.path / "models").rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


async def test_a_database_is_copied_while_it_is_written(home: Home, other: Home) -> None:
    async with (
        Database(home.path / "dinobard.sqlite3") as database,
        database.transaction() as connection,
    ):
        await connection.execute("UPDATE bones SET value = 3")
        content = home.back_up()

    restore(other.path, io.BytesIO(content))
    assert (home.value(), other.value()) == (3, 1)


def test_a_stale_log_never_wins_over_a_restored_database(home: Home, other: Home) -> None:
    content = home.back_up()
    other.path.mkdir()
    with closing(sqlite3.connect(home.path / "dinobard.sqlite3")) as connection:
        with connection:
            connection.execute("UPDATE bones SET value = 2")
        # As a kill leaves it: the change is in the log alone.
        for name in ("dinobard.sqlite3", "dinobard.sqlite3-wal", "dinobard.sqlite3-shm"):
            shutil.copy(home.path / name, other.path / name)

    restore(other.path, io.BytesIO(content))

    assert other.value() == 1
    assert home.value() == 2
    assert sorted(path.name for path in other.path.iterdir()) == [
        "dinobard.sqlite3",
        "models",
        "processes",
    ]


def test_what_is_not_in_the_backup_is_gone_and_the_rest_of_the_home_stays(home: Home) -> None:
    content = home.back_up()
    home.add_version(home.registry, "2026-02-02-later000")
    home.write(5)
    (home.path / "trainings").mkdir()

    restore(home.path, io.BytesIO(content))

    assert home.value() == 1
    assert home.registry.active() == HOST_VERSION
    assert [card.id for card in home.registry.versions()] == [HOST_VERSION]
    assert (home.path / "trainings").is_dir()


@pytest.mark.parametrize("user", [HomeUser("bot", 5, 8, (3,)), HomeUser("terminal", 5)])
def test_nothing_is_restored_under_a_process(home: Home, user: HomeUser) -> None:
    content, before = home.back_up(), tree(home.path)

    with used_by(home.path, user), pytest.raises(HomeInUseError, match="Process 5"):
        restore(home.path, io.BytesIO(content))

    assert tree(home.path) == before


async def test_a_training_that_is_gone_is_not_shown_as_running(home: Home, other: Home) -> None:
    async with Database(home.path / "dinobard.sqlite3") as database:
        for name in ("gone", "there"):
            await TrainingLog(database).write(replace(ENTRY, id=name))
    (other.path / "trainings/there").mkdir(parents=True)

    restore(other.path, io.BytesIO(home.back_up()))

    async with Database(other.path / "dinobard.sqlite3") as database:
        results = {entry.id: entry.result for entry in await TrainingLog(database).of_guild(1)}
    assert results == {"gone": "cancelled", "there": "running"}


def test_a_damaged_version_is_named_and_left_out(home: Home, other: Home) -> None:
    broken = home.add_version(home.registry, "2026-01-04-broken00")
    weights = broken / "weights.npz"
    weights.write_bytes(weights.read_bytes()[:-1])
    out = io.BytesIO()

    summary = back_up(home.path, home.registry, out, home.path)

    (problem,) = summary.left_out
    assert "weights.npz is not as it was written" in problem
    assert summary.versions == 2
    restore(other.path, io.BytesIO(out.getvalue()))
    assert other.registry.active() == HOST_VERSION


def test_a_version_with_an_unusual_name_is_named_and_left_out(home: Home, other: Home) -> None:
    (home.registry.folder_of("dino") / HOST_VERSION).rename(home.registry.folder_of("dino") / "a b")
    out = io.BytesIO()

    summary = back_up(home.path, home.registry, out, home.path)

    (problem,) = summary.left_out
    assert "unusual name" in problem
    restore(other.path, io.BytesIO(out.getvalue()))
    assert other.guild.active() == GUILD_VERSION


class Hooked(io.BytesIO):
    """A stream that does something when a name is first written to it."""

    def __init__(self, name: str, action: Callable[[], object]) -> None:
        super().__init__()
        self._name, self._actions = name.encode(), [action]

    def write(self, content: bytes, /) -> int:  # pyright: ignore[reportIncompatibleMethodOverride] (bytes are all that it gets)
        if content.startswith(self._name) and self._actions:
            self._actions.pop()()
        return super().write(content)


def test_versions_that_are_deleted_meanwhile_are_left_out(home: Home, other: Home) -> None:
    doomed = home.add_version(home.registry, "2026-01-01-doomed00")
    last = home.add_version(home.registry, "2026-01-09-doomed00")
    home.registry.activate(HOST_VERSION)

    def delete() -> None:
        # One that is being copied, and one that was to be copied next.
        home.registry.delete(doomed.name)
        home.registry.delete(last.name)

    out = Hooked(f"models/dino/{doomed.name}/card.json", delete)
    summary = back_up(home.path, home.registry, out, home.path)

    restore(other.path, io.BytesIO(out.getvalue()))
    assert summary.left_out == []
    assert not doomed.exists()
    # What was copied is whole: it was open already.
    assert {card.id for card in other.registry.versions()} == {doomed.name, HOST_VERSION}
    assert other.registry.load(doomed.name).card.id == doomed.name
    assert other.registry.active() == HOST_VERSION


def test_a_version_that_is_made_and_activated_meanwhile_is_there(home: Home, other: Home) -> None:
    def make() -> None:
        home.add_version(home.registry, "2026-01-08-newborn0")

    out = Hooked(f"models/dino/{HOST_VERSION}/card.json", make)
    back_up(home.path, home.registry, out, home.path)

    restore(other.path, io.BytesIO(out.getvalue()))
    assert other.registry.active() == "2026-01-08-newborn0"
    assert other.registry.load().card.id == "2026-01-08-newborn0"


def test_the_data_of_a_guild_may_be_deleted_meanwhile(home: Home, other: Home) -> None:
    out = Hooked("dinobard.sqlite3", lambda: remove_folder(home.guild.root))
    back_up(home.path, home.registry, out, home.path)

    restore(other.path, io.BytesIO(out.getvalue()))
    assert other.guild.active() == HOST_VERSION


def test_an_empty_home_has_nothing_to_back_up(other: Home) -> None:
    with pytest.raises(BackupError, match="nothing"):
        other.back_up()


def test_a_damaged_database_is_not_backed_up(home: Home) -> None:
    database = home.path / "dinobard.sqlite3"
    content = bytearray(database.read_bytes())
    content[4096:] = bytes(len(content) - 4096)
    database.write_bytes(content)

    with pytest.raises(BackupError, match="cannot be copied"):
        home.back_up()


def headers(content: bytes) -> Iterator[tuple[int, tarfile.TarInfo]]:
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        for member in archive:
            yield member.offset, member


def rewritten(content: bytes, change: Callable[[tarfile.TarInfo], None], which: int = 1) -> bytes:
    """Change the header of a member."""
    offset, member = list(headers(content))[which]
    change(member)
    header = member.tobuf(tarfile.GNU_FORMAT)
    return content[:offset] + header[-512:] + content[offset + 512 :]


def named(name: str) -> Callable[[bytes], bytes]:
    def change(member: tarfile.TarInfo) -> None:
        member.name = name

    return lambda content: rewritten(content, change)


def typed(kind: bytes) -> Callable[[bytes], bytes]:
    def change(member: tarfile.TarInfo) -> None:
        member.type, member.linkname = kind, "/etc/passwd"

    return lambda content: rewritten(content, change)


def sized(size: int, which: int = 1) -> Callable[[bytes], bytes]:
    def change(member: tarfile.TarInfo) -> None:
        member.size = size

    return lambda content: rewritten(content, change, which)


def flipped(content: bytes) -> bytes:
    """Flip a bit of a file's content."""
    offset = list(headers(content))[2][0] + 512
    return content[:offset] + bytes([content[offset] ^ 1]) + content[offset + 1 :]


def twice(content: bytes) -> bytes:
    (first, _), (second, _), *_ = headers(content)
    return content[first:second] + content


def with_manifest(content: bytes, change: Callable[[dict[str, object]], None]) -> bytes:
    offset, member = list(headers(content))[-1]
    manifest = json.loads(content[offset + 512 : offset + 512 + member.size])
    change(manifest)
    body = json.dumps(manifest).encode()
    member.size = len(body)
    padding = bytes(-len(body) % 512 + 1024)
    return content[:offset] + member.tobuf(tarfile.GNU_FORMAT) + body + padding


def newer(content: bytes) -> bytes:
    return with_manifest(content, lambda manifest: manifest.update(format=2))


def forged(content: bytes) -> bytes:
    """Alter the weights of a version, and the manifest to match."""
    found = list(headers(content))
    (offset, member) = next(pair for pair in found if pair[1].name.endswith("weights.npz"))
    body = bytes([content[offset + 512] ^ 1]) + content[offset + 513 : offset + 512 + member.size]
    altered = content[: offset + 512] + body + content[offset + 512 + member.size :]

    def change(manifest: dict[str, object]) -> None:
        files = manifest["files"]
        assert isinstance(files, dict)
        files[member.name] = hashlib.sha256(body).hexdigest()

    return with_manifest(altered, change)


HARMS: dict[str, Callable[[bytes], bytes]] = {
    "above": named("../outside"),
    "above within": named("models/../../outside"),
    "above as a version": named("models/dino/../x"),
    "absolute": named("/outside"),
    "backslash": named("models\\dino\\v\\f"),
    "foreign": named("trainings/a/job.json"),
    "hidden": named("models/dino/.v/f"),
    "line end": named("models/dino/active.json\n"),
    "symbolic link": typed(tarfile.SYMTYPE),
    "hard link": typed(tarfile.LNKTYPE),
    "device": typed(tarfile.CHRTYPE),
    "folder": typed(tarfile.DIRTYPE),
    "long name": typed(tarfile.GNUTYPE_LONGNAME),
    "extended header": typed(tarfile.XHDTYPE),
    "too large": sized(archive_module.MAX_FILE_BYTES + 1),
    "larger than the disk": sized(2**62, which=0),
    "larger than it is": sized(500_000_000),
    "large list": sized(2**40, which=-1),
    "flipped bit": flipped,
    "twice": twice,
    "cut off": lambda content: content[: len(content) // 2],
    "without a list": lambda content: content[: list(headers(content))[-1][0]],
    "cut list": lambda content: content[: list(headers(content))[-1][0] + 600],
    "list of more": lambda content: with_manifest(
        content, lambda manifest: manifest.update(files={"dinobard.sqlite3": "0"})
    ),
    "list of something": lambda content: with_manifest(
        content, lambda manifest: manifest.update(files=[1])
    ),
    "newer": newer,
    "forged": forged,
    "no archive": lambda _: b"bones" * 1_000,
    "empty": lambda _: b"",
    "zeros": lambda _: bytes(10_240),
}


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS.keys())
def test_what_is_no_whole_backup_is_refused_and_changes_nothing(
    home: Home, tmp_path: Path, harm: Callable[[bytes], bytes]
) -> None:
    content = harm(home.back_up())
    home.write(9)
    before = tree(tmp_path)

    with pytest.raises(BackupError):
        restore(home.path, io.BytesIO(content))

    assert tree(tmp_path) == before
    assert not [path for path in home.path.iterdir() if path.name.startswith(".")]


def test_a_backup_that_is_cut_off_anywhere_is_refused(home: Home, tmp_path: Path) -> None:
    content = home.back_up()
    end = list(headers(content))[-1]
    whole = end[0] + 512 + end[1].size
    before = tree(tmp_path)

    for length in np.linspace(0, whole - 1, 40).astype(int):
        with pytest.raises(BackupError):
            restore(home.path, io.BytesIO(content[:length]))

    assert tree(tmp_path) == before


async def test_a_database_of_a_newer_program_is_refused(home: Home) -> None:
    with closing(sqlite3.connect(home.path / "dinobard.sqlite3")) as connection:
        connection.execute("PRAGMA user_version = 999")

    with pytest.raises(BackupError, match="newer version"):
        restore(home.path, io.BytesIO(home.back_up()))


@pytest.mark.slow
def test_a_restore_that_is_killed_leaves_the_old_or_the_new(home: Home, tmp_path: Path) -> None:
    backup = tmp_path / "backup.tar"
    backup.write_bytes(home.back_up())
    home.add_version(home.registry, "2026-02-02-later000")
    home.write(2)
    code, step, left = 9, 0, list[object]()
    while code == 9:
        place = tmp_path / "killed" / "home"
        shutil.copytree(home.path, place)
        command = [sys.executable, "-c", KILLED, str(place), str(backup), str(step)]
        done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
        code = done.returncode
        assert code in {0, 9}, done.stderr

        found = Home(place, home.model)
        with used_by(place, HomeUser("bot", 1)):
            value, active = found.value(), found.registry.active()
        assert (value, active) in {(1, HOST_VERSION), (2, "2026-02-02-later000")}
        assert found.registry.load().card.id == active
        assert not [path for path in place.iterdir() if path.name.startswith(".")]
        left.append(value)
        shutil.rmtree(place.parent)
        step += 1

    # Before some step it is the old one, after it the new one.
    assert left == sorted(left, key=lambda value: value == 1)
    assert set(left) == {1, 2}
    assert len(left) > 10


def test_a_restore_that_fails_half_way_leaves_what_was_there(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = home.back_up()
    home.write(2)
    before = tree(home.path)
    replace_path = Path.replace

    def fail(self: Path, target: Path) -> Path:
        if target == home.path / "models" and self.parent.name == "new":
            raise OSError("no room")
        return replace_path(self, target)

    monkeypatch.setattr(Path, "replace", fail)

    with pytest.raises(OSError, match="no room"):
        restore(home.path, io.BytesIO(content))

    assert tree(home.path) == before
    assert home.value() == 2
