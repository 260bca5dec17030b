import string

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.features.options import MAX_NAMES, parse_dino
from engine import InvalidRequestError, NameRequest, NoNamesError
from engine.generation import sample_batch
from engine.generation.names import MAX_LETTERS, MIN_LETTERS, generate
from engine.networks import rnn
from engine.networks.vocabulary import LETTERS, pad
from engine.text.profanity import is_decent
from tests.conftest import NAMES

PARAMETERS = rnn.initial_parameters(2, 27, 8, np.random.default_rng(3))
WORDS = st.text(string.ascii_lowercase, min_size=1, max_size=30)
REQUESTS = st.builds(
    NameRequest,
    count=st.integers(1, 12),
    prefix=st.text(string.ascii_letters, max_size=16),
    temperature=st.floats(0.1, 2),
    top_p=st.floats(0.05, 1),
    seed=st.integers(0, 2**63 - 1),
)


@given(st.text(string.ascii_lowercase + "\n"))
def test_decoding_undoes_encoding(text: str) -> None:
    assert LETTERS.decode(LETTERS.encode(text)) == text


@given(st.lists(WORDS, min_size=1, max_size=8))
def test_padding_loses_no_name(names: list[str]) -> None:
    batch = pad(names, LETTERS)

    for row, name in enumerate(names):
        length = len(name) + 1
        assert LETTERS.decode(batch.targets[row, :length].tolist()) == name + "\n"
        assert LETTERS.decode(batch.inputs[row, :length].tolist()) == "\n" + name
        assert batch.weights[row].sum() == length


@settings(max_examples=60)
@given(REQUESTS)
def test_invented_names_are_fit_to_show(request: NameRequest) -> None:
    try:
        names = generate(
            PARAMETERS, LETTERS, frozenset(NAMES), request, np.random.default_rng(request.seed)
        )
    except NoNamesError:
        return

    assert 1 <= len(names) <= request.count
    assert len(set(names)) == len(names)
    for name in names:
        assert MIN_LETTERS <= len(name) <= MAX_LETTERS
        assert name == name.capitalize()
        assert name.lower().startswith(request.prefix)
        assert name.lower() not in NAMES
        assert is_decent(name)


@given(st.text())
def test_any_text_after_dino_is_understood_or_refused(text: str) -> None:
    try:
        options = parse_dino(text)
    except InvalidRequestError:
        return

    assert 1 <= options.count <= MAX_NAMES
    assert len(options.beginning.split()) <= 1
    assert not (options.beginning and options.person)
    NameRequest(prefix=options.beginning)


@given(st.integers())
def test_numbers_of_names_outside_the_limits_are_refused(count: int) -> None:
    if 1 <= count <= MAX_NAMES:
        assert parse_dino(str(count)).count == count
    else:
        with pytest.raises(InvalidRequestError, match="1 to 20"):
            parse_dino(str(count))


@settings(max_examples=40)
@given(st.lists(REQUESTS, min_size=1, max_size=8), st.data())
def test_names_drawn_beside_others_are_those_drawn_alone(
    requests: list[NameRequest], data: st.DataObject
) -> None:
    def begin(request: NameRequest) -> sample_batch.SampleBatch:
        rng = np.random.default_rng(request.seed)
        return sample_batch.begin(PARAMETERS, LETTERS, request.count, request, rng)

    alone = [begin(request) for request in requests]
    for drawn in alone:
        while not drawn.is_done:
            sample_batch.advance(PARAMETERS, LETTERS.end, [drawn])

    together = [begin(request) for request in requests]
    while under_way := [drawn for drawn in together if not drawn.is_done]:
        # Some take part in a step, some do not: they join and leave as they come.
        some = data.draw(st.sets(st.integers(0, len(under_way) - 1), min_size=1))
        sample_batch.advance(PARAMETERS, LETTERS.end, [under_way[index] for index in sorted(some)])

    assert [d.names(LETTERS) for d in together] == [d.names(LETTERS) for d in alone]
