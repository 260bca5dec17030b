from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from engine.errors import IndecentLineError, InvalidRequestError, NoPoemError
from engine.generation.poems import PoemGenerator
from engine.generation.sequences import DecodeRequest, SequenceGroup
from engine.requests import Poem, PoemRequest
from tests.unit.engine.tiny_poems import VOCABULARY, WORDS, tiny_generator


@pytest.fixture(scope="module")
def generator() -> PoemGenerator:
    return tiny_generator()


@dataclass
class Reciter:
    """A decoder that knows its texts by heart: one set of candidates an order, likely as told."""

    recitals: list[list[tuple[str, float]]]
    rows: int = 8
    groups: list[DecodeRequest] = field(default_factory=list[DecodeRequest])

    def warm_up(self, is_unwanted: Callable[[], bool] = lambda: False) -> None:
        """Be ready as it is."""

    def begin(self, request: DecodeRequest) -> SequenceGroup:
        self.groups.append(request)
        first = np.full((request.rows, 1), request.prompt[0])
        return SequenceGroup(
            request, np.empty((request.rows, 4, 0)), first, np.empty((request.rows, 0))
        )

    def advance(self, groups: Sequence[SequenceGroup]) -> None:
        for group in groups:
            given, drawn = len(group.request.prompt), group.request.uniforms.shape[1]
            texts = self.recitals.pop(0)
            symbols = [VOCABULARY.encode(text.ljust(drawn)) for text, _ in texts]
            read = np.tile(group.request.prompt, (len(texts), 1))
            group.symbols = np.hstack([read, np.array(symbols)])
            likely = [np.full(given - 1 + drawn, log_likelihood) for _, log_likelihood in texts]
            group.log_likelihoods = np.array(likely)


def reciting(*recitals: list[tuple[str, float]]) -> tuple[PoemGenerator, Reciter]:
    reciter = Reciter(list(recitals))
    return PoemGenerator("reciter", VOCABULARY, WORDS, reciter), reciter


@pytest.mark.parametrize("prompt", ["", "The rose", "Shall I?", "«Été» 🦕", "x" * 160])
@pytest.mark.parametrize("seed", range(3))
def test_a_poem_begins_with_the_line_as_given_and_has_whole_lines(
    generator: PoemGenerator, prompt: str, seed: int
) -> None:
    text = generator.poem(PoemRequest(prompt=prompt, seed=seed, length=200)).text

    assert text.startswith(prompt)
    assert len(text) > len(prompt)
    assert text == text.strip()
    assert "\n\n\n" not in text


def written_together(generator: PoemGenerator, *requests: PoemRequest) -> list[Poem | None]:
    drafts = [generator.prepare(request, candidates=4) for request in requests]
    groups = [generator.begin(draft) for draft in drafts]
    while unfinished := [group for group in groups if not group.is_done]:
        generator.decoder.advance(unfinished)
    pairs = zip(drafts, groups, strict=True)
    return [generator.best(draft, group.completions()) for draft, group in pairs]


def test_a_seed_gives_the_same_poem_whatever_else_is_in_the_batch(generator: PoemGenerator) -> None:
    request = PoemRequest(prompt="The rose", seed=7, length=300, candidates=4)
    others = [PoemRequest(seed=seed, length=100 + seed, temperature=1.5) for seed in range(3)]
    alone = generator.poem(request)

    for place in range(4):
        together = written_together(generator, *others[:place], request, *others[place:])
        assert together[place] == alone


def test_a_poem_tells_of_how_many_candidates_it_is_the_best(generator: PoemGenerator) -> None:
    request = PoemRequest(prompt="The rose", seed=7, length=300)

    alone = generator.poem(request)
    (hurried,) = written_together(generator, request)

    assert alone.candidates == 8
    assert hurried
    assert hurried.candidates == 4
    assert generator.poem(replace(request, candidates=4)) == hurried


def test_poems_without_a_seed_get_different_ones(generator: PoemGenerator) -> None:
    first, second = generator.poem(PoemRequest()), generator.poem(PoemRequest())

    assert first.seed != second.seed
    assert generator.poem(PoemRequest(seed=first.seed)).text == first.text


def test_a_first_line_without_a_letter_is_refused(generator: PoemGenerator) -> None:
    with pytest.raises(InvalidRequestError, match="at least one letter"):
        generator.prepare(PoemRequest(prompt="🦕 42"))


