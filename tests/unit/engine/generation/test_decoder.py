"""The compiled loop against Keras, and its promise that neighbours do not matter."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from benchmarks.decoding import decode
from engine.generation.decoder import LSTMDecoder
from engine.generation.sequences import DecodeRequest
from engine.networks import lstm, sampling
from engine.networks.rnn import Floats, Indices
from engine.networks.tensorflow import keras

SYMBOLS = 13
ROWS = 3


@pytest.fixture(scope="module")
def network() -> Any:
    return tiny_network()


@pytest.fixture(scope="module")
def decoder(network: Any) -> LSTMDecoder:
    decoder = LSTMDecoder(network, sizes=(4, 8, 16), steps=64, chunk=8, precision="float32")
    decoder.warm_up()
    return decoder


def tiny_network() -> Any:
    """Weights several times larger than fresh ones, for distributions with a shape."""
    keras.utils.set_random_seed(5)
    network: Any = lstm.build(lstm.LSTMConfig(SYMBOLS, 6, 24))
    network.set_weights([3 * weight for weight in network.get_weights()])
    return network


def an_order(seed: int, given: int = 4, drawn: int = 30, **settings: Any) -> DecodeRequest:
    rng = np.random.default_rng(seed)
    uniforms = rng.random((ROWS, drawn), dtype=np.float32)
    return DecodeRequest(rng.integers(SYMBOLS, size=given), uniforms, **settings)


def logits_after(network: Any, order: DecodeRequest, symbols: Indices) -> Floats:
    """Return what Keras predicts for each drawn symbol, shape (C, T, V)."""
    given = np.tile(order.prompt, (ROWS, 1))
    logits = network(np.concatenate([given, symbols], axis=1)).numpy()
    return logits[:, len(order.prompt) - 1 : -1].astype(np.float64)


def test_the_loop_gives_the_likelihoods_of_keras(network: Any, decoder: LSTMDecoder) -> None:
    order = an_order(1)

    (drawn,) = decode(decoder, [order])

    logits = logits_after(network, order, drawn.symbols)
    rows, steps = np.indices(drawn.symbols.shape)
    expected = np.log(sampling.softmax(logits))[rows, steps, drawn.symbols]
    np.testing.assert_allclose(drawn.log_likelihoods, expected, atol=1e-5)


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({}, id="plain"),
        pytest.param({"temperature": 0.5}, id="temperature"),
        pytest.param({"top_p": 0.6}, id="top-p"),
        pytest.param({"top_k": 3}, id="top-k"),
        pytest.param({"temperature": 1.5, "top_p": 0.9, "top_k": 5}, id="all"),
    ],
)
def test_each_symbol_is_drawn_by_inversion_from_its_kept_distribution(
    network: Any, decoder: LSTMDecoder, settings: dict[str, Any]
) -> None:
    order = an_order(2, **settings)

    (drawn,) = decode(decoder, [order])

    logits = logits_after(network, order, drawn.symbols).reshape(-1, SYMBOLS)
    tempered = sampling.temper(sampling.softmax(logits), order.temperature)
    kept = sampling.nucleus(tempered, order.top_p)
    line = np.argsort(-kept, axis=-1, kind="stable")
    descending = np.take_along_axis(kept, line, axis=-1)
    descending[:, order.top_k or SYMBOLS :] = 0
    ends = np.cumsum(descending, axis=-1) / descending.sum(axis=-1, keepdims=True)
    uniforms = order.uniforms.reshape(-1, 1)
    places = (ends <= uniforms).sum(axis=-1)
    expected = np.take_along_axis(line, places[:, None], axis=-1)[:, 0]
    clear = (np.abs(ends - uniforms) > 1e-5).all(axis=-1)
    assert clear.mean() > 0.95
    np.testing.assert_array_equal(drawn.symbols.reshape(-1)[clear], expected[clear])


def neighbours() -> Iterator[tuple[int, list[DecodeRequest]]]:
    for seed in range(25):
        rng = np.random.default_rng(seed)
        others = [
            an_order(
                seed=1_000 + 10 * seed + n,
                given=int(rng.integers(1, 20)),
                drawn=int(rng.integers(1, 40)),
                temperature=float(rng.uniform(0.2, 2)),
                top_p=float(rng.uniform(0.1, 1)),
                top_k=int(rng.integers(SYMBOLS + 1)),
            )
            for n in range(int(rng.integers(1, 5)))
        ]
        yield seed, others


def test_an_order_is_fulfilled_alike_to_the_last_bit_whatever_its_neighbours(
    decoder: LSTMDecoder,
) -> None:
    for seed, others in neighbours():
        order = an_order(seed, temperature=0.9, top_p=0.95)
        (alone,) = decode(decoder, [order])
        place = seed % (len(others) + 1)

        together = decode(decoder, [*others[:place], order, *others[place:]])[place]

        np.testing.assert_array_equal(together.symbols, alone.symbols)
        np.testing.assert_array_equal(together.log_likelihoods, alone.log_likelihoods)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_neighbours_do_not_matter_at_the_size_of_a_real_network(precision: str) -> None:
    keras.utils.set_random_seed(6)
    network = lstm.build(lstm.LSTMConfig(64, 32, 384))
    decoder = LSTMDecoder(network, sizes=(8, 16, 32), chunk=16, precision=precision)
    decoder.warm_up()
    rng = np.random.default_rng(6)
    orders = [
        DecodeRequest(rng.integers(64, size=5), rng.random((rows, 70), dtype=np.float32))
        for rows in (8, 1, 3, 1, 8, 2)
    ]

    together = decode(decoder, orders)

    for order, drawn in zip(orders, together, strict=True):
        (alone,) = decode(decoder, [order])
        np.testing.assert_array_equal(drawn.log_likelihoods, alone.log_likelihoods)


def test_it_does_not_matter_when_an_order_joins(decoder: LSTMDecoder) -> None:
    late, other = an_order(1), an_order(2, drawn=50)
    (alone,) = decode(decoder, [late])

    groups = [decoder.begin(other)]
    decoder.advance(groups)
    groups.append(decoder.begin(late))
    while not groups[-1].is_done:
        decoder.advance(groups)

    drawn = groups[-1].completions()
    np.testing.assert_array_equal(drawn.symbols, alone.symbols)
    np.testing.assert_array_equal(drawn.log_likelihoods, alone.log_likelihoods)


def test_a_size_that_sums_up_in_another_order_is_not_used(
    network: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoder = LSTMDecoder(network, sizes=(4, 8, 16), steps=64, chunk=8, precision="float32")
    probe = decoder._probe  # pyright: ignore[reportPrivateUsage] - no way leads there from outside

    def rounded_otherwise(size: int) -> Floats:
        states = probe(size)
        return np.nextafter(states, 1) if size == 8 else states

    monkeypatch.setattr(decoder, "_probe", rounded_otherwise)
    decoder.warm_up()

    assert decoder.rows == 16
    assert decoder._sizes == (4, 16)  # pyright: ignore[reportPrivateUsage] - see above


def test_products_in_bfloat16_come_close_to_those_of_keras(network: Any) -> None:
    decoder = LSTMDecoder(network, sizes=(4,), steps=64, chunk=8, precision="bfloat16")
    order = an_order(1)

    (drawn,) = decode(decoder, [order])

    logits = logits_after(network, order, drawn.symbols)
    rows, steps = np.indices(drawn.symbols.shape)
    expected = np.log(sampling.softmax(logits))[rows, steps, drawn.symbols]
    np.testing.assert_allclose(drawn.log_likelihoods, expected, atol=0.05)


def test_rows_of_an_order_draw_on_their_own_numbers(decoder: LSTMDecoder) -> None:
    order = an_order(3, temperature=1.5)

    (drawn,) = decode(decoder, [order])

    assert len({tuple(row) for row in drawn.symbols.tolist()}) == ROWS


def test_equal_numbers_draw_equal_symbols(decoder: LSTMDecoder) -> None:
    order = an_order(4)
    same = DecodeRequest(order.prompt, np.repeat(order.uniforms[:1], ROWS, axis=0))

    (drawn,) = decode(decoder, [same])

    assert (drawn.symbols == drawn.symbols[0]).all()


def test_a_top_k_of_one_takes_the_likeliest_symbol(network: Any, decoder: LSTMDecoder) -> None:
    order = an_order(5, top_k=1)

    (drawn,) = decode(decoder, [order])

    likeliest = logits_after(network, order, drawn.symbols).argmax(axis=-1)
    np.testing.assert_array_equal(drawn.symbols, likeliest)


@pytest.mark.parametrize(
    "orders",
    [
        pytest.param([an_order(1, given=0)], id="nothing given"),
        pytest.param([an_order(1, drawn=0)], id="nothing to draw"),
        pytest.param([an_order(1, given=4, drawn=61)], id="too long"),
        pytest.param(
            [DecodeRequest(np.zeros(1, int), np.zeros((5, 4), np.float32))], id="too wide"
        ),
    ],
)
def test_orders_that_do_not_fit_are_refused(
    decoder: LSTMDecoder, orders: list[DecodeRequest]
) -> None:
    with pytest.raises(ValueError, match=r"\d"):
        decode(decoder, orders)


def test_orders_that_do_not_fit_together_are_fulfilled_by_turns(decoder: LSTMDecoder) -> None:
    orders = [an_order(seed, drawn=10 + seed) for seed in range(8)]

    together = decode(decoder, orders)

    for order, drawn in zip(orders, together, strict=True):
        np.testing.assert_array_equal(drawn.symbols, decode(decoder, [order])[0].symbols)


def test_more_rows_than_are_ready_are_refused(network: Any) -> None:
    decoder = LSTMDecoder(network, sizes=(4, 8), steps=64, chunk=8, precision="float32")

    with pytest.raises(ValueError, match="6 rows"):
        decoder.advance([decoder.begin(an_order(seed)) for seed in range(2)])


def test_the_longest_order_fits(decoder: LSTMDecoder) -> None:
    (drawn,) = decode(decoder, [an_order(1, given=4, drawn=60)])

    assert drawn.symbols.shape == (ROWS, 60)
