"""Small networks for poems, made in code."""

import string
from collections.abc import Sequence

from engine import lstm
from engine.backend import Model, keras
from engine.decoding import Decoder
from engine.poems import Poet
from engine.vocabulary import Vocabulary

VOCABULARY = Vocabulary(("\n", *" ',.", *string.ascii_lowercase, *string.ascii_uppercase))
WORDS = frozenset({"the", "rose", "a", "i", "o"})


def tiny_network(units: int = 16, newline_bias: float = 2.0) -> Model:
    """Return a network that knows nothing but that lines end, which the bias makes it do."""
    keras.utils.set_random_seed(11)
    network = lstm.build(lstm.Sizes(len(VOCABULARY.symbols), 8, units))
    kernel, bias = network.get_layer("logits").get_weights()
    bias[VOCABULARY.end] = newline_bias
    network.get_layer("logits").set_weights([kernel, bias])
    return network


def tiny_poet(newline_bias: float = 2.0, sizes: Sequence[int] = (8, 16, 32)) -> Poet:
    """Return a poet of version "tiny" that writes nonsense, in batches of up to 32 rows."""
    decoder = Decoder(tiny_network(newline_bias=newline_bias), sizes)
    decoder.warm_up()
    return Poet("tiny", VOCABULARY, WORDS, decoder)
