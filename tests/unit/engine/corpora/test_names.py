from pathlib import Path

import pytest

import data
from engine.corpora.names import MAX_SIZE_BYTES, NameCorpus, read_names
from engine.errors import CorpusTooLargeError, CorpusTooSmallError, NotTextError
from tests.conftest import NAMES


def _write(folder: Path, content: bytes) -> Path:
    path = folder / "names.txt"
    path.write_bytes(content)
    return path


def test_names_are_read_in_lower_case_without_accents_and_empty_lines(tmp_path: Path) -> None:
    path = _write(tmp_path, "\ufeffRex\r\n\r\n  Éoraptor \nrex".encode())

    corpus = read_names(path)

    assert corpus.lines == ("rex", "eoraptor", "rex")
    assert corpus.names == ("rex", "eoraptor")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no names"),
        (b"\n \n", "no names"),
        (b"rex\ncaf\xe9\n", "byte 8 is not UTF-8"),
        (b"rex\nt-rex\n", "line 2 is not a name"),
        (b"rex\n\x00\n", "line 2 is not a name"),
        ("rex\n🦖\n".encode(), "line 2 is not a name"),
        (b"rex\n" + b"a" * 41, "line 2 has 41 letters"),
    ],
    ids=["empty", "blank", "latin-1", "hyphen", "control", "emoji", "long"],
)
def test_other_files_are_refused_with_the_reason(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    with pytest.raises(NotTextError, match=reason):
        read_names(_write(tmp_path, content))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotTextError, match="no such file"):
        read_names(tmp_path / "names.txt")


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "names.txt"
    with path.open("wb") as file:
        file.truncate(MAX_SIZE_BYTES + 1)

    with pytest.raises(CorpusTooLargeError, match="1,048,577 bytes"):
        read_names(path)


def test_a_tenth_is_held_out_and_is_always_the_same() -> None:
    names = tuple(f"{name}{letter}" for name in NAMES for letter in "abcdefghij")
    training, held_out = NameCorpus("x", "0", names).split()
    _, held_out_of_half = NameCorpus("x", "0", names[::2]).split()

    assert sorted([*training, *held_out]) == sorted(names)
    assert 0.07 < len(held_out) / len(names) < 0.13
    assert set(held_out_of_half) == set(held_out) & set(names[::2])


def test_too_few_names_to_hold_some_out_are_refused() -> None:
    with pytest.raises(CorpusTooSmallError, match="49 different names"):
        NameCorpus("x", "0", NAMES[:49] * 2).split()


def test_the_shipped_genera_are_1500_sorted_names_without_repetitions() -> None:
    lines = data.GENERA.read_text("ascii").splitlines()

    assert len(lines) >= 1_500
    assert lines == sorted(set(lines))
    assert len({line.lower() for line in lines}) == len(lines)
    assert all(line.isalpha() and line == line.capitalize() for line in lines)
