"""One step of training, against the network of Keras."""

from dataclasses import replace

import numpy as np
import pytest

from engine.networks.lstm import (
    LSTMConfig,
    OptimizerConfig,
    TrainStep,
    build,
    logits_of,
    sizes_of,
    with_weights,
)
from engine.networks.rnn import Floats, Indices
from engine.networks.tensorflow import keras

SIZES = LSTMConfig(symbols=9, embedding=4, units=6)
RECIPE = OptimizerConfig(
    dropout=0.0, weight_decay=0.0, clip_norm=1.0, averaging=0.9, precision="float32", seed=2
)
B, T = 4, 5
NONE_FRESH = np.zeros(B, np.bool_)
ALL_FRESH = np.ones(B, np.bool_)


@pytest.fixture
def symbols(rng: np.random.Generator) -> Indices:
    return rng.integers(0, SIZES.symbols, (B, 2 * T + 1))


def _learn(learner: TrainStep, symbols: Indices, start: int = 0, rate: float = 0.0) -> float:
    """Learn the window from a step on; at step 0 from a state of zeros."""
    return learner.run(
        symbols[:, start : start + T],
        symbols[:, start + 1 : start + T + 1],
        np.ones((B, T), np.float32),
        NONE_FRESH if start else ALL_FRESH,
        rate,
    )


def _mean_nats(weights: list[Floats], symbols: Indices, steps: slice) -> float:
    """Return the mean of -log p by the network of Keras, run from the first symbol on."""
    logits = logits_of(with_weights(SIZES, weights))(symbols[:, :-1]).astype(np.float64)
    log_p = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    scored = np.take_along_axis(log_p, symbols[:, 1:, None], axis=-1)[..., 0]
    return -float(scored[:, steps].mean())


def test_sizes_are_read_back() -> None:
    assert sizes_of(build(SIZES)) == SIZES


def test_the_loss_is_that_of_the_keras_network_with_carried_state(symbols: Indices) -> None:
    learner = TrainStep(SIZES, RECIPE, B)
    weights = learner.average()

    first, second = _learn(learner, symbols), _learn(learner, symbols, start=T)

    assert first == pytest.approx(_mean_nats(weights, symbols, slice(0, T)), abs=1e-5)
    assert second == pytest.approx(_mean_nats(weights, symbols, slice(T, 2 * T)), abs=1e-5)


def test_a_fresh_row_starts_from_zeros(symbols: Indices) -> None:
    learner = TrainStep(SIZES, RECIPE, B)
    first = _learn(learner, symbols)

    assert _learn(learner, symbols) == pytest.approx(first, abs=1e-6)


def test_padding_does_not_count(symbols: Indices) -> None:
    learner = TrainStep(SIZES, RECIPE, B)
    weights = np.zeros((B, T), np.float32)
    weights[:, 0] = 1

    loss = learner.run(symbols[:, :T], symbols[:, 1 : T + 1], weights, ALL_FRESH, 0.0)

    assert loss == pytest.approx(_mean_nats(learner.average(), symbols, slice(0, 1)), abs=1e-5)


def test_steps_lower_the_loss_and_move_the_average_along(symbols: Indices) -> None:
    learner = TrainStep(SIZES, RECIPE, B)

    losses = [_learn(learner, symbols, rate=0.02) for _ in range(60)]

    assert losses[-1] < losses[0] - 0.5
    assert _mean_nats(learner.average(), symbols, slice(0, T)) < losses[0] - 0.5


def test_dropout_is_drawn_anew_for_each_step_but_the_same_from_the_same_seed(
    symbols: Indices,
) -> None:
    recipe = replace(RECIPE, dropout=0.5)
    learner, twin = TrainStep(SIZES, recipe, B), TrainStep(SIZES, recipe, B)

    losses = [_learn(learner, symbols) for _ in range(2)]

    assert losses[0] != losses[1]
    assert [_learn(twin, symbols) for _ in range(2)] == losses


def test_a_restored_learner_goes_on_as_if_nothing_had_happened(symbols: Indices) -> None:
    recipe = replace(RECIPE, dropout=0.3, weight_decay=0.1)
    learner, other = TrainStep(SIZES, recipe, B), TrainStep(SIZES, replace(recipe, seed=2), B)
    for _ in range(3):
        _learn(learner, symbols, rate=0.01)

    other.restore(learner.arrays())

    for mine, theirs in zip(
        [_learn(learner, symbols, start=T, rate=0.01) for _ in range(3)],
        [_learn(other, symbols, start=T, rate=0.01) for _ in range(3)],
        strict=True,
    ):
        assert mine == theirs


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_both_precisions_learn(symbols: Indices, precision: str) -> None:
    learner = TrainStep(SIZES, replace(RECIPE, precision=precision), B)

    losses = [_learn(learner, symbols, rate=0.02) for _ in range(40)]

    assert losses[-1] < losses[0] - 0.3


def test_weights_of_other_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        with_weights(SIZES, build(replace(SIZES, units=7)).get_weights())


def test_the_keras_layers_have_the_names_that_others_rely_on() -> None:
    names = [layer.name for layer in build(SIZES).layers if layer.weights]

    assert names == ["embedding", "lstm_1", "lstm_2", "logits"]
    assert keras.backend.backend() == "tensorflow"
