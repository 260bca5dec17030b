"""The poem network: two layers of LSTM in Keras.

Shapes are given with B sequences, T steps, V symbols, E numbers a symbol is embedded in, and H
units a layer. Keras and TensorFlow are loaded by importing this module; nothing that is imported
at start may import it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

# TensorFlow reads these when it is loaded: only errors are shown.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import keras

LAYERS = ("lstm_1", "lstm_2")
"""The names of the recurrent layers, from below."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """The sizes of a network.

    Attributes:
        symbols: V.
        embedding: E.
        units: H.
    """

    symbols: int
    embedding: int
    units: int


def build(sizes: Sizes, dropout: float = 0.0) -> keras.Model:
    """Return a network with fresh weights.

    Its input are symbol indices (B, T), its output unnormalised logits (B, T, V); every sequence
    starts from a state of zeros. The layers are named "embedding", "lstm_1", "lstm_2", "logits".

    Args:
        sizes: V, E and H.
        dropout: share of the numbers between the layers that a training step leaves out.
    """
    inputs = keras.Input((None,), dtype="int32", name="symbols")
    flow = keras.layers.Embedding(sizes.symbols, sizes.embedding, name="embedding")(inputs)
    for name in LAYERS:
        flow = keras.layers.Dropout(dropout)(flow)
        flow = keras.layers.LSTM(sizes.units, return_sequences=True, name=name)(flow)
    flow = keras.layers.Dropout(dropout)(flow)
    outputs = keras.layers.Dense(sizes.symbols, name="logits")(flow)
    return keras.Model(inputs, outputs, name="poem")


def sizes_of(model: keras.Model) -> Sizes:
    """Return the sizes of a network that `build` made."""
    embedding = model.get_layer("embedding")
    units = model.get_layer(LAYERS[0]).units
    return Sizes(embedding.input_dim, embedding.output_dim, units)
