"""Decoding the poem network: one compiled loop that carries the state, several poems in a batch.

Shapes are given with C continuations of an order, T steps, V symbols, and H units a layer. All
computation is in float32, whatever the weights are stored in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from engine.backend import Model, Tensor, tf
from engine.lstm import LAYERS
from engine.orders import Continuations, Order
from engine.rnn import Floats

ROWS = 8
"""Continuations of an order."""

BATCHES = (1, 2, 4)
"""Orders that are decoded together: a program is compiled for each of these sizes."""

STEPS = 2_048
"""Symbols of a sequence, given and drawn, at most."""


class Weights(NamedTuple):
    """The weights of a network as the loop needs them, float32.

    Attributes:
        table: what a symbol adds to the gates of the first layer, its bias included, (V, 4H).
        recurrent_1: from the first layer to its own gates, (H, 4H).
        joint_2: from the first and the second layer to the gates of the second, (2H, 4H).
        bias_2: of the second layer, (4H,).
        output: from the second layer to the logits, (H, V).
        output_bias: of the logits, (V,).
    """

    table: Floats
    recurrent_1: Floats
    joint_2: Floats
    bias_2: Floats
    output: Floats
    output_bias: Floats


def weights_of(model: Model) -> Weights:
    """Take the weights out of a network that `lstm.build` made."""

    def of(layer: str) -> list[Floats]:
        return [np.asarray(weight, np.float32) for weight in model.get_layer(layer).get_weights()]

    (embedding,) = of("embedding")
    kernel_1, recurrent_1, bias_1 = of(LAYERS[0])
    kernel_2, recurrent_2, bias_2 = of(LAYERS[1])
    joint_2 = np.concatenate([kernel_2, recurrent_2])
    return Weights(embedding @ kernel_1 + bias_1, recurrent_1, joint_2, bias_2, *of("logits"))


class Decoder:
    """Draws continuations from one network; to be used by one thread at a time.

    What comes of an order depends on nothing but itself, to the last bit: each order is a block
    of C rows with its own products of fixed shapes, so that nothing is summed up in another order
    because of its neighbours.

    Args:
        model: made by `lstm.build`.
        rows: C.
        batches: orders that are decoded together, ascending.
        steps: symbols of a sequence, given and drawn, at most.
    """

    def __init__(
        self,
        model: Model,
        rows: int = ROWS,
        batches: Sequence[int] = BATCHES,
        steps: int = STEPS,
    ) -> None:
        weights = weights_of(model)
        self.rows = rows
        self.symbols = len(weights.output_bias)
        self._steps = steps
        self.batches = tuple(batches)
        self._program = _compiled(weights, rows, steps)

    def warm_up(self, orders: int) -> None:
        """Compile for a number of orders, about a second; else the first of them wait for it."""
        order = Order(np.zeros(1, np.int64), np.zeros((self.rows, 1), np.float32))
        self.decode([order] * orders)

    def decode(self, orders: Sequence[Order]) -> list[Continuations]:
        """Fulfil orders in one batch.

        Raises:
            ValueError: they are none, more than the largest batch, or of shapes that do not fit.
        """
        sizes = [blocks for blocks in self.batches if blocks >= len(orders)]
        if not orders or not sizes:
            raise ValueError(f"{len(orders)} orders; 1 to {self.batches[-1]} fit")
        for order in orders:
            self._check(order)
        inputs = [self._inputs(order) for order in orders]
        inputs += inputs[:1] * (sizes[0] - len(orders))
        last = max(_length(order) for order in orders) - 1
        ended = self._program(inputs, np.int32(last))
        return [_cut(order, *written) for order, written in zip(orders, ended, strict=False)]

    def _check(self, order: Order) -> None:
        rows, drawn = order.uniforms.shape
        if rows != self.rows or not order.given.size or not drawn:
            raise ValueError(f"an order of {rows} rows, {order.given.size} given, {drawn} drawn")
        if _length(order) > self._steps:
            raise ValueError(f"{_length(order)} symbols; at most {self._steps} fit")

    def _inputs(self, order: Order) -> _Inputs:
        drawn = slice(len(order.given), _length(order))
        given = np.full(self._steps, -1, np.int32)
        given[: drawn.start] = order.given
        uniforms = np.zeros((self._steps, self.rows), np.float32)
        uniforms[drawn] = order.uniforms.T
        return _Inputs(
            given,
            uniforms,
            np.float32(1 / order.temperature),
            np.float32(order.top_p),
            np.int32(order.top_k or self.symbols),
        )


class _Inputs(NamedTuple):
    """An order as the program takes it: arrays that it pads, tensors while it is compiled.

    Attributes:
        given: symbols, -1 where one is to be drawn, (STEPS,).
        uniforms: (STEPS, C).
        sharpness: one over temperature.
        top_p: as in the order.
        top_k: at most V.
    """

    given: Tensor
    uniforms: Tensor
    sharpness: Tensor
    top_p: Tensor
    top_k: Tensor


def _length(order: Order) -> int:
    return len(order.given) + order.uniforms.shape[1]


def _cut(order: Order, symbols: Tensor, log_likelihoods: Tensor) -> Continuations:
    drawn = slice(len(order.given), _length(order))
    return Continuations(symbols.numpy()[drawn].T, log_likelihoods.numpy()[drawn].T)


class _State(NamedTuple):
    """How far an order is.

    Attributes:
        symbols: the last symbol of each row, (C,).
        hidden_1, cell_1, hidden_2, cell_2: of the layers, (C, H).
        written: all symbols so far, (STEPS, C).
        log_likelihoods: log p of each of them, (STEPS, C).
    """

    symbols: Tensor
    hidden_1: Tensor
    cell_1: Tensor
    hidden_2: Tensor
    cell_2: Tensor
    written: Tensor
    log_likelihoods: Tensor


def _compiled(weights: Weights, rows: int, steps: int) -> Callable[..., Any]:
    """Return a program that fulfils orders; it is compiled for each number of them when called.

    It takes the inputs of the orders and the index of the last symbol that is wanted, and returns
    symbols and their log p for each order, both (STEPS, C).
    """
    constants = Weights(*map(tf.constant, weights))

    def program(orders: list[_Inputs], last: Tensor) -> list[tuple[Tensor, Tensor]]:
        def advance(t: Tensor, *states: _State) -> tuple[Any, ...]:
            following = zip(orders, states, strict=True)
            return t + 1, *(_step(constants, inputs, state, t) for inputs, state in following)

        def is_unfinished(t: Tensor, *_: _State) -> Tensor:
            return t < last

        starts = (_start(constants, inputs, rows, steps) for inputs in orders)
        _, *ended = tf.while_loop(is_unfinished, advance, (tf.constant(0), *starts))
        return [(state.written, state.log_likelihoods) for state in ended]

    return tf.function(program, jit_compile=True, autograph=False)


def _start(weights: Weights, inputs: _Inputs, rows: int, steps: int) -> _State:
    zeros = tf.zeros((rows, weights.recurrent_1.shape[0]))
    symbols = tf.fill((rows,), inputs.given[0])
    written = tf.concat([symbols[None], tf.zeros((steps - 1, rows), tf.int32)], axis=0)
    return _State(symbols, zeros, zeros, zeros, zeros, written, tf.zeros((steps, rows)))


def _step(weights: Weights, inputs: _Inputs, old: _State, t: Tensor) -> _State:
    """Read symbol t of each row, and write symbol t + 1: the given one, or one that is drawn."""
    hidden_1, cell_1, hidden_2, cell_2, logits = _network(weights, old)
    tempered = logits * inputs.sharpness
    choice = _draw(tempered, inputs.uniforms[t + 1][:, None], inputs.top_p, inputs.top_k)
    given = inputs.given[t + 1]
    symbols = tf.where(given < 0, choice, given)
    scores = tf.gather(tf.nn.log_softmax(logits), symbols, batch_dims=1)
    written = tf.tensor_scatter_nd_update(old.written, [[t + 1]], [symbols])
    log_likelihoods = tf.tensor_scatter_nd_update(old.log_likelihoods, [[t + 1]], [scores])
    return _State(symbols, hidden_1, cell_1, hidden_2, cell_2, written, log_likelihoods)


def _network(weights: Weights, old: _State) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Read a symbol a row: the states of both layers and the logits (C, V) after it.

    z = x W + h U + b, in Keras's order of gates: input, forget, candidate, output.
    """
    # An embedding times the first layer's kernel is a row of the table.
    z_1 = tf.gather(weights.table, old.symbols) + tf.matmul(old.hidden_1, weights.recurrent_1)
    hidden_1, cell_1 = _gates(z_1, old.cell_1)
    both = tf.concat([hidden_1, old.hidden_2], axis=-1)
    hidden_2, cell_2 = _gates(tf.matmul(both, weights.joint_2) + weights.bias_2, old.cell_2)
    logits = tf.matmul(hidden_2, weights.output) + weights.output_bias
    return hidden_1, cell_1, hidden_2, cell_2, logits


