import itertools

import numpy as np
import pytest

from engine.evaluation.reports import FIRST_LINES, Copies, evaluate_poems, requests, write_all
from engine.requests import Poem, PoemRequest
from tests.unit.engine.tiny_poems import WORDS, tiny_generator

TEXT = "The kettle sings upon the stove tonight,\nAnd all the spoons are dancing in the light.\n"


@pytest.mark.parametrize(
    ("verse", "longest"),
    [
        pytest.param("and the spoons are dancing in the dark", 31, id="in the middle"),
        pytest.param("The kettle sings upon the stove tonight,\nAnd", 44, id="over a line's end"),
        pytest.param("dancing in the light.\n", 22, id="at the end"),
        pytest.param("all the spoons", 0, id="too short to matter"),
        pytest.param("", 0, id="nothing"),
        pytest.param("x" * 100, 0, id="nothing shared"),
    ],
)
def test_the_longest_copied_run_is_found(verse: str, longest: int) -> None:
    assert Copies(TEXT).longest_run(verse) == longest


def test_copied_runs_agree_with_a_plain_search() -> None:
    rng = np.random.default_rng(4)
    text = "".join(rng.choice(list("aab"), 30_000))
    copies = Copies(text)

    for _ in range(20):
        verse = "".join(rng.choice(list("aab"), 60))
        begins = itertools.combinations(range(len(verse) + 1), 2)
        longest = max(end - start for start, end in begins if verse[start:end] in text)
        assert copies.longest_run(verse) == (longest if longest >= Copies.LEAST else 0)


@pytest.mark.parametrize("text", ["", "short"])
def test_nothing_is_copied_from_a_text_too_short(text: str) -> None:
    assert Copies(text).longest_run("short and long and short again") == 0


def test_requests_are_varied_and_can_be_had_again() -> None:
    made = requests(seed=3)

    assert len(made) == 200
    assert requests(seed=3) == made
    assert len({request.prompt for request in made}) > 120
    assert sum(not request.prompt for request in made) == 40
    assert {request.prompt for request in made} >= set(FIRST_LINES)
    assert len({request.seed for request in made}) == 200


def test_poems_are_described() -> None:
    def poem(text: str, prompt: str = "") -> Poem:
        return Poem(text, prompt, seed=1, model="m", candidates=8)

    poems = [
        poem("Zxq\nthe rose the rose the rose\na rose a rose a rose a", prompt="Zxq"),
        poem("the rose vbn the rose the a\n\n\na rose o rose a rose a ros"),
        poem("the rose\nthe spoons are dancing in the light.", prompt="the rose"),
    ]

    measures = evaluate_poems(poems, WORDS, TEXT, length=55)

    assert measures["poems"] == 3
    # The given "Zxq" does not count; vbn, ros, spoons, are, dancing, in, light are not known.
    assert measures["share_of_words_known"] == pytest.approx(1 - 7 / 35)
    assert measures["longest_copied_run_95th_percentile"] == 36
    assert measures["share_copied_under_40"] == 1
    assert measures["doubled_empty_lines"] == 1
    assert measures["cut_last_lines"] == 2
    assert measures["median_line_length"] == 26
    assert measures["median_lines"] == 3
    assert measures["share_distinct_lines"] == 1


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        pytest.param("O\nThe rose\nA rose", 0, id="whole"),
        pytest.param("O\nThe rose\nA ros", 1, id="in a word"),
        pytest.param("O\nThe rose\nA rose O", 1, id="as long as asked for"),
    ],
)
def test_a_last_line_that_is_cut_is_told(text: str, cut: int) -> None:
    measures = evaluate_poems([Poem(text, "O", 1, "m", 8)], WORDS, TEXT, length=17)

    assert measures["cut_last_lines"] == cut


def test_a_copied_poem_is_told() -> None:
    measures = evaluate_poems([Poem(TEXT.strip(), "", 1, "m", 8)], WORDS, TEXT)

    assert measures["share_copied_under_40"] == 0


def test_all_requests_are_written_in_their_order() -> None:
    requests = [
        PoemRequest(prompt=line, seed=seed, length=100) for seed, line in enumerate("abcdef")
    ]

    poems = list(write_all(tiny_generator(), requests))

    assert [poem.prompt for poem in poems] == list("abcdef")
    assert [poem.seed for poem in poems] == list(range(6))
