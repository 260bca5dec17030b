import numpy as np
import pytest

from engine.networks import rnn
from engine.networks.rnn import DropoutMasks, Parameters
from engine.reference import char_rnn

SYMBOLS, UNITS, MEMBERS = 5, 4, 2


@pytest.fixture
def parameters(rng: np.random.Generator) -> Parameters:
    drawn = rnn.initial_parameters(MEMBERS, SYMBOLS, UNITS, rng)
    return Parameters(
        **{name: w + 0.1 * rng.standard_normal(w.shape) for name, w in drawn.arrays().items()}
    )


def _masks(rng: np.random.Generator, dropped: bool) -> DropoutMasks | None:
    shape = (MEMBERS, 3, UNITS)
    return DropoutMasks(rng.uniform(0, 2, shape), rng.uniform(0, 2, shape)) if dropped else None


@pytest.mark.parametrize("dropped", [False, True], ids=["plain", "dropout"])
@pytest.mark.parametrize("name", ["w_xh", "w_hh", "b_h", "w_hy", "b_y"])
def test_gradients_agree_with_finite_differences(
    parameters: Parameters, rng: np.random.Generator, name: str, dropped: bool
) -> None:
    inputs = rng.integers(0, SYMBOLS, (3, 6))
    targets = rng.integers(0, SYMBOLS, (3, 6))
    weights = rng.random((3, 6))
    state = rng.standard_normal((MEMBERS, 3, UNITS))
    masks = _masks(rng, dropped)

    def loss() -> float:
        _, logits = rnn.forward(parameters, inputs, state, masks)
        return float(rnn.cross_entropy(logits, targets, weights)[0].sum())

    hidden, logits = rnn.forward(parameters, inputs, state, masks)
    _, by_logits = rnn.cross_entropy(logits, targets, weights)
    gradients = rnn.backward(parameters, inputs, state, hidden, by_logits, masks)
    weight = parameters.arrays()[name]
    numeric = np.empty_like(weight)
    for index in np.ndindex(weight.shape):
        kept = weight[index]
        weight[index] = kept + 1e-6
        above = loss()
        weight[index] = kept - 1e-6
        numeric[index] = (above - loss()) / 2e-6
        weight[index] = kept

    np.testing.assert_allclose(gradients.arrays()[name], numeric, atol=1e-7)


def test_stepping_gives_what_forward_gives(
    parameters: Parameters, rng: np.random.Generator
) -> None:
    inputs = rng.integers(0, SYMBOLS, (3, 6))
    state = rnn.initial_state(parameters, 3)

    hidden, logits = rnn.forward(parameters, inputs, state)

    for t in range(6):
        state, stepped = rnn.step(parameters, inputs[:, t], state)
        np.testing.assert_allclose(stepped, logits[:, :, t], atol=1e-12)
        np.testing.assert_allclose(state, hidden[:, :, t], atol=1e-12)


def test_a_member_predicts_alone_what_it_predicts_among_others(
    parameters: Parameters, rng: np.random.Generator
) -> None:
    inputs = rng.integers(0, SYMBOLS, (3, 6))
    _, together = rnn.forward(parameters, inputs, rnn.initial_state(parameters, 3))

    member = parameters.member(1)
    _, alone = rnn.forward(member, inputs, rnn.initial_state(member, 3))

    np.testing.assert_allclose(alone[0], together[1], atol=1e-12)


def test_losses_and_gradients_agree_with_the_article(rng: np.random.Generator) -> None:
    fed_in, to_predict = [3, 1, 4, 1], [1, 4, 1, 0]
    a_prev = rng.standard_normal((UNITS, 1))
    weights = {
        "Wax": rng.standard_normal((UNITS, SYMBOLS)),
        "Waa": rng.standard_normal((UNITS, UNITS)),
        "Wya": rng.standard_normal((SYMBOLS, UNITS)),
        "b": rng.standard_normal((UNITS, 1)),
        "by": rng.standard_normal((SYMBOLS, 1)),
    }
    theirs, trace = char_rnn.rnn_forward(fed_in, to_predict, a_prev, weights)
    expected = char_rnn.rnn_backward(fed_in, to_predict, weights, trace)

    names = {"Wax": "w_xh", "Waa": "w_hh", "Wya": "w_hy", "b": "b_h", "by": "b_y"}
    parameters = Parameters(**{names[name]: w.T[None] for name, w in weights.items()})
    inputs, targets, state = np.array([fed_in]), np.array([to_predict]), a_prev.T[None]
    hidden, logits = rnn.forward(parameters, inputs, state)
    losses, by_logits = rnn.cross_entropy(logits, targets, np.ones((1, 4)))
    gradients = rnn.backward(parameters, inputs, state, hidden, by_logits).arrays()

    assert losses[0] == pytest.approx(theirs)
    for name, ours in names.items():
        np.testing.assert_allclose(gradients[ours][0].T, expected["d" + name], atol=1e-12)


def test_padding_counts_for_nothing(parameters: Parameters, rng: np.random.Generator) -> None:
    inputs = rng.integers(0, SYMBOLS, (3, 6))
    weights = np.tile([1.0, 1, 1, 0, 0, 0], (3, 1))
    other = inputs.copy()
    other[:, 3:] = (other[:, 3:] + 1) % SYMBOLS

    def gradients(symbols: rnn.Indices) -> dict[str, rnn.Floats]:
        state = rnn.initial_state(parameters, 3)
        hidden, logits = rnn.forward(parameters, symbols, state)
        _, by_logits = rnn.cross_entropy(logits, inputs, weights)
        return rnn.backward(parameters, symbols, state, hidden, by_logits).arrays()

    expected = gradients(inputs)
    for name, gradient in gradients(other).items():
        np.testing.assert_allclose(gradient, expected[name], atol=1e-12)


def test_cross_entropy_survives_hopeless_predictions() -> None:
    logits = np.array([[[[0.0, 5_000.0]]]])

    losses, gradient = rnn.cross_entropy(logits, np.array([[0]]), np.ones((1, 1)))

    assert np.isfinite(losses).all()
    np.testing.assert_allclose(gradient, [[[[-1, 1]]]])
