"""Decoding the poem network: a compiled loop that carries the state of several poems in a batch.

Shapes: C completions of a request, R rows of a batch, K steps of a chunk, V symbols, H units.
Products are done in bfloat16 where the processor can; all else, sums included, in float32.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import cache
from itertools import takewhile
from typing import Any, NamedTuple

import numpy as np

from engine.generation.sequences import DecodeRequest, SequenceGroup
from engine.networks.lstm import LAYERS, faster_precision
from engine.networks.rnn import Floats, Indices
from engine.networks.tensorflow import Model, Tensor, tf

log = logging.getLogger(__name__)

SIZES = (8, 16, 24)
"""Rows of a batch: a program is compiled for each of these sizes."""

CHUNK = 32
"""Steps of a program; between two chunks requests leave the batch, and others join it."""

STEPS = 2_048
"""Symbols of a sequence, prompt included, at most."""


class Weights(NamedTuple):
    """The weights of a network as the loop needs them.

    Attributes:
        table: what a symbol adds to the gates of the first layer, its bias included, (V, 4H).
        recurrent_1: from the first layer to its own gates, (H, 4H).
        joint_2: from the first and the second layer to the gates of the second, (2H, 4H).
        bias_2: of the second layer, (4H,).
        output: from the second layer to the logits, (H, V).
        output_bias: of the logits, (V,).
    """

    table: Tensor
    recurrent_1: Tensor
    joint_2: Tensor
    bias_2: Tensor
    output: Tensor
    output_bias: Tensor


def weights_of(model: Model, precision: str) -> Weights:
    """Return the weights of a network of `lstm.build`, matrices in a number format for products."""

    def of(layer: str) -> list[Floats]:
        return [np.asarray(weight, np.float32) for weight in model.get_layer(layer).get_weights()]

    (embedding,) = of("embedding")
    kernel_1, recurrent_1, bias_1 = of(LAYERS[0])
    kernel_2, recurrent_2, bias_2 = of(LAYERS[1])
    output, output_bias = of("logits")
    return Weights(
        table=tf.constant(embedding @ kernel_1 + bias_1),
        recurrent_1=tf.constant(recurrent_1, precision),
        joint_2=tf.constant(np.concatenate([kernel_2, recurrent_2]), precision),
        bias_2=tf.constant(bias_2),
        output=tf.constant(output, precision),
        output_bias=tf.constant(output_bias),
    )


class LSTMDecoder:
    """Samples completions from one network; to be used by one thread at a time.

    The completions of a request are bitwise the same whatever else is in its batch: a batch size
    that sums in another order than the smallest is not used. Networks of one size share programs.

    Args:
        sizes: rows of a batch, ascending; a request has no more than the first of them.
        steps: symbols of a sequence, prompt included, at most.
    """

    def __init__(
        self,
        model: Model,
        sizes: Sequence[int] = SIZES,
        steps: int = STEPS,
        chunk: int = CHUNK,
        precision: str | None = None,
    ) -> None:
        self._weights = weights_of(model, precision or faster_precision())
        self._units, self.symbols = self._weights.output.shape
        self._all_sizes = tuple(sizes)
        self._sizes = self._all_sizes[:1]
        self._steps = steps
        self._chunk = chunk

    @property
    def rows(self) -> int:
        """The most rows that are decoded together for now; more once warmed up for them."""
        return self._sizes[-1]

    def warm_up(self, is_unwanted: Callable[[], bool] = lambda: False) -> None:
        """Compile for each size, smallest first, about a second each; stop once `is_unwanted`.

        Sizes that are ready can be used meanwhile.
        """
        smallest = self._probe(self._all_sizes[0])
        for size in takewhile(lambda _: not is_unwanted(), self._all_sizes[1:]):
            blocks = np.split(self._probe(size), size // len(smallest))
            if all(np.array_equal(block, smallest) for block in blocks):
                self._sizes = tuple(sorted({*self._sizes, size}))
            else:
                log.info("Batches of %d rows are not used: they sum up in another order", size)

    def begin(self, request: DecodeRequest) -> SequenceGroup:
        """Return the group of a request, before its first step."""
        rows, drawn = request.uniforms.shape
        if not 1 <= rows <= self._all_sizes[0] or not request.prompt.size or not drawn:
            raise ValueError(
                f"{rows} rows, {request.prompt.size} symbols of prompt, {drawn} to sample"
            )
        if (length := len(request.prompt) + drawn) > self._steps:
            raise ValueError(f"{length} symbols; at most {self._steps} fit")
        return SequenceGroup(
            request,
            state=np.zeros((rows, 4, self._units), np.float32),
            symbols=np.full((rows, 1), request.prompt[0], np.int32),
            log_likelihoods=np.empty((rows, 0), np.float32),
        )

    def advance(self, groups: Sequence[SequenceGroup]) -> None:
        """Run a chunk of steps for several groups; each comes out as it would alone.

        Raises:
            ValueError: together they have more rows than fit.
            MemoryError: there is not enough for so many; they are as they were before.
        """
        size = self._size_for(sum(group.rows for group in groups))
        steps = min(self._chunk, max(group.steps_left for group in groups))
        states, symbols, log_likelihoods = self._run(list(map(self._inputs, groups)), size, steps)
        start = 0
        for group in groups:
            mine = slice(start, start := start + group.rows)
            done = min(steps, group.steps_left)
            group.state = states[mine]
            group.symbols = np.hstack([group.symbols, symbols[:done, mine].T])
            drawn = log_likelihoods[:done, mine].T
            group.log_likelihoods = np.hstack([group.log_likelihoods, drawn])

    def _size_for(self, rows: int) -> int:
        fitting = [size for size in self._sizes if size >= rows]
        if not fitting:
            raise ValueError(f"{rows} rows; at most {self.rows} fit")
        return fitting[0]

    def _inputs(self, group: SequenceGroup) -> _Inputs:
        request, done = group.request, group.symbols.shape[1]
        given = np.full(self._chunk, -1, np.int32)
        coming = request.prompt[done : done + self._chunk]
        given[: len(coming)] = coming
        uniforms = np.zeros((request.rows, self._chunk), np.float32)
        begun = max(0, done - len(request.prompt))
        drawn = request.uniforms[:, begun : begun + self._chunk - len(coming)]
        uniforms[:, len(coming) : len(coming) + drawn.shape[1]] = drawn
        return _Inputs(
            group.state,
            group.symbols[:, -1],
            np.tile(given, (request.rows, 1)),
            uniforms,
            np.full(request.rows, 1 / request.temperature, np.float32),
            np.full(request.rows, request.top_p, np.float32),
            np.full(request.rows, request.top_k or self.symbols, np.int32),
        )

    def _probe(self, size: int) -> Floats:
        """Return the states after a chunk of a batch of equal blocks of rows, (R, 4, H)."""
        rng = np.random.default_rng(0)
        rows = self._all_sizes[0]
        uniforms = rng.random((rows, self._chunk), dtype=np.float32)
        inputs = self._inputs(self.begin(DecodeRequest(np.zeros(1, np.int32), uniforms)))
        return self._run([inputs] * (size // rows), size, self._chunk)[0]

    def _run(
        self, inputs: Sequence[_Inputs], size: int, steps: int
    ) -> tuple[Floats, Indices, Floats]:
        batch = _Inputs(*map(tf.constant, _joined(inputs, size)))
        arguments = (self._weights, batch, tf.constant(steps))
        signature = tf.nest.map_structure(tf.TensorSpec.from_tensor, arguments)
        try:
            state, symbols, scores = _program(*signature)(*arguments)
        except tf.errors.ResourceExhaustedError as error:
            raise MemoryError from error
        return state.numpy(), symbols.numpy(), scores.numpy()


class _Inputs(NamedTuple):
    """Inputs of a chunk: arrays of a group or of a batch, tensors while it is compiled.

    Attributes:
        state: (R, 4, H).
        symbols: the last symbol of each row, (R,).
        given: symbols, -1 where one is to be sampled, (R, K).
        uniforms: (R, K).
        sharpness: one over temperature, (R,).
        top_p: as in the request, (R,).
        top_k: at most V, (R,).
    """

    state: Tensor
    symbols: Tensor
    given: Tensor
    uniforms: Tensor
    sharpness: Tensor
    top_p: Tensor
    top_k: Tensor


def _joined(inputs: Sequence[_Inputs], size: int) -> _Inputs:
    """Stack the sequences and pad to the batch size."""
    columns = [np.concatenate(arrays) for arrays in zip(*inputs, strict=True)]
    spare = size - len(columns[0])
    return _Inputs(*(np.concatenate([a, np.repeat(a[:1], spare, axis=0)]) for a in columns))


class _State(NamedTuple):
    """How far a batch is.

    Attributes:
        symbols: the last symbol of each row, (R,).
        hidden_1, cell_1, hidden_2, cell_2: of the layers, (R, H).
        written: all symbols of the chunk so far, (K, R).
        log_likelihoods: log p of each of them, (K, R).
    """

    symbols: Tensor
    hidden_1: Tensor
    cell_1: Tensor
    hidden_2: Tensor
    cell_2: Tensor
    written: Tensor
    log_likelihoods: Tensor


@cache
def _program(
    weights: Weights, inputs: _Inputs, steps: Tensor
) -> Callable[[Weights, _Inputs, Tensor], Any]:
    """Return a program for the shapes and types of its arguments; the first call compiles it.

    It takes weights, the inputs of a batch and the number of steps that are wanted, and returns
    states (R, 4, H), symbols and their log p, both (K, R).
    """
    size, chunk = inputs.given.shape

    def program(weights: Weights, inputs: _Inputs, steps: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        def advance(t: Tensor, state: _State) -> tuple[Tensor, _State]:
            return t + 1, _step(weights, inputs, state, t)

        def is_unfinished(t: Tensor, _: _State) -> Tensor:
            return t < steps

        states: list[Tensor] = tf.unstack(inputs.state, axis=1)
        written, scores = tf.zeros((chunk, size), tf.int32), tf.zeros((chunk, size))
        start = _State(inputs.symbols, *states, written=written, log_likelihoods=scores)
        _, end = tf.while_loop(is_unfinished, advance, (tf.constant(0), start))
        after = tf.stack([end.hidden_1, end.cell_1, end.hidden_2, end.cell_2], axis=1)
        return after, end.written, end.log_likelihoods

    compiled = tf.function(program, jit_compile=True, autograph=False)
    return compiled.get_concrete_function(weights, inputs, steps)


def _step(weights: Weights, inputs: _Inputs, old: _State, t: Tensor) -> _State:
    """Read the last symbol of each row, and write one: the given one, or one that is sampled."""
    hidden_1, cell_1, hidden_2, cell_2, logits = _network(weights, old)
    tempered = logits * inputs.sharpness[:, None]
    choice = _draw(
        tempered, inputs.uniforms[:, t, None], inputs.top_p[:, None], inputs.top_k[:, None]
    )
    given = inputs.given[:, t]
    symbols = tf.where(given < 0, choice, given)
    scores = tf.gather(tf.nn.log_softmax(logits), symbols, batch_dims=1)
    written = tf.tensor_scatter_nd_update(old.written, [[t]], [symbols])
    log_likelihoods = tf.tensor_scatter_nd_update(old.log_likelihoods, [[t]], [scores])
    return _State(symbols, hidden_1, cell_1, hidden_2, cell_2, written, log_likelihoods)


def _network(weights: Weights, old: _State) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Read a symbol a row: the states of both layers and the logits (R, V) after it.

    z = x W + h U + b, in Keras's order of gates: input, forget, candidate, output.
    """
    # An embedding times the first layer's kernel is a row of the table.
    z_1 = tf.gather(weights.table, old.symbols) + _product(old.hidden_1, weights.recurrent_1)
    hidden_1, cell_1 = _gates(z_1, old.cell_1)
    both = tf.concat([hidden_1, old.hidden_2], axis=-1)
    hidden_2, cell_2 = _gates(_product(both, weights.joint_2) + weights.bias_2, old.cell_2)
    logits = _product(hidden_2, weights.output) + weights.output_bias
    return hidden_1, cell_1, hidden_2, cell_2, logits


