"""The poem network: two layers of LSTM in Keras, and one step of its training.

Shapes are given with B sequences, T steps, V symbols, E numbers a symbol is embedded in, and H
units a layer. Importing this module loads Keras and TensorFlow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.networks.rnn import Booleans, Floats, Indices
from engine.networks.tensorflow import Model, Tensor, has_bfloat16, keras, tf
from engine.networks.train_step import lstm, multiply

LAYERS = ("lstm_1", "lstm_2")
"""The names of the recurrent layers, from below."""

PRECISIONS = ("float32", "bfloat16")
"""Number formats in which matrices can be multiplied; all else is float32."""


@dataclass(frozen=True, slots=True)
class LSTMConfig:
    """The sizes of a network.

    Attributes:
        symbols: V.
        embedding: E.
        units: H.
    """

    symbols: int
    embedding: int
    units: int


def build(sizes: LSTMConfig, dropout: float = 0.0) -> Model:
    """Return a network with fresh weights; dropout is between the layers, in training only.

    Its input are symbol indices (B, T), its output unnormalised logits (B, T, V); every sequence
    starts from a state of zeros. The layers are named "embedding", "lstm_1", "lstm_2", "logits".
    """
    inputs = keras.Input((None,), dtype="int32", name="symbols")
    flow = keras.layers.Embedding(sizes.symbols, sizes.embedding, name="embedding")(inputs)
    for name in LAYERS:
        flow = keras.layers.Dropout(dropout)(flow)
        flow = keras.layers.LSTM(sizes.units, return_sequences=True, name=name)(flow)
    flow = keras.layers.Dropout(dropout)(flow)
    outputs = keras.layers.Dense(sizes.symbols, name="logits")(flow)
    return keras.Model(inputs, outputs, name="poem")


def sizes_of(model: Model) -> LSTMConfig:
    """Return the sizes of a network that `build` made."""
    embedding = model.get_layer("embedding")
    return LSTMConfig(embedding.input_dim, embedding.output_dim, model.get_layer(LAYERS[0]).units)


def with_weights(sizes: LSTMConfig, weights: Sequence[Floats]) -> Model:
    """Return a network with given weights, in the order of `keras.Model.get_weights`.

    Raises:
        ValueError: they have other shapes.
    """
    model = build(sizes)
    model.set_weights(list(weights))
    return model


def logits_of(model: Model) -> Callable[[Indices], Floats]:
    """Return a function from symbol indices (B, T) to logits (B, T, V)."""
    run = tf.function(model)

    def predict(inputs: Indices) -> Floats:
        return run(tf.constant(inputs, tf.int32)).numpy()

    return predict


@dataclass(frozen=True, slots=True)
class OptimizerConfig:
    """How a step changes the weights.

    Attributes:
        weight_decay: decoupled, multiplied by the learning rate; biases are spared.
        averaging: momentum of the averaged weights.
    """

    dropout: float
    weight_decay: float
    clip_norm: float
    averaging: float
    precision: str
    seed: int


class TrainStep:
    """A network that learns windows of text, with its optimiser and carried state.

    Args:
        weights: where to start from, as `keras.Model.get_weights` returns them; fresh if None.
    """

    def __init__(
        self,
        sizes: LSTMConfig,
        recipe: OptimizerConfig,
        batch_size: int,
        weights: Sequence[Floats] | None = None,
    ) -> None:
        keras.utils.set_random_seed(recipe.seed)
        self.sizes = sizes
        self._model = build(sizes)
        if weights is not None:
            for variable, value in zip(self._model.trainable_variables, weights, strict=True):
                variable.assign(value)
        self._recipe = recipe
        self._optimizer = keras.optimizers.AdamW(
            0.0, weight_decay=recipe.weight_decay, beta_2=0.99, global_clipnorm=recipe.clip_norm
        )
        self._optimizer.exclude_from_weight_decay(var_names=["bias"])
        self._optimizer.build(self._model.trainable_variables)
        self._average = [tf.Variable(v.value) for v in self._model.trainable_variables]
        self._state = [tf.Variable(tf.zeros((batch_size, sizes.units))) for _ in range(4)]
        self._step = tf.function(self._learn)

    def run(
        self,
        inputs: Indices,
        targets: Indices,
        weights: Floats,
        fresh: Booleans,
        learning_rate: float,
    ) -> float:
        """Learn one window, its gradient cut off at the window's start.

        Args:
            inputs: shape (B, T).
            targets: what follows each input, shape (B, T).
            weights: 1 where a target counts, 0 where there is padding, shape (B, T).
            fresh: sequences that start here, from a state of zeros, shape (B,).
            learning_rate: of this step.

        Returns:
            Nats per character, dropout included.
        """
        self._optimizer.learning_rate = learning_rate
        steps = int(self._optimizer.iterations.numpy())
        # A low momentum at first, so that the initial weights soon leave the average.
        momentum = min(self._recipe.averaging, (1 + steps) / (10 + steps))
        loss = self._step(
            tf.constant(inputs, tf.int32),
            tf.constant(targets, tf.int32),
            tf.constant(weights, tf.float32),
            tf.constant(~fresh[:, None], tf.float32),
            tf.constant(momentum, tf.float32),
            tf.constant([self._recipe.seed, steps], tf.int32),
        )
        return float(loss)

    def _learn(
        self,
        inputs: Tensor,
        targets: Tensor,
        weights: Tensor,
        kept: Tensor,
        momentum: Tensor,
        seed: Tensor,
    ) -> Tensor:
        variables = self._model.trainable_variables
        tensors = [variable.value for variable in variables]
        with tf.GradientTape() as tape:
            state = [held * kept for held in self._state]
            logits, state = _unroll(tensors, tf.transpose(inputs), state, self._recipe, seed)
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.transpose(targets), logits)
            counted = tf.transpose(weights)
            loss = tf.reduce_sum(losses * counted) / tf.maximum(tf.reduce_sum(counted), 1.0)
        gradients = tape.gradient(loss, tensors)
        self._optimizer.apply(gradients, variables)
        for average, variable in zip(self._average, variables, strict=True):
            average.assign(momentum * average + (1.0 - momentum) * variable.value)
        for held, value in zip(self._state, state, strict=True):
            held.assign(value)
        return loss

    def average(self) -> list[Floats]:
        """Return the averaged weights, in the order of `keras.Model.get_weights`."""
        return [variable.numpy() for variable in self._average]

    def arrays(self) -> dict[str, Floats]:
        """Return the state that a checkpoint needs, by name."""
        return {name: variable.numpy() for name, variable in self._variables().items()}

    def restore(self, arrays: Mapping[str, Floats]) -> None:
        """Restore what `arrays` returned.

        Raises:
            KeyError: an array is missing.
            ValueError: one has another shape.
        """
        for name, variable in self._variables().items():
            variable.assign(arrays[name])

    def _variables(self) -> dict[str, Any]:
        groups = {
            "model": [v.value for v in self._model.variables],
            "optimizer": [v.value for v in self._optimizer.variables],
            "average": self._average,
            "state": self._state,
        }
        return {f"{group}.{n}": v for group, vs in groups.items() for n, v in enumerate(vs)}


def _unroll(
    weights: Sequence[Tensor],
    inputs: Tensor,
    state: list[Tensor],
    recipe: OptimizerConfig,
    seed: Tensor,
) -> tuple[Tensor, list[Tensor]]:
    """Run the network over a window from a given state, as training does.

    Args:
        weights: of a network that `build` made, in its order.
        inputs: symbol indices, time first, shape (T, B).
        state: hidden and cell state of the lower layer, then of the upper, each (B, H).
        recipe: dropout and precision.
        seed: of the dropout, shape (2,).

    Returns:
        Logits (T, B, V), and the state after the last step.
    """
    products = tf.as_dtype(recipe.precision)

    def drop(flow: Tensor, layer: int) -> Tensor:
        if not recipe.dropout:
            return flow
        return tf.nn.experimental.stateless_dropout(
            flow, recipe.dropout, [seed[0] + layer, seed[1]]
        )

    embeddings, *layers, kernel, bias = weights
    flow = tf.gather(embeddings, inputs)
    after: list[Tensor] = []
    for n in range(len(LAYERS)):
        flow, hidden, cell = lstm(
            drop(flow, n), layers[3 * n : 3 * n + 3], state[2 * n : 2 * n + 2], products
        )
        after += [hidden, cell]
    flow = drop(flow, len(LAYERS))
    logits = multiply(tf.reshape(flow, (-1, flow.shape[-1])), kernel, products) + bias
    return tf.reshape(logits, (*inputs.shape, -1)), after


def faster_precision() -> str:
    """Return the number format in which this processor multiplies matrices fast."""
    return "bfloat16" if has_bfloat16() else "float32"
