"""Disguised words are found by rule; harmless lines that look like them pass."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.text.profanity import is_decent, is_decent_line, is_decent_prefix

CASES = Path(__file__).resolve().parents[5] / "shared" / "cases"

# One word in each disguise, with others than those of `data/indecent.toml` written out.
DISGUISED = [
    *["fu\u034fck", "c\u3164unt", "sl\ufe0fut", "b\u180bitch", "f\u00adaggot", "fu\U000e0041ck"],
    *["b\u00eftch", "f\u00fcck", "\u0455lut", "wh\u043ere", "\u1d04\u1d1c\u0274\u1d1b"],
    *["\u24d5\u24e4\u24d2\u24da"],
    *["5lut", "b1tch3s", "tw4t", "fa9got", "kurw4", "put4", "m3rde", "h0er"],
    *["b i t c h", "s.l.u.t", "f-a-g-g-o-t", "bi tch", "slu t", "s/l/u/t"],
    *["b\U0001f995i\U0001f995tch", "tw|at"],
    *["hctib", "kcuf", "ttwwaatt", "bbiittcchh", "biiitch", "cuntt"],
    *["b*tch", "f**k", "c*nt", "phuk", "fvcking", "cvnts", "niqqa", "kock"],
    *["\u0445y\u0439", "\u0431\u043b\u044f\u0434\u044c"],
]  # fmt: skip

HATEFUL = [
    "k1ll yourself",
    "exterminate muslims",
    "dirty mexicans",
    "Juden raus",
    "sieg  heil!",
    "he is so retarded",
    "go shoot yourself",
    "what a coon",
    "pedos",
    "\u652f\u90a3\u4eba",
]

HARMLESS = [
    "In Scunthorpe a cockatoo reads Dickens",
    "An analysis of Essex, and niggardly assassins",
    "The Titan's title, a cocktail and a peacock",
    "Who're you, and is it his hit or mine?",
    "The raccoon hid in a cocoon; a tycoon came in April's typhoon",
    "To and fro, on and on, as I go to sea",
    "A bigger digger with a trigger: the tiger's vigour",
    "Her shell, he'll tell, we'll swell",
    "Class, glass, grass, mass, pass: the bass embarrassed us",
    "Pen is mightier; an al fresco lunch",
    "The shiitake soup of Fukuoka, the Dachshund's Kuckuck",
    "Black sheep, white snow, and the dirty road",
    "Kill all the lights; gas lamps in Arab lands",
    "\u041f\u0441\u0438\u0445\u0443\u0439, \u043d\u043e \u043d\u0435 \u0441\u0442\u0440\u0430\u0445\u0443\u0439, \u0445\u043e\u0445\u043e\u0447\u0438",  # noqa: E501 - one line
    "\u9b3c\u5b50\u6bcd\u795e\u306e\u30d1\u30c1\u30f3\u30b3",
    "La puerta, el reputado, la computadora",
    "Le peuple parle, la disputer",
    "Schicksal, Fickelei, ein dicker Dachs",
    "It was 5 to 9, 1 of 4, at 7",
    "f-stop, a-one, o'er the hills-and-dales",
]


@pytest.mark.parametrize("word", DISGUISED)
def test_disguised_words_are_found(word: str) -> None:
    assert not is_decent_line(f"O {word} come")


@pytest.mark.parametrize("line", HATEFUL)
def test_hateful_phrases_are_found(line: str) -> None:
    assert not is_decent_line(line)


@pytest.mark.parametrize("line", HARMLESS)
def test_harmless_lines_pass(line: str) -> None:
    assert is_decent_line(line)


@pytest.mark.parametrize(
    "name", ["Whoreceratops", "Wh\u00f6reraptor", "Sluttosaurus", "N\u00efggasaurus"]
)
def test_names_of_indecent_stems_are_found(name: str) -> None:
    assert not is_decent(name)


@pytest.mark.parametrize(
    "prefix", ["fagg", "bitch", "hurensohn", "killjews", "siegheil", "slut", "kys"]
)
def test_indecent_beginnings_are_refused(prefix: str) -> None:
    assert not is_decent_prefix(prefix)


@pytest.mark.parametrize(
    "prefix", ["", "t", "tit", "ass", "titano", "cocc", "analog", "dickens", "tric", "nig"]
)
def test_harmless_beginnings_pass(prefix: str) -> None:
    assert is_decent_prefix(prefix)


@pytest.mark.parametrize(
    ("file", "is_fit"),
    [("filter.tsv", is_decent_line), ("filter-names.tsv", is_decent_prefix)],
    ids=["lines", "beginnings"],
)
def test_the_shared_cases_are_told_apart(file: str, is_fit: Callable[[str], bool]) -> None:
    if not (CASES / file).exists():
        pytest.skip("the shared cases are not beside this checkout")
    rows = [line.split("\t") for line in (CASES / file).read_text("utf-8").splitlines()]
    refused = [not is_fit(row[-1]) for row in rows if row[0] == "refuse"]
    allowed = [is_fit(row[-1]) for row in rows if row[0] == "allow"]

    # One beginning stands in that list under both heads.
    assert sum(refused) >= 0.95 * len(refused)
    assert all(allowed)


@pytest.mark.parametrize(
    "line", ["a.b" * 53, "f*u" * 53, "\u0434" * 160, "kill all " * 17, "e\u0301" * 80]
)
def test_the_longest_line_takes_milliseconds(line: str) -> None:
    is_decent_line(line)
    started = time.process_time()
    is_decent_line(line)

    assert time.process_time() - started < 0.1
