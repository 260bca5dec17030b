"""The article's training as it describes it: one-hot vectors, one matrix product a step.

A baseline to measure against, and a second implementation to test against. Symbols as in
`engine.reference.char_rnn`, whose weights it trains.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from engine.reference.char_rnn import NEWLINE, Matrix, Weights


def softmax(z: Matrix) -> Matrix:
    e = np.exp(z - np.max(z))
    return e / e.sum(axis=0)


def one_hot(index: int | None, n_x: int) -> Matrix:
    x = np.zeros((n_x, 1))
    if index is not None:
        x[index] = 1
    return x


def forward(
    X: Sequence[int | None], Y: Sequence[int], a_prev: Matrix, weights: Weights
) -> tuple[float, list[Matrix], list[Matrix], list[Matrix]]:
    """Return the loss, the one-hot inputs, the hidden states (the first is a_prev), the outputs."""
    loss = 0.0
    xs: list[Matrix] = []
    states = [a_prev]
    outputs: list[Matrix] = []
    for index, target in zip(X, Y, strict=True):
        x = one_hot(index, len(weights["by"]))
        a = np.tanh(weights["Wax"] @ x + weights["Waa"] @ states[-1] + weights["b"])
        y = softmax(weights["Wya"] @ a + weights["by"])
        loss -= float(np.log(y[target, 0]))
        xs.append(x)
        states.append(a)
        outputs.append(y)
    return loss, xs, states, outputs


def backward(
    Y: Sequence[int],
    weights: Weights,
    xs: list[Matrix],
    states: list[Matrix],
    outputs: list[Matrix],
) -> Weights:
    gradients = {"d" + name: np.zeros_like(weight) for name, weight in weights.items()}
    da_next = np.zeros_like(states[0])
    for t in reversed(range(len(Y))):
        dy = outputs[t].copy()
        dy[Y[t]] -= 1
        gradients["dWya"] += dy @ states[t + 1].T
        gradients["dby"] += dy
        da = weights["Wya"].T @ dy + da_next
        dz = (1 - states[t + 1] * states[t + 1]) * da
        gradients["db"] += dz
        gradients["dWax"] += dz @ xs[t].T
        gradients["dWaa"] += dz @ states[t].T
        da_next = weights["Waa"].T @ dz
    return gradients


def train(
    names: Sequence[str], symbols: Sequence[str], weights: Weights, iterations: int
) -> Iterator[float]:
    """Train on one name after another, in place; yield the loss of each name in nats."""
    shuffled = list(names)
    np.random.RandomState(0).shuffle(shuffled)
    index_of = {symbol: index for index, symbol in enumerate(symbols)}
    a_prev = np.zeros_like(weights["b"])
    for iteration in range(iterations):
        name = [index_of[symbol] for symbol in shuffled[iteration % len(shuffled)]]
        X, Y = [None, *name], [*name, NEWLINE]
        loss, xs, states, outputs = forward(X, Y, a_prev, weights)
        gradients = backward(Y, weights, xs, states, outputs)
        for gradient in gradients.values():
            np.clip(gradient, -5, 5, out=gradient)
        for symbol, weight in weights.items():
            weight -= 0.01 * gradients["d" + symbol]
        a_prev = states[-1]
        yield loss


def sample(weights: Weights, rng: np.random.Generator, max_symbols: int = 50) -> list[int]:
    """Draw one name as the article does, from one generator in place of many seeds."""
    n_x = len(weights["by"])
    x, a = one_hot(None, n_x), np.zeros_like(weights["b"])
    indices: list[int] = []
    while len(indices) < max_symbols and (not indices or indices[-1] != NEWLINE):
        a = np.tanh(weights["Wax"] @ x + weights["Waa"] @ a + weights["b"])
        y = softmax(weights["Wya"] @ a + weights["by"])
        indices.append(int(rng.choice(n_x, p=y.ravel())))
        x = one_hot(indices[-1], n_x)
    return indices
