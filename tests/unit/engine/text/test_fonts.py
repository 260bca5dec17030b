import shutil
from pathlib import Path
from typing import Any

import pytest
from fontTools.ttLib import TTCollection, TTFont
from fontTools.ttLib.tables.DefaultTable import DefaultTable

from engine.text import fonts
from engine.text.fonts import bundled, face_of, first_with

SERIF, SANS = bundled("DejaVuSerif"), bundled("DejaVuSans")
NOWHERE = "\U0010fffd"
"""A symbol of nobody's."""


def test_a_font_knows_what_it_has() -> None:
    face = face_of(SERIF)

    assert face
    assert all(map(face.has, "Aé…□\ufffd"))
    assert not any(map(face.has, "\0龙ש\U0001f996"))


def test_the_first_font_that_has_all_symbols_is_taken() -> None:
    preferred = (SERIF, SANS)

    for symbols, path in (("rose", SERIF), ("rose ש", SANS), ("", SERIF)):
        face = first_with(symbols, preferred)
        assert face
        assert face.path == path


def test_what_no_font_has_is_in_none() -> None:
    assert first_with(NOWHERE, (SERIF,)) is None


def test_a_damaged_font_is_passed_over(tmp_path: Path) -> None:
    cut, text = tmp_path / "cut.ttf", tmp_path / "text.ttc"
    cut.write_bytes(SERIF.read_bytes()[:5_000])
    text.write_text("no font at all")

    found = first_with("ש", (cut, text, tmp_path / "gone.ttf", SANS))

    assert found
    assert found.path == SANS


def test_a_font_of_pictures_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "pictures.ttf"
    serif: Any
    with TTFont(SERIF) as serif:
        pictures: Any = DefaultTable("CBDT")
        pictures.data = bytes(8)
        serif["CBDT"] = pictures
        serif.save(path)

    assert face_of(path) is None


def test_of_a_collection_the_font_for_simplified_chinese_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "both.ttc"
    serif: Any
    sans: Any
    with TTFont(SERIF) as serif, TTFont(SANS) as sans:
        sans["name"].setName("Dinobard SC", 16, 3, 1, 0x409)
        collection: Any = TTCollection()
        collection.fonts = [serif, sans]
        collection.save(path)

    face = face_of(path)

    assert face
    assert face.number == 1
    assert face.has("ש")


def test_upright_serifs_are_looked_at_first_and_fonts_of_boxes_never(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = tmp_path / ".local/share/fonts/deep"
    folder.mkdir(parents=True)
    names = ("Song.ttf", "Serif-Bold.ttf", "Serif.OTF", "LastResort.ttf", "notes.txt")
    for name in names:
        shutil.copy(SERIF, folder / name)

    found = [path for path in fonts.system_fonts.__wrapped__() if path.parent == folder]

    assert [path.name for path in found] == ["Serif.OTF", "Song.ttf", "Serif-Bold.ttf"]
