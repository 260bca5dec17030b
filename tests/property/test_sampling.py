import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from engine.networks import sampling
from engine.networks.rnn import Floats

LOGITS = arrays.arrays(
    np.float64,
    st.tuples(st.integers(1, 3), st.integers(1, 4), st.integers(2, 6)),
    elements=st.floats(-50, 50),
)
TEMPERATURES = st.floats(0.1, 2)
TOP_PS = st.floats(0.05, 1)


@given(LOGITS, TEMPERATURES, TOP_PS)
def test_distributions_sum_to_one_and_keep_their_likeliest_symbol(
    logits: Floats, temperature: float, top_p: float
) -> None:
    mixed = sampling.mixture(logits)
    final = sampling.nucleus(sampling.temper(mixed, temperature), top_p)

    np.testing.assert_allclose(final.sum(axis=-1), 1)
    assert (final >= 0).all()
    likeliest = mixed.argmax(axis=-1)[:, None]
    np.testing.assert_allclose(
        np.take_along_axis(final, likeliest, axis=-1)[:, 0], final.max(axis=-1)
    )


@given(LOGITS, TEMPERATURES, TOP_PS, st.integers(0, 2**32))
def test_only_symbols_of_the_nucleus_are_drawn(
    logits: Floats, temperature: float, top_p: float, seed: int
) -> None:
    final = sampling.nucleus(sampling.temper(sampling.mixture(logits), temperature), top_p)

    drawn = sampling.pick(final, np.random.default_rng(seed).random(len(final)))

    assert (np.take_along_axis(final, drawn[:, None], axis=-1) > 0).all()


@given(LOGITS, TOP_PS)
def test_one_symbol_less_would_not_reach_top_p(logits: Floats, top_p: float) -> None:
    mixed = sampling.mixture(logits)
    kept = np.where(sampling.nucleus(mixed, top_p) > 0, mixed, 0)

    assert (kept.sum(axis=-1) >= top_p - 1e-9).all()
    least = np.where(kept > 0, kept, np.inf).min(axis=-1)
    assert (kept.sum(axis=-1) - least < top_p + 1e-12).all()
