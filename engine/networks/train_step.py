"""An LSTM layer over a window, written out for training on a processor.

It computes what `keras.layers.LSTM` computes, from the same weights (Hochreiter and Schmidhuber,
1997; gates in the order input, forget, candidate, output). Unlike there, products can be in a
shorter number format while sums and cell states stay in float32, and the gradients of the weights
are one product for all steps instead of one for each.

Time is the first axis here: T steps, B sequences, H units.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from engine.networks.tensorflow import Tensor, tf


def lstm(
    inputs: Tensor, weights: list[Tensor], state: list[Tensor], products: str
) -> tuple[Tensor, Tensor, Tensor]:
    """Run a layer over a window.

    Args:
        inputs: shape (T, B, ...), T known when the function is traced.
        weights: kernel (..., 4H), recurrent kernel (H, 4H), bias (4H,).
        state: hidden and cell state before the first step, each (B, H).
        products: the number format in which matrices are multiplied.

    Returns:
        Hidden states (T, B, H), and the hidden and cell state after the last step, each (B, H).
    """
    kernel, recurrent_kernel, bias = weights
    steps, rows, _ = inputs.shape
    flat = tf.reshape(inputs, (steps * rows, -1))
    driven = tf.reshape(multiply(flat, kernel, products) + bias, (steps, rows, -1))
    hidden, cell = state
    return _recur(driven, recurrent_kernel, hidden, cell, products)


def multiply(left: Tensor, right: Tensor, products: str, **options: bool) -> Tensor:
    """Return a matrix product in float32, done in another format."""
    product = tf.matmul(tf.cast(left, products), tf.cast(right, products), **options)
    return tf.cast(product, tf.float32)


def _recur(
    driven: Tensor, kernel: Tensor, hidden: Tensor, cell: Tensor, products: str
) -> tuple[Tensor, Tensor, Tensor]:
    """Run the recurrence, given what the inputs contribute to the gates, shape (T, B, 4H)."""

    @tf.custom_gradient
    def recur(
        driven: Tensor, kernel: Tensor, hidden: Tensor, cell: Tensor
    ) -> tuple[tuple[Tensor, Tensor, Tensor], Callable[..., Any]]:
        cast_kernel = tf.cast(kernel, products)
        steps = _forward(driven, cast_kernel, hidden, cell, products)
        outputs = tf.stack([step.hidden for step in steps])

        def backward(
            d_outputs: Tensor, d_hidden: Tensor, d_cell: Tensor
        ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
            d_driven, d_hidden, d_cell = _backward(
                steps, cast_kernel, d_outputs, d_hidden, d_cell, products
            )
            entered = tf.reshape(tf.concat([hidden[None], outputs[:-1]], 0), (-1, kernel.shape[0]))
            flat = tf.reshape(d_driven, (-1, kernel.shape[1]))
            d_kernel = multiply(entered, flat, products, transpose_a=True)
            return d_driven, d_kernel, d_hidden, d_cell

        return (outputs, steps[-1].hidden, steps[-1].cell), backward

    return recur(driven, kernel, hidden, cell)


class _Step(NamedTuple):
    """What the forward pass keeps for the backward pass; each tensor is (B, H).

    Attributes:
        i: input gate.
        f: forget gate.
        g: candidate.
        o: output gate.
        before: cell state before the step.
        cell: cell state after it, f * before + i * g.
        squashed: tanh of the cell state after it.
        hidden: hidden state after it, o * squashed.
    """

    i: Tensor
    f: Tensor
    g: Tensor
    o: Tensor
    before: Tensor
    cell: Tensor
    squashed: Tensor
    hidden: Tensor


def _forward(
    driven: Tensor, kernel: Tensor, hidden: Tensor, cell: Tensor, products: str
) -> list[_Step]:
    steps: list[_Step] = []
    for z in tf.unstack(driven):
        gates = tf.split(z + multiply(hidden, kernel, products), 4, axis=1)
        i, f, o = (tf.sigmoid(gates[n]) for n in (0, 1, 3))
        g = tf.tanh(gates[2])
        before, cell = cell, f * cell + i * g
        squashed = tf.tanh(cell)
        hidden = o * squashed
        steps.append(_Step(i, f, g, o, before, cell, squashed, hidden))
    return steps


def _backward(
    steps: list[_Step],
    kernel: Tensor,
    d_outputs: Tensor,
    d_hidden: Tensor,
    d_cell: Tensor,
    products: str,
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the gradients of what the inputs contribute, and of the state before the window."""
    d_driven: list[Tensor] = []
    for step, d_output in zip(steps[::-1], tf.unstack(d_outputs)[::-1], strict=True):
        i, f, g, o, before, _, squashed, _ = step
        d_hidden += d_output
        d_cell += d_hidden * o * (1 - squashed * squashed)
        d_gates = (
            d_cell * g * i * (1 - i),
            d_cell * before * f * (1 - f),
            d_cell * i * (1 - g * g),
            d_hidden * squashed * o * (1 - o),
        )
        d_driven.append(tf.concat(d_gates, axis=1))
        d_cell *= f
        d_hidden = multiply(d_driven[-1], kernel, products, transpose_b=True)
    return tf.stack(d_driven[::-1]), d_hidden, d_cell
