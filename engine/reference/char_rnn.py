"""The original procedure, kept literally: one name an iteration, gradient descent, seeded samples.

It goes back to A. Karpathy's minimal character RNN and A. Ng's course on sequence models. The
symbols are the original's: Wax joins input and hidden layer, Waa hidden and hidden, Wya hidden
layer and output, b and by are biases, a is the hidden state. Everything is float64, since the
published figures depend on it. Sizes are n_x symbols, n_a hidden units, T steps.

What differs from the original is only how the same sums are computed: the input is an index in
place of a one-hot vector, and all that does not depend on the step before is done for all steps
of a name in one product.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]
Weights = dict[str, Matrix]
"""Wax (n_a, n_x), Waa (n_a, n_a), Wya (n_x, n_a), b (n_a, 1), by (n_x, 1)."""

ITERATIONS = 35_000
NEWLINE = 0
"""The index of the newline, which sorts before the letters."""

_HIDDEN_UNITS = 50
_LEARNING_RATE = 0.01
_CLIP_AT = 5.0
_REPORT_EVERY = 2_000
_NAMES_A_REPORT = 7
_MAX_SYMBOLS = 50


@dataclass(frozen=True, slots=True)
class Trace:
    """What `rnn_forward` keeps for `rnn_backward`.

    Attributes:
        a: hidden states, the initial one first, shape (T + 1, n_a).
        y: predicted distributions, shape (T, n_x).
    """

    a: Matrix
    y: Matrix


@dataclass(frozen=True, slots=True)
class Report:
    """What the original prints every 2,000 iterations.

    Attributes:
        loss: smoothed loss of a name, in nats.
    """

    iteration: int
    loss: float
    names: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join([f"Iteration: {self.iteration}, Loss: {self.loss:.6f}", *self.names])


def initial_weights(n_x: int, n_a: int = _HIDDEN_UNITS, seed: int = 1) -> Weights:
    """Draw weights as `randn * 0.01` in the order Wax, Waa, Wya; biases are zero."""
    random = np.random.RandomState(seed)
    return {
        "Wax": random.randn(n_a, n_x) * 0.01,
        "Waa": random.randn(n_a, n_a) * 0.01,
        "Wya": random.randn(n_x, n_a) * 0.01,
        "b": np.zeros((n_a, 1)),
        "by": np.zeros((n_x, 1)),
    }


def rnn_forward(
    X: Sequence[int | None], Y: Sequence[int], a_prev: Matrix, weights: Weights
) -> tuple[float, Trace]:
    """Run the network over one name.

    a_t = tanh(Wax x_t + Waa a_{t-1} + b), y_t = softmax(Wya a_t + by)

    Args:
        X: indices of the symbols fed in, T of them; the first may be None, the zero vector.
        Y: indices of the symbols to predict, T of them.
        a_prev: hidden state before the first step, shape (n_a, 1).
        weights: the weights.

    Returns:
        The cross-entropy of the name in nats, summed over its steps, and what backpropagation
        needs.
    """
    steps = len(Y)
    Waa = weights["Waa"]
    z = np.repeat(weights["b"].T, steps, axis=0)
    first, indices = _shown(X)
    z[first:] += weights["Wax"].T[indices]
    a = np.empty((steps + 1, len(Waa)))
    a[0] = a_prev[:, 0]
    for z_t, a_before, a_t in zip(z, a[:-1], a[1:], strict=True):
        np.tanh(z_t + Waa.dot(a_before), out=a_t)
    y = np.exp(a[1:] @ weights["Wya"].T + weights["by"].T)
    y /= y.sum(axis=1, keepdims=True)
    loss = -float(np.log(y[np.arange(steps), Y]).sum())
    return loss, Trace(a, y)


def rnn_backward(
    X: Sequence[int | None], Y: Sequence[int], weights: Weights, trace: Trace
) -> Weights:
    """Backpropagate through time over one name.

    Returns:
        The gradients dWax, dWaa, dWya, db, dby, in the shapes of the weights.
    """
    steps, a = len(Y), trace.a
    dy = trace.y.copy()
    dy[np.arange(steps), Y] -= 1
    dz = dy @ weights["Wya"]  # overwritten, from the last step to the first
    slope = 1 - a[1:] ** 2
    Waa_T = weights["Waa"].T
    da_next = np.zeros(len(Waa_T))
    for dz_t, slope_t in zip(dz[::-1], slope[::-1], strict=True):
        dz_t += da_next
        dz_t *= slope_t
        da_next = Waa_T.dot(dz_t)
    first, indices = _shown(X)
    x = np.zeros((steps - first, len(dy[0])))
    x[np.arange(steps - first), indices] = 1
    return {
        "dWax": dz[first:].T @ x,
        "dWaa": dz.T @ a[:-1],
        "dWya": dy.T @ a[1:],
        "db": dz.sum(axis=0)[:, None],
        "dby": dy.sum(axis=0)[:, None],
    }


def _shown(X: Sequence[int | None]) -> tuple[int, npt.NDArray[np.intp]]:
    """Return the first step that is fed a symbol, and the symbols from there on."""
    first = 1 if X[0] is None else 0
    return first, np.array(X[first:], np.intp)


def clip(gradients: Weights, maximum: float) -> Weights:
    """Cut every element of every gradient to [-maximum, maximum], in place, and return them."""
    for gradient in gradients.values():
        np.clip(gradient, -maximum, maximum, out=gradient)
    return gradients


def update_parameters(weights: Weights, gradients: Weights, learning_rate: float) -> None:
    """Take one step of gradient descent, in place: W -= learning_rate * dW."""
    for name, weight in weights.items():
        weight -= learning_rate * gradients["d" + name]


def optimize(
    X: Sequence[int | None],
    Y: Sequence[int],
    a_prev: Matrix,
    weights: Weights,
    learning_rate: float = _LEARNING_RATE,
) -> tuple[float, Weights, Matrix]:
    """Train on one name: forward, backward, clip to 5, descend.

    Returns:
        The loss of the name in nats, the clipped gradients, and the last hidden state (n_a, 1).
    """
    loss, trace = rnn_forward(X, Y, a_prev, weights)
    gradients = clip(rnn_backward(X, Y, weights, trace), _CLIP_AT)
    update_parameters(weights, gradients, learning_rate)
    return loss, gradients, trace.a[-1][:, None]


def sample(weights: Weights, seed: int) -> list[int]:
    """Draw the indices of one name, its newline included, or its first 50 symbols and a newline.

    The generator is seeded anew before each draw, with a number that grows by two.
    """
    a = np.zeros_like(weights["b"])
    x: Matrix | float = 0.0
    indices: list[int] = []
    while len(indices) < _MAX_SYMBOLS:
        a = np.tanh(x + weights["Waa"] @ a + weights["b"])
        z = np.exp(weights["Wya"] @ a + weights["by"])
        y = (z / z.sum()).ravel()
        index = int(np.random.RandomState(seed + 2 * len(indices)).choice(len(y), p=y))
        indices.append(index)
        if index == NEWLINE:
            return indices
        x = weights["Wax"][:, [index]]
    return [*indices, NEWLINE]


def replay(names: Sequence[str], iterations: int = ITERATIONS) -> Iterator[Report]:
    """Train as the original does and yield what it prints.

    Yields:
        A report after the first iteration, and after every 2,000 more.
    """
    symbols = sorted({"\n"}.union(*names))
    weights = initial_weights(len(symbols))
    # The original starts from the loss of guessing, for seven symbols.
    smoothed = -math.log(1 / len(symbols)) * 7
    for iteration, loss in enumerate(train(names, symbols, weights, iterations)):
        smoothed = 0.999 * smoothed + 0.001 * loss
        if iteration % _REPORT_EVERY == 0:
            drawn = (sample(weights, seed) for seed in range(_NAMES_A_REPORT))
            spelled = ("".join(symbols[i] for i in indices[:-1]) for indices in drawn)
            yield Report(iteration, smoothed, tuple(name.capitalize() for name in spelled))


def train(
    names: Sequence[str], symbols: Sequence[str], weights: Weights, iterations: int
) -> Iterator[float]:
    """Train on one name after another, in an order shuffled once.

    The hidden state at the end of a name is the first of the next; no gradient flows back there.

    Yields:
        The loss of each name in nats; the weights have been updated by it.
    """
    shuffled = list(names)
    np.random.RandomState(0).shuffle(shuffled)
    index_of = {symbol: index for index, symbol in enumerate(symbols)}
    encoded = [[index_of[symbol] for symbol in name] for name in shuffled]
    a = np.zeros_like(weights["b"])
    for iteration in range(iterations):
        name = encoded[iteration % len(encoded)]
        loss, _, a = optimize([None, *name], [*name, NEWLINE], a, weights)
        yield loss
