import numpy as np
import pytest

from engine.networks.optimizers import Adam, average_into, clip_by_norm, warmed_cosine


def test_adams_first_step_has_the_length_of_the_learning_rate() -> None:
    weights = {"w": np.array([[[1.0, 1.0, 1.0]]])}

    Adam(decay=0).update(weights, {"w": np.array([[[3.0, -0.02, 500.0]]])}, 0.1)

    np.testing.assert_allclose(weights["w"], [[[0.9, 1.1, 0.9]]], atol=1e-6)


def test_adam_finds_the_lowest_point_of_a_bowl() -> None:
    weights = {"w": np.array([[[4.0, -3.0]]])}
    adam = Adam(decay=0)

    for step in range(400):
        slope = {"w": 2 * (weights["w"] - [1.0, 2.0])}
        adam.update(weights, slope, 0.1 * warmed_cosine(step / 400, 0, 0))

    np.testing.assert_allclose(weights["w"], [[[1.0, 2.0]]], atol=1e-3)


def test_weight_decay_shrinks_weights_and_spares_biases() -> None:
    weights = {"w_hh": np.full((1, 2, 2), 2.0), "b_h": np.full((1, 1, 2), 2.0)}
    still = {name: np.zeros_like(weight) for name, weight in weights.items()}

    Adam(decay=0.5).update(weights, still, 0.1)

    assert weights["w_hh"] == pytest.approx(1.9)
    assert weights["b_h"] == pytest.approx(2.0)


def test_clipping_bounds_the_norm_of_each_member_alone() -> None:
    gradients = {"w": np.array([[[30.0]], [[0.3]]]), "b": np.array([[[40.0]], [[0.4]]])}

    clip_by_norm(gradients, 1.0)

    np.testing.assert_allclose(gradients["w"].ravel(), [0.6, 0.3])
    np.testing.assert_allclose(gradients["b"].ravel(), [0.8, 0.4])


def test_clipping_leaves_nothing_where_there_is_nothing() -> None:
    gradients = {"w": np.zeros((1, 2, 2))}

    clip_by_norm(gradients, 1.0)

    assert (gradients["w"] == 0).all()


@pytest.mark.parametrize(
    ("progress", "factor"), [(0, 0), (0.05, 0.5), (0.5, 0.55), (1, 0.1)], ids=str
)
def test_the_schedule_rises_and_falls_to_its_floor(progress: float, factor: float) -> None:
    assert warmed_cosine(progress, 0.1, 0.1) == pytest.approx(factor, abs=0.01)


def test_averaging_moves_by_the_share_that_momentum_leaves() -> None:
    average = {"w": np.array([1.0])}

    average_into(average, {"w": np.array([2.0])}, momentum=0.75)

    assert average["w"] == pytest.approx(1.25)