def _gates(z: Tensor, cell: Tensor) -> tuple[Tensor, Tensor]:
    into, forget, candidate, out = tf.split(z, 4, axis=-1)
    cell = tf.sigmoid(forget) * cell + tf.sigmoid(into) * tf.tanh(candidate)
    return tf.sigmoid(out) * tf.tanh(cell), cell


def _draw(logits: Tensor, uniforms: Tensor, top_p: Tensor, top_k: Tensor) -> Tensor:
    """Draw a symbol a row, by inversion, from its nucleus and its top-k.

    Symbols are lined up by falling probability without sorting them: V times V comparisons cost
    less than a sort for the few symbols of an alphabet.

    Args:
        logits: after the temperature, (C, V).
        uniforms: (C, 1).
        top_p: scalar.
        top_k: scalar.

    Returns:
        Indices, (C,).
    """
    p = tf.exp(logits - tf.reduce_max(logits, axis=-1, keepdims=True))
    other, own = p[:, None, :], p[:, :, None]
    index = tf.range(p.shape[-1])
    is_before = (other > own) | ((other == own) & (index[None, None, :] < index[None, :, None]))
    rank = tf.reduce_sum(tf.cast(is_before, tf.int32), axis=-1)
    mass_before = tf.reduce_sum(tf.where(is_before, other, 0.0), axis=-1)
    is_kept = (mass_before < top_p * tf.reduce_sum(p, axis=-1, keepdims=True)) & (rank < top_k)
    kept_mass = tf.reduce_sum(tf.where(is_kept, p, 0.0), axis=-1, keepdims=True)
    # The last in line that begins at or before the threshold; the first always does.
    is_reached = is_kept & (p > 0) & (mass_before <= uniforms * kept_mass)
    return tf.argmax(tf.where(is_reached, rank, -1), axis=-1, output_type=tf.int32)
