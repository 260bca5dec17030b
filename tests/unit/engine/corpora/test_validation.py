import pytest

from engine import CorpusTooLargeError, CorpusTooSmallError, NotTextError
from engine.corpora.names import NameCorpus
from engine.corpora.text_file import Text
from engine.corpora.validation import check_upload
from engine.errors import CorpusError
from engine.families import FamilyName
from tests.conftest import NAMES

STANZA = "Shall roses fade before the summer ends,\nOr quietly wait until the evening bends?\n"
VERSE = "\n".join(f"{STANZA * 7}Line of number {n} it is\n" for n in range(30))
MONOTONOUS = "\n".join("a" * n + end for n in range(1, 31) for end in ("b", "c")).encode()
LATIN_1 = "Bäume".encode("latin-1")


def _names(*more: str) -> bytes:
    return "\n".join((*NAMES, *more)).encode()


def test_a_list_of_names_is_taken() -> None:
    corpus = check_upload("dino", _names("Éoraptor", "", "  Rex "))

    assert isinstance(corpus, NameCorpus)
    assert set(corpus.names) == {*NAMES, "eoraptor", "rex"}


@pytest.mark.parametrize(
    "text",
    [VERSE, VERSE.replace("\n\n", "\n"), VERSE.replace("\n", "\r\n"), "\ufeff" + VERSE],
    ids=["stanzas", "no empty lines", "Windows", "byte order mark"],
)
def test_verse_is_taken(text: str) -> None:
    assert isinstance(check_upload("poem", text.encode()), Text)


def test_verse_in_another_alphabet_is_taken() -> None:
    greek = VERSE.translate(str.maketrans("abcdefghiklmnoprstu", "αβψδεφγηικλμνοπρστθ"))

    assert isinstance(check_upload("poem", greek.encode()), Text)


@pytest.mark.parametrize(
    ("network", "content", "kind", "advice"),
    [
        ("dino", b"", NotTextError, "write one a line"),
        ("dino", b"\n \n", NotTextError, "write one a line"),
        ("dino", LATIN_1, NotTextError, "save it as UTF-8"),
        ("dino", _names("tri\0tops"), NotTextError, "line 73 .* U\\+0000; save it as plain text"),
        ("dino", _names("Трицератопс"), NotTextError, "letters A to Z"),
        ("dino", _names("\U0001f996"), NotTextError, "letters A to Z"),
        ("dino", _names("two words"), NotTextError, "nothing else"),
        ("dino", _names("rex" * 20), NotTextError, "40 at most"),
        ("dino", b"rex\nmia\n" * 100, CorpusTooSmallError, "give 50"),
        ("dino", MONOTONOUS, NotTextError, "at least 8"),
        ("dino", b"a" * 10_000_000, CorpusTooLargeError, "1,048,576"),
        ("poem", b"", CorpusTooSmallError, "give"),
        ("poem", LATIN_1, NotTextError, "save it as UTF-8"),
        ("poem", (VERSE + "\x1b[31m").encode(), NotTextError, "U\\+001B; save it as plain text"),
        ("poem", b"a" * 10_000_000, CorpusTooLargeError, "1,048,576"),
        ("poem", b"word and other things " * 10_000, CorpusTooSmallError, "lines and paragraphs"),
        ("poem", b"a\n" * 100_000, NotTextError, "at least 8"),
        ("poem", "\U0001f996\n".encode() * 10_000, NotTextError, "give verse or prose"),
        ("poem", b"0123456789\n" * 10_000, NotTextError, "give verse or prose"),
        ("poem", STANZA.encode(), CorpusTooSmallError, "give 10"),
    ],
)
def test_each_refusal_says_what_to_change(
    network: FamilyName, content: bytes, kind: type[CorpusError], advice: str
) -> None:
    with pytest.raises(kind, match=advice):
        check_upload(network, content)


def test_the_limit_of_the_size_can_be_set() -> None:
    check_upload("dino", _names(), max_size_bytes=2_000)
    with pytest.raises(CorpusTooLargeError):
        check_upload("dino", _names(), max_size_bytes=500)
