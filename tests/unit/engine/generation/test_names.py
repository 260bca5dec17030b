from dataclasses import replace

import numpy as np
import pytest

import data
from engine import IndecentPrefixError, InvalidRequestError, NameRequest, NoNamesError
from engine.generation import sample_batch
from engine.generation.names import (
    MAX_REJECTED_SAMPLES,
    NameSampler,
    generate,
    is_fit,
    is_pronounceable,
    sample,
)
from engine.networks import rnn
from engine.networks.vocabulary import LETTERS
from engine.text.profanity import is_decent


def _speller(word: str) -> rnn.Parameters:
    """Return a network that spells one word, whatever the draw: a unit for each position."""
    symbols = LETTERS.encode(word + "\n")
    units = len(symbols)
    w_hh = np.zeros((units, units))
    # A unit wakes when the one before it was awake; the first when none has been.
    w_hh[np.arange(units - 1), np.arange(1, units)] = 40
    w_hh[:, 0] = 30
    b_h = np.full(units, -20.0)
    b_h[0] = 20
    w_hy, b_y = np.zeros((units, 27)), np.zeros(27)
    for unit, symbol in enumerate(symbols):
        w_hy[unit, symbol] = 200
        b_y[symbol] += 200
    return rnn.Parameters(
        w_xh=np.zeros((1, 27, units)),
        w_hh=w_hh[None],
        b_h=b_h[None, None],
        w_hy=w_hy[None],
        b_y=b_y[None, None],
    )


def test_samples_are_what_the_network_spells(rng: np.random.Generator) -> None:
    samples = sample(_speller("rexodon"), LETTERS, 3, NameRequest(), rng)

    assert samples == ["rexodon"] * 3


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("trex", "known"),
        ("rex", "too short"),
        ("diplo" * 6, "too long"),
        ("shitosaurus", "indecent"),
    ],
)
def test_unfit_names_are_not_shown(rng: np.random.Generator, word: str, why: str) -> None:
    with pytest.raises(NoNamesError):
        generate(_speller(word), LETTERS, frozenset({"trex"}), NameRequest(), rng)


def test_a_name_is_more_than_its_beginning(rng: np.random.Generator) -> None:
    with pytest.raises(NoNamesError):
        generate(_speller("rexodon"), LETTERS, frozenset(), NameRequest(prefix="rexodon"), rng)

    assert generate(_speller("rexodon"), LETTERS, frozenset(), NameRequest(prefix="rexo"), rng)


def test_knots_of_consonants_are_not_shown_unless_the_prefix_is_one(
    rng: np.random.Generator,
) -> None:
    with pytest.raises(NoNamesError):
        generate(_speller("rexbcdfodon"), LETTERS, frozenset(), NameRequest(), rng)

    knot = NameRequest(prefix="bcdf")
    assert generate(_speller("bcdfodon"), LETTERS, frozenset(), knot, rng) == ("Bcdfodon",)


def test_nearly_all_genera_are_pronounceable() -> None:
    genera = data.GENERA.read_text("ascii").lower().split()

    assert sum(map(is_pronounceable, genera)) / len(genera) > 0.98


def test_the_same_name_is_not_shown_twice(rng: np.random.Generator) -> None:
    names = generate(_speller("rexodon"), LETTERS, frozenset(), NameRequest(count=5), rng)

    assert names == ("Rexodon",)


def test_names_begin_with_the_prefix(
    tiny_parameters: rnn.Parameters, rng: np.random.Generator
) -> None:
    request = NameRequest(count=10, prefix="Tri")

    names = generate(tiny_parameters, LETTERS, frozenset(), request, rng)

    assert len(names) == 10
    assert all(name.startswith("Tri") for name in names)


def test_the_same_seed_gives_the_same_names(tiny_parameters: rnn.Parameters) -> None:
    def draw(seed: int) -> tuple[str, ...]:
        rng = np.random.default_rng(seed)
        return generate(tiny_parameters, LETTERS, frozenset(), NameRequest(count=4), rng)

    assert draw(1) == draw(1)
    assert draw(1) != draw(2)


@pytest.mark.parametrize(
    "name", ["Fuckosaurus", "Titsaurus", "Cockosaurus", "Slutodon", "Cuntoraptor", "Cumsaurus"]
)
def test_indecent_words_are_found_inside_names(name: str) -> None:
    assert not is_decent(name)


@pytest.mark.parametrize(
    "name", ["Titanosaurus", "Diplodocus", "Cockatrisaurus", "Assyriasaurus", "Dickinsonia"]
)
def test_innocent_names_pass(name: str) -> None:
    assert is_decent(name)


@pytest.mark.parametrize(
    ("fields", "allowed"),
    [
        ({"count": 0}, "1 to 1,000"),
        ({"count": 1_001}, "1 to 1,000"),
        ({"prefix": "t-rex"}, "letters from A to Z"),
        ({"prefix": "3"}, "letters from A to Z"),
        ({"prefix": "恐龙"}, "letters from A to Z"),
        ({"prefix": "a" * 17}, "at most 16"),
        ({"temperature": 0.0}, "0.1 to 2"),
        ({"temperature": float("nan")}, "0.1 to 2"),
        ({"top_p": 0.0}, "0.05 to 1"),
        ({"seed": -1}, "0 to"),
    ],
    ids=str,
)
def test_requests_outside_the_limits_are_refused(fields: dict[str, object], allowed: str) -> None:
    with pytest.raises(InvalidRequestError, match=allowed):
        NameRequest(**fields)  # pyright: ignore[reportArgumentType]


def test_indecent_names_are_fit_where_they_are_requested() -> None:
    assert not is_fit("titsaurus", frozenset())
    assert is_fit("titsaurus", frozenset(), decent=False)


def test_an_indecent_beginning_is_refused_where_names_have_to_be_decent(
    rng: np.random.Generator,
) -> None:
    request = NameRequest(prefix="whore")
    with pytest.raises(IndecentPrefixError):
        NameSampler(_speller("whoreodon"), LETTERS, frozenset(), request, rng)
    rude = replace(request, decent=False)
    assert not NameSampler(_speller("whoreodon"), LETTERS, frozenset(), rude, rng).is_over


@pytest.mark.parametrize(
    ("word", "count"), [("trexodon", 20), ("fuckodon", 1), ("fuckodon", 1_000)]
)
def test_a_request_that_hardly_can_be_granted_is_given_up_soon(
    rng: np.random.Generator, word: str, count: int
) -> None:
    sampler = NameSampler(
        _speller(word), LETTERS, frozenset(), NameRequest(count=count, prefix=word[:3]), rng
    )
    drawn = 0
    while not sampler.is_over:
        drawn += sampler.batch.rows
        while not sampler.batch.is_done:
            sample_batch.advance(_speller(word), LETTERS.end, [sampler.batch])
        sampler.filter_batch()

    assert drawn <= MAX_REJECTED_SAMPLES + 8 * count
