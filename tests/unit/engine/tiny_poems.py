"""Small networks for poems, made in code, and what holds them up."""

import string
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from engine.generation.decoder import LSTMDecoder
from engine.generation.poems import PoemGenerator
from engine.generation.sequences import DecodeRequest, ModelRunner, SequenceGroup
from engine.networks import lstm
from engine.networks.tensorflow import Model, keras
from engine.networks.vocabulary import Vocabulary

VOCABULARY = Vocabulary(("\n", *" ',.", *string.ascii_lowercase, *string.ascii_uppercase))
WORDS = frozenset({"the", "rose", "a", "i", "o"})


@dataclass
class GatedRunner:
    """A decoder that can be held up at a gate, and fails with more rows than there is memory for.

    Attributes:
        inner: decodes.
        memory: rows that there is memory for.
        gate: held up at until it is set.
        reached: released when a stretch is to begin.
        sizes: rows of each stretch that was decoded.
    """

    inner: ModelRunner
    memory: int = 1_000
    error: type[Exception] = MemoryError
    gate: threading.Event = field(default_factory=threading.Event)
    reached: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    sizes: list[int] = field(default_factory=list[int])

    @property
    def rows(self) -> int:
        return self.inner.rows

    def warm_up(self, is_unwanted: Callable[[], bool] = lambda: False) -> None:
        """Be ready as it is."""

    def begin(self, request: DecodeRequest) -> SequenceGroup:
        return self.inner.begin(request)

    def advance(self, groups: Sequence[SequenceGroup]) -> None:
        self.reached.release()
        self.gate.wait()
        rows = sum(group.rows for group in groups)
        if rows > self.memory:
            raise self.error
        self.sizes.append(rows)
        self.inner.advance(groups)


def tiny_network(units: int = 16, newline_bias: float = 2.0) -> Model:
    """Return a network that knows nothing but that lines end, which the bias makes it do."""
    keras.utils.set_random_seed(11)
    network = lstm.build(lstm.LSTMConfig(len(VOCABULARY.symbols), 8, units))
    kernel, bias = network.get_layer("logits").get_weights()
    bias[VOCABULARY.end] = newline_bias
    network.get_layer("logits").set_weights([kernel, bias])
    return network


def tiny_generator(newline_bias: float = 2.0, sizes: Sequence[int] = (8, 16, 32)) -> PoemGenerator:
    """Return a poet of version "tiny" that writes nonsense, in batches of up to 32 rows."""
    # In bfloat16 some processors sum up tiny products in another order for each size.
    decoder = LSTMDecoder(tiny_network(newline_bias=newline_bias), sizes, precision="float32")
    decoder.warm_up()
    return PoemGenerator("tiny", VOCABULARY, WORDS, decoder)