def test_the_network_reads_an_empty_line_and_then_the_first_line() -> None:
    generator, reciter = reciting([("\nThe rose.\n", 0.0)] * 2)

    generator.poem(PoemRequest(prompt="o 🦕", temperature=0.5, top_p=0.8, top_k=9, length=90))

    (request,) = reciter.groups
    assert VOCABULARY.decode(request.prompt.tolist()) == "\n\nO\n"
    assert request.uniforms.shape == (8, 90)
    assert (request.temperature, request.top_p, request.top_k) == (0.5, 0.8, 9)


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        pytest.param("The rosx\n", "A rose\n", id="words"),
        pytest.param("The fuck\n", "Zxq vbn\n", id="decency before all"),
        pytest.param("\n\n", "Zxq\n", id="any verse before none"),
        pytest.param("A rose,\n", "The rose.\n", id="a whole sentence"),
        pytest.param("A\n\nrose\n", "The rose\n", id="no lone line"),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_the_better_candidate_is_kept(worse: str, better: str, turned: bool) -> None:
    candidates = [(better, -0.15), (worse, -0.1)]
    generator, _ = reciting(candidates[::-1] if turned else candidates)

    assert generator.poem(PoemRequest(prompt="O rose!")).text == f"O rose!\n{better}".strip()


def test_of_equal_candidates_the_likelier_is_kept() -> None:
    generator, _ = reciting([("A rose.\n", -0.2), ("The rose.\n", -0.1)])

    assert generator.poem(PoemRequest()).text == "The rose."


def test_a_line_that_is_gone_on_with_keeps_its_last_word() -> None:
    generator, reciter = reciting([("of the rose\nI\n", 0.0)] * 2)

    assert generator.poem(PoemRequest(prompt="O flam")).text == "O flam of the rose\nI"
    assert VOCABULARY.decode(reciter.groups[0].prompt.tolist()) == "\n\nO flam "


def test_a_poem_of_which_nothing_came_is_tried_again_with_fresh_draws() -> None:
    blank = [("\n \n", 0.0)] * 2
    generator, reciter = reciting(blank, [("The rose\n", 0.0)] * 2)

    assert generator.poem(PoemRequest(seed=1)).text == "The rose"
    first, second = reciter.groups
    assert not np.array_equal(first.uniforms, second.uniforms)


def test_indecent_verse_is_never_shown() -> None:
    indecent = [("The fuck\n", 0.0), ("O shit\n", 0.0)]
    generator, _ = reciting(indecent, [("A rose\n", -5.0), *indecent[:1]])
    assert generator.poem(PoemRequest(prompt="O.")).text == "O.\nA rose"

    generator, _ = reciting(*[indecent] * 3)
    with pytest.raises(NoPoemError):
        generator.poem(PoemRequest())


def test_indecent_verse_is_shown_where_it_is_requested() -> None:
    generator, _ = reciting([("The fuck\n", 0.0), ("A rose\n", -50.0)])

    assert generator.poem(PoemRequest(prompt="O.", decent=False)).text == "O.\nThe fuck"


def test_a_poem_of_which_nothing_ever_comes_ends_in_an_error() -> None:
    generator, _ = reciting(*[[("\n \n", 0.0)] * 2] * 3)

    with pytest.raises(NoPoemError):
        generator.poem(PoemRequest(prompt="O"))


@pytest.mark.parametrize(
    "fields",
    [
        {"length": 79},
        {"length": 1_501},
        {"temperature": 0.0},
        {"temperature": float("nan")},
        {"top_p": 1.1},
        {"top_k": -1},
        {"seed": -1},
        {"candidates": 0},
        {"candidates": 9},
        {"prompt": "x" * 161},
        {"prompt": "🦕 " * 2_001},
    ],
)
def test_a_request_outside_the_limits_is_refused(fields: dict[str, float]) -> None:
    with pytest.raises(InvalidRequestError):
        PoemRequest(**fields)  # pyright: ignore[reportArgumentType] - each has its own type


def test_an_indecent_first_line_is_refused_unless_such_words_may_be_shown(
    generator: PoemGenerator,
) -> None:
    line = "f.u.c.k thee"

    with pytest.raises(IndecentLineError):
        generator.poem(PoemRequest(prompt=line))

    assert generator.poem(PoemRequest(prompt=line, decent=False, length=80)).text.startswith(line)
