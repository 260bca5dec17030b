"""The layer written out for training, against the layer of Keras."""

from typing import Any

import numpy as np
import pytest

from engine.networks.rnn import Floats
from engine.networks.tensorflow import Tensor, keras, tf
from engine.networks.train_step import lstm

B, T, D, H = 3, 7, 5, 4


@pytest.fixture
def layer() -> Any:
    keras.utils.set_random_seed(3)
    layer = keras.layers.LSTM(H, return_sequences=True, return_state=True)
    layer.build((B, T, D))
    return layer


@pytest.fixture
def given(rng: np.random.Generator) -> list[Tensor]:
    """Inputs (B, T, D), and the hidden and cell state before the first step, each (B, H)."""
    shapes = ((B, T, D), (B, H), (B, H))
    return [tf.constant(rng.standard_normal(shape, np.float32)) for shape in shapes]


def _ours(layer: Any, inputs: Tensor, *state: Tensor, products: str = "float32") -> list[Tensor]:
    weights = [variable.value for variable in layer.trainable_variables]
    outputs, hidden, cell = lstm(tf.transpose(inputs, (1, 0, 2)), weights, list(state), products)
    return [tf.transpose(outputs, (1, 0, 2)), hidden, cell]


def _theirs(layer: Any, inputs: Tensor, *state: Tensor) -> list[Tensor]:
    return list(layer(inputs, initial_state=list(state)))


def _gradients(results: Any, layer: Any, given: list[Tensor]) -> list[Floats]:
    """Return the gradients of a sum that weighs every result differently."""
    variables = [variable.value for variable in layer.trainable_variables]
    with tf.GradientTape() as tape:
        tape.watch(given)
        total = sum(
            tf.reduce_sum(result * tf.cos(tf.range(tf.size(result), dtype=tf.float32) + n))
            for n, result in enumerate(tf.reshape(r, (-1,)) for r in results(layer, *given))
        )
    return [gradient.numpy() for gradient in tape.gradient(total, [*variables, *given])]


def test_outputs_and_states_are_those_of_keras(layer: Any, given: list[Tensor]) -> None:
    for ours, theirs in zip(_ours(layer, *given), _theirs(layer, *given), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_gradients_are_those_of_keras(layer: Any, given: list[Tensor]) -> None:
    ours, theirs = _gradients(_ours, layer, given), _gradients(_theirs, layer, given)

    assert len(ours) == 6  # three weights, the inputs, two states
    for mine, expected in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(mine, expected, atol=1e-5)


def test_shorter_products_stay_close(layer: Any, given: list[Tensor]) -> None:
    short = _ours(layer, *given, products="bfloat16")

    for ours, theirs in zip(short, _theirs(layer, *given), strict=True):
        assert ours.dtype == tf.float32
        np.testing.assert_allclose(ours, theirs, atol=0.03)
