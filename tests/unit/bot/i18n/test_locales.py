"""The catalogues: the same texts in each language, none missing, none left over."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fluent.syntax import FluentParser
from fluent.syntax.ast import Junk, Message, VariableReference
from fluent.syntax.visitor import Visitor

import bot
from bot.features.error_replies import reply_to
from bot.i18n.texts import LANGUAGES, LOCALES, Locale, texts_in
from bot.replies import Reply, as_text
from engine import InvalidRequestError

FOLDER = Path(bot.__file__).parent
CODE = [path for path in FOLDER.rglob("*.py") if path.name != "texts.py"]
OTHERS: tuple[Locale, ...] = tuple(locale for locale in LOCALES if locale != "en")
NOT_LATIN = tuple(locale for locale in OTHERS if not re.search("[A-Za-z]", LANGUAGES[locale]))


class _Variables(Visitor):
    """Collects what a text needs to know."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: VariableReference) -> None:  # noqa: N802 - Fluent's name
        self.names.add(node.id.name)


def catalogue(locale: Locale) -> dict[str, set[str]]:
    """Return the variables of each text of a language."""
    resource = FluentParser().parse(
        (FOLDER / "i18n" / "locales" / f"{locale}.ftl").read_text("utf-8")
    )
    assert not [entry for entry in resource.body if isinstance(entry, Junk)]
    messages = [entry for entry in resource.body if isinstance(entry, Message)]
    names = [message.id.name for message in messages]
    assert len(names) == len(set(names))
    found: dict[str, set[str]] = {}
    for message in messages:
        variables = _Variables()
        variables.visit(message)
        found[message.id.name] = variables.names
    return found


def texts_of(locale: Locale) -> dict[str, str]:
    """Return the source of each text of a language."""
    source = (FOLDER / "i18n" / "locales" / f"{locale}.ftl").read_text("utf-8")
    return dict(re.findall(r"^([a-z-]+) = *((?:.*\n)(?:[ }].*\n)*)", source, re.MULTILINE))


def is_prose(text: str) -> bool:
    """Tell whether a text has words beside its placeables and its commands."""
    return bool(re.search("[a-z]{3}", re.sub(r"\{[^}]*(\}|->)|__[^_]*__", "", text)))


def words_of_the_code() -> Iterator[str]:
    """Yield every text in quotes as a pattern; what is filled into one may be anything."""
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield re.escape(node.value)
            if isinstance(node, ast.JoinedStr):
                parts = [ast.unparse(part)[1:-1] for part in node.values]
                if re.fullmatch(r"[a-z]+-", parts[0]) or re.fullmatch(r"[a-z]+-[a-z]+-", parts[0]):
                    yield f"{parts[0]}[a-z_-]+"


def calls() -> Iterator[tuple[str, str, set[str]]]:
    """Yield where a text is asked for by name, which one, and what it is told."""
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            asked = ast.unparse(node.func).rpartition(".")[2]
            first = node.args[0]
            if asked in {"texts", "_says"} and isinstance(first, ast.Constant):
                told = {keyword.arg for keyword in node.keywords if keyword.arg}
                has_more = any(keyword.arg is None for keyword in node.keywords)
                yield (
                    f"{path.name}:{node.lineno}",
                    str(first.value),
                    told | ({"*"} if has_more else set()),
                )


@pytest.mark.parametrize("locale", OTHERS)
def test_every_language_has_the_same_texts_that_need_the_same(locale: Locale) -> None:
    assert catalogue(locale) == catalogue("en")


def test_every_text_is_used_somewhere() -> None:
    used = re.compile("|".join(set(words_of_the_code())))

    assert [name for name in catalogue("en") if not used.fullmatch(name)] == []


def test_every_text_that_is_asked_for_is_there_and_is_told_what_it_needs() -> None:
    texts = catalogue("en")
    asked = list(calls())

    assert len(asked) > 20
    for place, name, told in asked:
        assert name in texts, place
        assert texts[name] - {"prefix"} == told, place


@pytest.mark.parametrize("locale", OTHERS)
def test_every_sentence_is_translated(locale: Locale) -> None:
    english, texts = texts_of("en"), texts_of(locale)

    assert {
        name for name, text in texts.items() if text == english[name] and is_prose(text)
    } == set()


@pytest.mark.parametrize("locale", NOT_LATIN)
def test_nothing_is_left_in_english(locale: Locale) -> None:
    source = (FOLDER / "i18n" / "locales" / f"{locale}.ftl").read_text("utf-8")
    texts = dict(re.findall(r"^([a-z-]+) = (.+)$", source, re.MULTILINE))

    for name, text in texts.items():
        written = re.sub(r"\{[^}]*(\}|->)", "", text)
        assert not re.search("[a-z]{3}", written) or not written.isascii(), name


def test_chinese_sentences_are_joined_without_a_space() -> None:
    texts = texts_in("zh-CN")
    refused = reply_to(InvalidRequestError("number of names", "1 to 20"), texts, "try-dino").text

    assert "。" in refused[:-1]
    assert not re.search("[\u3002\uff1f\uff01\uff0c\uff1b] ", as_text(Reply(refused)))


def test_no_chinese_text_has_a_space_after_a_full_stop() -> None:
    source = (FOLDER / "i18n" / "locales" / "zh-CN.ftl").read_text("utf-8")

    assert re.findall(".*[\u3002\uff1f\uff01\uff0c\uff1b] .*", source) == []
