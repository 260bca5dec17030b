"""Indecent words of many languages are found, whatever disguises them, and harmless ones pass."""

import pytest

import data
from engine.corpora.names import read_names
from engine.text.profanity import is_decent, is_decent_line

# Genera that the library takes for something else, by their beginnings.
MISTAKEN = {
    "Analong",
    "Cumnoria",
    "Dysganus",
    "Fukuiraptor",
    "Fukuisaurus",
    "Fukuititan",
    "Fukuivenator",
    "Rapetosaurus",
}
# Words of Shakespeare's that verse has always been written without.
AVOIDED = {"bitch", "cum", "dick", "faggot", "piss", "slut", "turd", "whore", "ass", "cock", "damn"}


@pytest.mark.parametrize(
    "word",
    [
        *[
            "操你妈",
            "傻逼",
            "鸡巴",
            "хуй",
            "пизда",
            "блядь",
            "ёб",
            "puta",
            "merde",
            "Scheiße",
            "SCHEISSE",
        ],
        *[
            "fotze",
            "Hurensohn",
            "kurwa",
            "cazzo",
            "caralho",
            "siktir",
            "씨발",
            "चूतिया",
            "شرموطة",
            "vittu",
        ],
        *[
            "fuuuck",
            "fuuck",
            "shiiiit",
            "biiitch",
            "\uff46\uff55\uff43\uff4b",
            "kuuurwa",
            "f.u.c.k",
            "傻.逼",
            "sh1t",
        ],
    ],
)
def test_indecent_words_are_found(word: str) -> None:
    assert not is_decent(word)
    assert not is_decent_line(f"O {word}, go")


@pytest.mark.parametrize(
    "name",
    ["Vaginosaurus", "Putasaurus", "Merdosaurus", "Kurwasaurus", "Fotzeraptor", "Fuuuckodon"],
)
def test_indecent_words_with_the_ending_of_a_dinosaur_are_found(name: str) -> None:
    assert not is_decent(name)


@pytest.mark.parametrize(
    "line",
    [
        "Scunthorpe, Penistone, Essex and Middlesex",
        "Classic assassins pass the grass with Dickens",
        "Shiitake from Hawaii, by the aardvark's bookkeeper",
        "I have 455 sheep (um, 69 goats), 8008 at a time",
        "A B C and I a m s o c o l d",
        "Fickle is future, the fittest at Milford Haven",
        "The cock, that is the trumpet to the morn, and the ass",
        "Or kill'd my rape of Lucrece, O thou damned whore",
        "路口交通、今日你好、妈妈逼我练琴、我操心",
        "吃鸡吧、聊以自慰、女性交往、乌龟头上",
        "Корабля и рубля оскорблять, психуй, страхуй, требуется небо",
        "Всё минет, хлеба и колебания, учебный мандат",
        "Troie, Dominique, la pica, l'ora e la curva",
        "Wie viele Küsse, Möwe, Kuckuck",
        "エセックスのパチンコ",
    ],
)
def test_harmless_lines_are_no_false_alarms(line: str) -> None:
    assert is_decent_line(line)


def test_genera_are_no_false_alarms_but_those_that_the_library_mistakes() -> None:
    genera = read_names(data.GENERA).names

    assert {name for name in genera if not is_decent(name)} <= {name.lower() for name in MISTAKEN}


def test_of_the_words_that_verse_is_made_of_no_more_are_avoided_than_shakespeares_rude_ones() -> (
    None
):
    (words,) = data.MODELS.glob("poem/*/words.txt")
    avoided = {word for word in words.read_text("utf-8").split() if not is_decent(word)}

    assert avoided > AVOIDED
    assert len(avoided) == 75


def test_shakespeares_own_words_may_be_quoted() -> None:
    for word in ("ass", "cock", "damned", "whore", "sluttish"):
        assert not is_decent(word)
        assert is_decent_line(f"Thou {word.upper()}!")
