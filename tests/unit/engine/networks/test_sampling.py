import numpy as np
import pytest

from engine.networks import sampling


def test_draws_follow_the_distribution(rng: np.random.Generator) -> None:
    probabilities = np.tile([0.1, 0.0, 0.7, 0.2], (20_000, 1))

    drawn = sampling.pick(probabilities, rng.random(20_000))
    shares = np.bincount(drawn, minlength=4) / 20_000

    assert shares == pytest.approx([0.1, 0.0, 0.7, 0.2], abs=0.02)
    assert shares[1] == 0


def test_a_mixture_is_the_mean_of_its_members_distributions() -> None:
    logits = np.log(np.array([[[0.5, 0.5]], [[0.1, 0.9]]]))

    np.testing.assert_allclose(sampling.mixture(logits), [[0.3, 0.7]])


def test_a_low_temperature_leaves_the_likeliest() -> None:
    np.testing.assert_allclose(
        sampling.temper(np.array([[0.3, 0.4, 0.3]]), 0.01), [[0, 1, 0]], atol=1e-9
    )


def test_temperature_one_changes_nothing() -> None:
    probabilities = np.array([[0.3, 0.4, 0.3]])

    np.testing.assert_allclose(sampling.temper(probabilities, 1), probabilities)


@pytest.mark.parametrize(
    ("top_p", "expected"),
    [
        (0.3, [0, 1, 0, 0]),
        (0.5, [0, 1, 0, 0]),
        (0.6, [0, 0.625, 0.375, 0]),
        (1.0, [0.1, 0.5, 0.3, 0.1]),
    ],
    ids=str,
)
def test_nucleus_keeps_the_fewest_that_reach_top_p(top_p: float, expected: list[float]) -> None:
    probabilities = np.array([[0.1, 0.5, 0.3, 0.1]])

    np.testing.assert_allclose(sampling.nucleus(probabilities, top_p), [expected])
