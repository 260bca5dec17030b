import numpy as np

from benchmarks.decoding import decode
from engine.generation.decoder import LSTMDecoder
from engine.generation.sequences import DecodeRequest
from engine.jobs.poem_samples import ROWS_PER_PIECE, verse_samples
from tests.unit.engine.tiny_poems import VOCABULARY, tiny_network


def test_a_sample_is_the_whole_lines_of_a_completion() -> None:
    decoder = LSTMDecoder(tiny_network(), sizes=(ROWS_PER_PIECE,), precision="float32")
    uniforms = np.random.default_rng(7).random((40, ROWS_PER_PIECE)).T.astype(np.float32)
    prompt = np.array(VOCABULARY.encode("\n\n"), np.int32)
    (completions,) = decode(decoder, [DecodeRequest(prompt, uniforms)])
    written = [VOCABULARY.decode(row) for row in completions.symbols]

    (sample,) = verse_samples(decoder, VOCABULARY, 1, 1.0, np.random.default_rng(7), length=40)

    lines = [[line.strip() for line in text.split("\n")[:-1]] for text in written]
    assert sample in ["\n".join([line for line in some if line][:4]) for some in lines]


def test_samples_are_whole_lines_that_differ(rng: np.random.Generator) -> None:
    decoder = LSTMDecoder(tiny_network(), sizes=(3 * ROWS_PER_PIECE,))
    samples = verse_samples(decoder, VOCABULARY, 3, 1.0, rng)

    assert 1 <= len(set(samples)) == len(samples) <= 3
    assert all(sample.strip() and sample.count("\n") < 4 for sample in samples)