def _product(left: Tensor, right: Tensor) -> Tensor:
    # Unlike matmul, it gives the sums in full: bfloat16 by bfloat16 to float32.
    return tf.raw_ops.BatchMatMulV3(x=tf.cast(left, right.dtype), y=right, Tout=tf.float32)


def _gates(z: Tensor, cell: Tensor) -> tuple[Tensor, Tensor]:
    into, forget, candidate, out = tf.split(z, 4, axis=-1)
    cell = tf.sigmoid(forget) * cell + tf.sigmoid(into) * tf.tanh(candidate)
    return tf.sigmoid(out) * tf.tanh(cell), cell


def _draw(logits: Tensor, uniforms: Tensor, top_p: Tensor, top_k: Tensor) -> Tensor:
    """Sample a symbol a row, by inversion, from its nucleus and its top-k.

    Symbols are ranked by falling probability without a sort: V times V comparisons cost less for
    the few symbols of an alphabet.

    Logits, after the temperature, are (R, V), uniforms, top_p and top_k (R, 1), the result is (R,).
    """
    p = tf.exp(logits - tf.reduce_max(logits, axis=-1, keepdims=True))
    other, own = p[:, None, :], p[:, :, None]
    index = tf.range(p.shape[-1])
    is_before = (other > own) | ((other == own) & (index[None, None, :] < index[None, :, None]))
    rank = tf.reduce_sum(tf.cast(is_before, tf.int32), axis=-1)
    mass_before = tf.reduce_sum(tf.where(is_before, other, 0.0), axis=-1)
    is_kept = (mass_before < top_p * tf.reduce_sum(p, axis=-1, keepdims=True)) & (rank < top_k)
    kept_mass = tf.reduce_sum(tf.where(is_kept, p, 0.0), axis=-1, keepdims=True)
    # The last in rank that begins at or before the threshold; the first always does.
    is_reached = is_kept & (p > 0) & (mass_before <= uniforms * kept_mass)
    return tf.argmax(tf.where(is_reached, rank, -1), axis=-1, output_type=tf.int32)
